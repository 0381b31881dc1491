using System.Globalization;
using System.Text;

namespace Engine.Text.Patterns;

/// <summary>A pattern in .NET's syntax.</summary>
/// <param name="Regex">The pattern.</param>
/// <param name="States">The approximate number of states of its automaton.</param>
/// <param name="IsNullable">Whether it can match without any character.</param>
/// <param name="Literals">Texts one of which is in every match; empty if there are none.</param>
/// <param name="MayIgnoreCase">Whether a part of it minds no letter case.</param>
internal readonly record struct TranslatedPattern(
    string Regex,
    int States,
    bool IsNullable,
    IReadOnlyList<string> Literals,
    bool MayIgnoreCase
);

/// <summary>Translates a pattern from RE2's syntax to .NET's. They differ in the unit of a character (code points;
/// UTF-16 units), in \d, \w and \s (ASCII; Unicode), in $ (the end; also before a final line feed), and in flags,
/// escapes and set names. Constructs that RE2 lacks (look-around, back references, .NET extensions) are refused. Groups
/// don't capture, as only the match matters. Two differences remain: \b uses Unicode letters, and a category such as
/// \p{L} contains no character above the basic plane.</summary>
internal sealed class PatternTranslator
{
    /// <summary>The maximum number of characters in a pattern.</summary>
    private const int MaxLength = 1_024;

    /// <summary>The maximum count of a repetition, with nested counts multiplied: RE2's own limit.</summary>
    private const int MaxRepeat = 1_000;

    /// <summary>The maximum nesting of groups.</summary>
    private const int MaxGroups = 100;

    /// <summary>The maximum number of states of the automaton, with repetitions expanded.</summary>
    private const int MaxStates = 20_000;

    private readonly string _pattern;
    private readonly StringBuilder _out = new();
    private readonly PatternSets _sets;
    private int _at;
    private int _depth;
    private bool _multiLine;
    private bool _dotIsAll;
    private bool _mayIgnoreCase;

    private PatternTranslator(string pattern)
    {
        _pattern = pattern;
        _sets = new PatternSets(pattern);
    }

    /// <summary>Translates a pattern.</summary>
    /// <exception cref="PatternException">It isn't in RE2's syntax, or too large.</exception>
    public static TranslatedPattern Translate(string pattern)
    {
        if (pattern.Length > MaxLength)
        {
            throw new PatternException(
                $"the pattern has {pattern.Length} characters; at max {MaxLength} are allowed",
                MaxLength
            );
        }

        PatternTranslator translator = new(pattern);
        Part whole = translator.Alternatives();
        return translator._at < pattern.Length
            ? throw translator.Wrong("this ) doesn't close a group")
            : new TranslatedPattern(
                translator._out.ToString(),
                whole.States,
                whole.IsNullable,
                whole.Literals.Any,
                translator._mayIgnoreCase
            );
    }

    /// <summary>What was translated of a pattern.</summary>
    /// <param name="States">The states of its automaton.</param>
    /// <param name="Repeat">The product of its nested repetitions.</param>
    /// <param name="IsNullable">Whether it matches without any character.</param>
    private readonly record struct Part(int States, int Repeat, bool IsNullable, PatternLiterals Literals);

    private char Peek(int ahead = 0) => _at + ahead < _pattern.Length ? _pattern[_at + ahead] : '\0';

    private bool More => _at < _pattern.Length;

    /// <summary>Translates alternatives up to the end of a group.</summary>
    private Part Alternatives()
    {
        int states = 1;
        int repeat = 1;
        bool isNullable = true,
            isAnyNullable = false;
        List<PatternLiterals> alternatives = [];
        var sequence = new PatternSequence();
        while (More && Peek() != ')')
        {
            if (Peek() == '|')
            {
                _out.Append('|');
                _at++;
                states++;
                isAnyNullable |= isNullable;
                isNullable = true;
                alternatives.Add(sequence.ToLiterals());
                sequence = new PatternSequence();
                continue;
            }
            Part more = Repeated();
            states = Bounded((long)states + more.States);
            repeat = Math.Max(repeat, more.Repeat);
            isNullable &= more.IsNullable;
            sequence.Add(more.Literals);
        }
        alternatives.Add(sequence.ToLiterals());
        return new Part(states, repeat, isAnyNullable || isNullable, PatternLiterals.OneOf(alternatives));
    }

