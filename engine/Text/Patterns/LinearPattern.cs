using System.Text.RegularExpressions;

namespace Engine.Text.Patterns;

/// <summary>A pattern in RE2's syntax, run by .NET's non-backtracking engine, so a match takes time linear in the text.
/// What can't be linear (look-around, back references), and what is too large, is refused with its place. Immutable, so
/// any number of threads may match.</summary>
public sealed class LinearPattern
{
    private readonly Regex _regex;

    private LinearPattern(Regex regex, TranslatedPattern translated) =>
        (_regex, States, IsNullable) = (regex, translated.States, translated.IsNullable);

    /// <summary>The approximate number of states of the automaton: what a character may cost.</summary>
    public int States { get; }

    /// <summary>Whether the pattern can match without any character, so that it matches every text, or a place in it.
    /// </summary>
    public bool IsNullable { get; }

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="PatternException">It is refused.</exception>
    public static LinearPattern Compile(string pattern)
    {
        TranslatedPattern translated = PatternTranslator.Translate(pattern);
        try
        {
            return new LinearPattern(
                new Regex(translated.Regex, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant),
                translated
            );
        }
        catch (Exception refused)
            when (refused is ArgumentException or NotSupportedException or InsufficientExecutionStackException)
        {
            throw new PatternException($"the pattern is not supported: {refused.Message}", 0);
        }
    }

    /// <summary>Compiles a pattern that finds something where it matches.</summary>
    /// <exception cref="PatternException">It is refused, or can match the empty text.</exception>
    public static LinearPattern CompileFinding(string pattern)
    {
        LinearPattern compiled = Compile(pattern);
        return compiled.IsNullable
            ? throw new PatternException("the pattern matches the empty text, so it matches everything", 0)
            : compiled;
    }

    /// <summary>Whether the pattern matches anywhere in the text.</summary>
    public bool IsMatch(ReadOnlySpan<char> text) => _regex.IsMatch(text);

    /// <summary>The matches in the text, leftmost first, not overlapping. All of them take time linear in the text
    /// each, so limit their number where the text is somebody else's.</summary>
    public Regex.ValueMatchEnumerator Matches(ReadOnlySpan<char> text) => _regex.EnumerateMatches(text);
}
