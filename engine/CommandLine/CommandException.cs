namespace Engine.CommandLine;

/// <summary>Ends a command with one sentence on stderr, which says what to do, and an exit code.</summary>
public sealed class CommandException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; } = exitCode;
}