    /// <summary>Translates an atom and the repetition after it.</summary>
    private Part Repeated()
    {
        if (Peek() is '*' or '+' or '?')
        {
            throw Wrong($"there is nothing for {Peek()} to repeat");
        }
        int start = _out.Length;
        Part part = Atom(out bool repeatable);
        if (!More || !TryRepetition(out int min, out int? max))
        {
            return part;
        }
        if (!repeatable)
        {
            throw Wrong("there is nothing to repeat here");
        }
        int repeat = Math.Max(1, max ?? min) * part.Repeat;
        if (repeat > MaxRepeat)
        {
            throw Wrong($"a repetition of more than {MaxRepeat}");
        }
        // An atom of several units (a surrogate pair) is repeated as one.
        _out.Insert(start, "(?:").Append(')').Append('{').Append(min).Append(',').Append(max).Append('}');
        if (More && TryRepetition(out _, out _))
        {
            throw Wrong("a repetition of a repetition");
        }
        return new Part(
            Bounded((long)part.States * Math.Max(1, max ?? min + 1)),
            repeat,
            part.IsNullable || min == 0,
            part.Literals.Repeated(min)
        );
    }

    /// <summary>Reads *, +, ?, {n}, {n,} or {n,m}, optionally followed by ? (lazy, which makes no difference here).
    /// Braces in another form are literals.</summary>
    private bool TryRepetition(out int min, out int? max)
    {
        (min, max) = (0, null);
        switch (Peek())
        {
            case '*':
                break;
            case '+':
                min = 1;
                break;
            case '?':
                max = 1;
                break;
            case '{':
                int end = _pattern.IndexOf('}', _at);
                if (end < 0 || !TryCounts(_pattern.AsSpan(_at + 1, end - _at - 1), out min, out max))
                {
                    return false;
                }
                _at = end;
                break;
            default:
                return false;
        }
        _at++;
        if (Peek() == '?')
        {
            _at++;
        }
        return true;
    }

