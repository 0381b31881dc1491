using System.CommandLine;

namespace Engine.CommandLine;

/// <summary>What is wrong with a command line, in a sentence.</summary>
public static class UsageError
{
    /// <param name="program">As it is called on the command line.</param>
    /// <param name="root">Its commands.</param>
    /// <param name="parsed">What its command line came to: with errors.</param>
    public static string Of(string program, RootCommand root, ParseResult parsed)
    {
        bool named = parsed.CommandResult.Command != root;
        string help = $"see {(named ? $"{program} {parsed.CommandResult.Command.Name}" : program)} --help.";
        string commands =
            $"the commands are {string.Join(", ", root.Subcommands.Select(command => command.Name))}; {help}";
        // Of an unknown word it would first be said that a command is missing.
        if (parsed.UnmatchedTokens is [var token, ..])
        {
            bool isOption = token.StartsWith('-');
            if (named)
            {
                return $"'{token}' is no {(isOption ? "option" : "option or argument")} of "
                    + $"{parsed.CommandResult.Command.Name}; {help}";
            }

            return isOption ? $"'{token}' is no option; {commands}" : $"'{token}' is no command; {commands}";
        }
        return named ? $"{parsed.Errors[0].Message.TrimEnd('.')}; {help}" : $"a command is missing; {commands}";
    }
}
