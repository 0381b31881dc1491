namespace Ingest.Cli;

/// <summary>How a command ends, for scripts.</summary>
public static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUse = 2;
    public const int NotThere = 3;
}

/// <summary>Ends a command with one sentence on stderr, which says what to do, and an exit code.</summary>
public sealed class CommandFailure(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; } = exitCode;
}