    private bool TryCounts(ReadOnlySpan<char> text, out int min, out int? max)
    {
        int comma = text.IndexOf(',');
        max = null;
        if (!Count(comma < 0 ? text : text[..comma], out min))
        {
            return false;
        }
        if (comma < 0)
        {
            max = min;
        }
        else if (comma < text.Length - 1)
        {
            if (!Count(text[(comma + 1)..], out int last))
            {
                return false;
            }
            max = last;
        }
        return max is null || max >= min ? true : throw Wrong("a repetition's maximum is below its minimum");

        bool Count(ReadOnlySpan<char> digits, out int count)
        {
            count = 0;
            if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count > MaxRepeat)
            {
                throw Wrong($"a repetition of more than {MaxRepeat}");
            }
            return true;
        }
    }

    private Part Atom(out bool repeatable)
    {
        repeatable = true;
        switch (Peek())
        {
            case '(':
                return Group(out repeatable);
            case '[':
                return PutSet(_sets.Brackets(ref _at));
            case '.':
                _at++;
                return PutSet(CharacterClass.Any(_dotIsAll));
            case '^':
                _at++;
                return PutPlace(_multiLine ? "(?m:^)" : @"\A");
            case '$':
                _at++;
                return PutPlace(_multiLine ? "(?m:$)" : @"\z");
            case '\\':
                return Escape();
            default:
                return PutText(TextOf(PatternSets.CodePoint(_pattern, ref _at)));
        }
    }

    private Part Group(out bool repeatable)
    {
        _at++;
        (bool multiLine, bool dotIsAll) = (_multiLine, _dotIsAll);
        repeatable = true;
        if (Peek() != '?')
        {
            _out.Append("(?:");
        }
        else if ((Peek(1) == 'P' && Peek(2) == '<') || (Peek(1) == '<' && Peek(2) is not ('=' or '!')))
        {
            int end = _pattern.IndexOf('>', _at);
            int start = _at + (Peek(1) == 'P' ? 3 : 2);
            if (
                end <= start
                || !_pattern.AsSpan(start, end - start).ToString().All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            )
            {
                throw Wrong("expected a group name, as in (?P<name>…)");
            }
            _at = end + 1;
            _out.Append("(?:");
        }
        else
        {
            _at++;
            if (!Flags())
            {
                repeatable = false;
                return PutPlace("", states: 0);
            }
        }
        if (++_depth > MaxGroups)
        {
            throw Wrong($"groups are nested more than {MaxGroups} deep");
        }
        Part inside = Alternatives();
        _depth--;
        if (!More)
        {
            throw Wrong("a group is not closed: expected )");
        }
        _at++;
        _out.Append(')');
        (_multiLine, _dotIsAll) = (multiLine, dotIsAll);
        return inside;
    }

    /// <summary>Reads flags after (?, up to their ) or to a group's colon. Returns true if a group begins.</summary>
    private bool Flags()
    {
        bool on = true;
        bool? fold = null;
        for (; ; _at++)
        {
            switch (Peek())
            {
                case 'i':
                    fold = on;
                    _mayIgnoreCase |= on;
                    break;
                case 'm':
                    _multiLine = on;
                    break;
                case 's':
                    _dotIsAll = on;
                    break;
                case 'U':
                    break;
                case '-' when on:
                    on = false;
                    break;
                case ':' or ')':
                    bool group = Peek() == ':';
                    _at++;
                    string flag =
                        fold is null ? ""
                        : fold.Value ? "i"
                        : "-i";
                    _out.Append(
                        group ? $"(?{flag}:"
                        : fold is null ? ""
                        : $"(?{flag})"
                    );
                    return group;
                default:
                    throw Wrong("expected flags from i, m, s and U, as in (?i)… or (?i:…)");
            }
        }
    }

    private Part Escape()
    {
        char c = Peek(1);
        switch (c)
        {
            case 'A' or 'z' or 'b' or 'B':
                _at += 2;
                return PutPlace($@"\{c}");
            case 'Q':
                _at += 2;
                int end = _pattern.IndexOf(@"\E", _at, StringComparison.Ordinal);
                string quoted = end < 0 ? _pattern[_at..] : _pattern[_at..end];
                _at = end < 0 ? _pattern.Length : end + 2;
                return PutText(quoted);
            default:
                CharacterClass set = new(negated: false);
                if (_sets.TryNamed(ref _at, set))
                {
                    return PutSet(set.Write());
                }
                return PutText(TextOf(_sets.EscapedCharacter(ref _at)));
        }
    }

    /// <summary>Puts what matches one of several characters.</summary>
    private Part PutSet(string text)
    {
        _out.Append(text);
        return new Part(4, 1, IsNullable: false, PatternLiterals.None);
    }

    /// <summary>Puts what matches a place between characters.</summary>
    private Part PutPlace(string text, int states = 1)
    {
        _out.Append(text);
        return new Part(states, 1, IsNullable: true, PatternLiterals.Of(""));
    }

    /// <summary>Puts what matches a text.</summary>
    private Part PutText(string text)
    {
        int length = 0;
        for (int at = 0; at < text.Length; length++)
        {
            _out.Append(Escaped(PatternSets.CodePoint(text, ref at)));
        }

        return new Part(Math.Max(1, length), 1, length == 0, PatternLiterals.Of(text));
    }

    /// <summary>A character, which may be a lone surrogate.</summary>
    private static string TextOf(int code) => code > 0xFFFF ? char.ConvertFromUtf32(code) : ((char)code).ToString();

    private static string Escaped(int code) =>
        code > 0xFFFF ? $@"(?:\u{(int)char.ConvertFromUtf32(code)[0]:X4}\u{(int)char.ConvertFromUtf32(code)[1]:X4})"
        : char.IsAsciiLetterOrDigit((char)code) ? ((char)code).ToString()
        : $@"\u{code:X4}";

    private int Bounded(long states) => states <= MaxStates ? (int)states : throw Wrong("the pattern is too large");

    private PatternException Wrong(string problem) => PatternSets.Wrong(problem, _at);
}
