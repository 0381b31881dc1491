using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Engine.Text.Patterns;

/// <summary>A pattern in RE2's syntax, run by .NET's non-backtracking engine, so a match takes time linear in the text.
/// What can't be linear (look-around, back references), and what is too large, is refused with its place. Immutable, so
/// any number of threads may match.</summary>
public sealed class LinearPattern
{
    /// <summary>What is a letter of ASCII in another case for the regex engine, and not for
    /// <see cref="StringComparison.OrdinalIgnoreCase"/>: İ, ı, ſ and the Kelvin sign.</summary>
    private static readonly SearchValues<char> OtherCases = SearchValues.Create("\u0130\u0131\u017F\u212A");

    private readonly Regex _regex;

    /// <summary>Texts one of which is in every match: texts without them, which are most, take a fraction of the
    /// time. Null if there are none.</summary>
    private readonly SearchValues<string>? _literals;

    private readonly bool _mayIgnoreCase;

    private LinearPattern(Regex regex, TranslatedPattern translated)
    {
        (_regex, States, IsNullable, _mayIgnoreCase) = (
            regex,
            translated.States,
            translated.IsNullable,
            translated.MayIgnoreCase
        );
        if (translated.Literals.Count > 0 && (!_mayIgnoreCase || translated.Literals.All(text => Ascii.IsValid(text))))
        {
            _literals = SearchValues.Create(
                [.. translated.Literals],
                _mayIgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal
            );
        }
    }

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
    public bool IsMatch(ReadOnlySpan<char> text) => MayMatch(text) && _regex.IsMatch(text);

    /// <summary>The matches in the text, leftmost first, not overlapping. All of them take time linear in the text
    /// each, so limit their number where the text is somebody else's.</summary>
    public Regex.ValueMatchEnumerator Matches(ReadOnlySpan<char> text) =>
        _regex.EnumerateMatches(MayMatch(text) ? text : []);

    private bool MayMatch(ReadOnlySpan<char> text) =>
        _literals == null || text.ContainsAny(_literals) || (_mayIgnoreCase && text.ContainsAny(OtherCases));
}
