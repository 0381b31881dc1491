using Engine.CommandLine;

namespace Engine.App.Cli;

/// <summary>A file with one secret, which only its owner may read.</summary>
internal static class SecretFile
{
    /// <summary>Writes a new file.</summary>
    /// <exception cref="CommandException">It is there already, or can't be written.</exception>
    public static void Write(string path, string secret)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using var file = new StreamWriter(path, options);
            file.WriteLine(secret);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} can't be written: {e.Message}");
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandException">It can't be read.</exception>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} can't be read: {e.Message}");
        }
    }
}
