namespace Engine.CommandLine;

/// <summary>The exit codes of commands, for scripts.</summary>
public static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUse = 2;
    public const int NotThere = 3;
}
