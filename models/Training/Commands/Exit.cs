using Models.Scoring;
using Models.Training.Data;

namespace Models.Training.Commands;

/// <summary>The exit codes, and the common error handling of commands: one line on stderr.</summary>
internal static class Exit
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUse = 2;

    /// <summary>Runs a command's work and returns its exit code.</summary>
    public static int Of(Func<int> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Say(e.Message, WrongUse);
        }
        catch (Exception e) when (e is DataException or ArtefactException or IOException or UnauthorizedAccessException)
        {
            return Say(e.Message, Failed);
        }
    }

    /// <summary>Writes a message and returns the exit code.</summary>
    public static int Say(string message, int code)
    {
        Console.Error.WriteLine(message);
        return code;
    }
}
