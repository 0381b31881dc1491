using System.CommandLine;
using System.Text.RegularExpressions;

namespace Engine.CommandLine;

/// <summary>Describes what is wrong with a command line, in a sentence.</summary>
public static partial class UsageError
{
    /// <param name="program">The program's name on the command line.</param>
    /// <param name="root">The program's commands.</param>
    /// <param name="parsed">The result of parsing the command line, which has errors.</param>
    public static string Of(string program, RootCommand root, ParseResult parsed)
    {
        bool named = parsed.CommandResult.Command != root;
        string help = $"see {(named ? $"{program} {parsed.CommandResult.Command.Name}" : program)} --help.";
        string commands =
            $"the commands are {string.Join(", ", root.Subcommands.Select(command => command.Name))}; {help}";
        // For an unknown word, the parser would first report a missing command.
        if (parsed.UnmatchedTokens is [var unmatched, ..])
        {
            // What follows the name may be a secret.
            string token = unmatched.Split('=')[0];
            bool isOption = token.StartsWith('-');
            if (named)
            {
                return $"'{token}' isn't an {(isOption ? "option" : "option or argument")} of "
                    + $"{parsed.CommandResult.Command.Name}; {help}";
            }

            return isOption ? $"'{token}' isn't an option; {commands}" : $"'{token}' isn't a command; {commands}";
        }
        return named ? $"{InWords(parsed.Errors[0].Message)}; {help}" : $"a command is missing; {commands}";
    }

    /// <summary>Makes a sentence of the parser's message, which may list values on lines of their own and name types as
    /// .NET does.</summary>
    internal static string InWords(string message)
    {
        string line = Breaks().Replace(message.Trim(), ", ").Replace(":, ", ": ", StringComparison.Ordinal);
        return ExpectedType()
            .Replace(line, type =>
                type.Groups[1].Value.Contains("Int", StringComparison.Ordinal)
                    ? ": expected a whole number"
                    : ": expected a number"
            )
            .TrimEnd('.');
    }

    [GeneratedRegex(@"\s*\n\s*")]
    private static partial Regex Breaks();

    [GeneratedRegex(
        @" as expected type '(System\.(?:Nullable`1\[System\.)?(?:U?Int\d\d|Double|Single|Decimal)\]?)'\.?"
    )]
    private static partial Regex ExpectedType();
}
