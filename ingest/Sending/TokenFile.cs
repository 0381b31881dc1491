using Engine.CommandLine;

namespace Ingest.Sending;

/// <summary>A file with one token, which isn't everybody's to read.</summary>
internal static class TokenFile
{
    private const UnixFileMode OfOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reads the token.</summary>
    /// <exception cref="CommandException">It can't be read, holds no token or several, or others than its owner and
    /// group may read or write it.</exception>
    internal static string Read(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) != 0)
            {
                throw Wrong($"{path} can be read or written by every user of this machine: chmod 600 it.");
            }

            string[] words = File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return words.Length == 1
                ? words[0]
                : throw Wrong($"{path} must hold one token, such as that of 'openssl rand -hex 32'.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"{path} can't be read: {e.Message}");
        }
    }

    private static CommandException Wrong(string what) => new($"--token-file: {what}", ExitCodes.WrongUse);
}
