using Engine.CommandLine;
using Engine.Contracts.Access;

namespace Ingest.Http;

/// <summary>The token of the server's own, for producers that the engine's settings don't know.</summary>
internal static class TokenFile
{
    private const UnixFileMode OfOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Reads a file with one token.</summary>
    /// <exception cref="CommandException">It can't be read, holds no token or several, or others than its owner and
    /// group may read or write it.</exception>
    internal static Account Read(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) != 0)
            {
                throw Wrong($"{path} can be read or written by every user of this machine: chmod 600 it.");
            }

            string[] words = File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return words.Length == 1 && AccessToken.HashOf(words[0]) is { } hash
                ? new Account("the token file's holder", Role.Analyst, null, hash)
                : throw Wrong($"{path} must hold one token, such as that of 'openssl rand -hex 32'.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"{path} can't be read: {e.Message}");
        }
    }

    private static CommandException Wrong(string what) => new($"--token-file: {what}", ExitCodes.WrongUse);
}
