namespace Engine.CommandLine;

/// <summary>Ends a command with an exit code and one sentence on stderr, which says what to do.</summary>
public sealed class CommandException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; } = exitCode;
}
