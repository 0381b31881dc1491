using System.Globalization;
using System.Text;

namespace Engine.Conditions.Functions;

/// <summary>
/// Reads a pattern of RE2's language and writes it in the runtime's. They differ in what a character is (code points
/// against UTF-16 units), in \d, \w, \s (ASCII against Unicode), in $ (the end against also before a last line feed),
/// in flags, escapes and names of sets; what RE2 has not (look-around, back references, the runtime's own extensions)
/// is refused. Groups capture nothing here: only whether a pattern matches is asked. Two differences remain: \b goes by
/// Unicode's letters, and a category as \p{L} holds no character above the basic plane.
/// </summary>
internal sealed class PatternTranslator
{
    /// <summary>Groups within groups.</summary>
    private const int MaxGroups = 100;

    /// <summary>States of the automaton, repetitions written out.</summary>
    private const int MaxStates = 20_000;

    private readonly string _pattern;
    private readonly StringBuilder _out = new();
    private readonly PatternSets _sets;
    private int _at;
    private int _depth;
    private bool _multiLine;
    private bool _dotIsAll;

    private PatternTranslator(string pattern)
    {
        _pattern = pattern;
        _sets = new PatternSets(pattern);
    }

    /// <summary>Translates; false, and why, if this is no pattern of RE2's.</summary>
    public static bool TryTranslate(string pattern, out string? translated, out int states, out string? error)
    {
        (translated, states, error) = (null, 0, null);
        if (pattern.Length > CelLimits.MaxPatternLength)
        {
            error = $"the pattern has {pattern.Length} characters, at most {CelLimits.MaxPatternLength} are allowed";
            return false;
        }
        try
        {
            PatternTranslator translator = new(pattern);
            (states, _) = translator.Alternatives();
            if (translator._at < pattern.Length)
            {
                throw translator.Wrong("this ) closes no group");
            }
            translated = translator._out.ToString();
            return true;
        }
        catch (FormatException wrong)
        {
            error = $"the pattern '{pattern}' is none: {wrong.Message}";
            return false;
        }
    }

    private char Peek(int ahead = 0) => _at + ahead < _pattern.Length ? _pattern[_at + ahead] : '\0';

    private bool More => _at < _pattern.Length;

    /// <summary>Alternatives up to a group's end: their states, and the product of the repetitions in them.</summary>
    private (int States, int Repeat) Alternatives()
    {
        int states = 1;
        int repeat = 1;
        while (More && Peek() != ')')
        {
            if (Peek() == '|')
            {
                _out.Append('|');
                _at++;
                states++;
                continue;
            }
            (int more, int times) = Repeated();
            states = Bounded((long)states + more);
            repeat = Math.Max(repeat, times);
        }
        return (states, repeat);
    }

    /// <summary>An atom and the repetition after it.</summary>
    private (int States, int Repeat) Repeated()
    {
        if (Peek() is '*' or '+' or '?')
        {
            throw Wrong($"there is nothing for {Peek()} to repeat");
        }
        int start = _out.Length;
        (int states, int repeat) = Atom(out bool repeatable);
        if (!More || !TryRepetition(out int least, out int? most))
        {
            return (states, repeat);
        }
        if (!repeatable)
        {
            throw Wrong("there is nothing to repeat here");
        }
        repeat = Math.Max(1, most ?? least) * repeat;
        if (repeat > CelLimits.MaxPatternRepeat)
        {
            throw Wrong($"a repetition of more than {CelLimits.MaxPatternRepeat}");
        }
        // An atom of several characters (a pair of surrogates) is repeated as one.
        _out.Insert(start, "(?:").Append(')').Append('{').Append(least).Append(',').Append(most).Append('}');
        if (More && TryRepetition(out _, out _))
        {
            throw Wrong("a repetition of a repetition");
        }
        return (Bounded((long)states * Math.Max(1, most ?? least + 1)), repeat);
    }

    /// <summary>
    /// *, +, ?, {n}, {n,} or {n,m}, with a ? after it (lazy, which changes nothing here). Braces of another form are
    /// characters.
    /// </summary>
    private bool TryRepetition(out int least, out int? most)
    {
        (least, most) = (0, null);
        switch (Peek())
        {
            case '*':
                break;
            case '+':
                least = 1;
                break;
            case '?':
                most = 1;
                break;
            case '{':
                int end = _pattern.IndexOf('}', _at);
                if (end < 0 || !TryCounts(_pattern.AsSpan(_at + 1, end - _at - 1), out least, out most))
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

    private bool TryCounts(ReadOnlySpan<char> text, out int least, out int? most)
    {
        int comma = text.IndexOf(',');
        most = null;
        if (!Count(comma < 0 ? text : text[..comma], out least))
        {
            return false;
        }
        if (comma < 0)
        {
            most = least;
        }
        else if (comma < text.Length - 1)
        {
            if (!Count(text[(comma + 1)..], out int last))
            {
                return false;
            }
            most = last;
        }
        return most is null || most >= least ? true : throw Wrong("a repetition's most is below its least");

        bool Count(ReadOnlySpan<char> digits, out int count)
        {
            count = 0;
            if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }
            if (
                !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out count)
                || count > CelLimits.MaxPatternRepeat
            )
            {
                throw Wrong($"a repetition of more than {CelLimits.MaxPatternRepeat}");
            }
            return true;
        }
    }

    private (int States, int Repeat) Atom(out bool repeatable)
    {
        repeatable = true;
        switch (Peek())
        {
            case '(':
                return Group(out repeatable);
            case '[':
                return Put(_sets.Brackets(ref _at), 4);
            case '.':
                _at++;
                return Put(CharacterClass.Any(_dotIsAll), 4);
            case '^':
                _at++;
                return Put(_multiLine ? "(?m:^)" : @"\A");
            case '$':
                _at++;
                return Put(_multiLine ? "(?m:$)" : @"\z");
            case '\\':
                return Escape();
            default:
                return Put(Escaped(PatternSets.CodePoint(_pattern, ref _at)));
        }
    }

    private (int States, int Repeat) Group(out bool repeatable)
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
                throw Wrong("expected a group's name, as (?P<name>…)");
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
                return (0, 1);
            }
        }
        if (++_depth > MaxGroups)
        {
            throw Wrong($"more than {MaxGroups} groups within groups");
        }
        (int States, int Repeat) inside = Alternatives();
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

    /// <summary>Flags after (?, up to their ) or to a group's colon; true if a group begins.</summary>
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
                    throw Wrong("expected flags of i, m, s and U, as (?i)… or (?i:…)");
            }
        }
    }

    private (int States, int Repeat) Escape()
    {
        char c = Peek(1);
        switch (c)
        {
            case 'A' or 'z' or 'b' or 'B':
                _at += 2;
                return Put($@"\{c}");
            case 'Q':
                _at += 2;
                int end = _pattern.IndexOf(@"\E", _at, StringComparison.Ordinal);
                StringBuilder quoted = new();
                int stop = end < 0 ? _pattern.Length : end;
                int length = stop - _at;
                while (_at < stop)
                {
                    quoted.Append(Escaped(PatternSets.CodePoint(_pattern, ref _at)));
                }
                _at = end < 0 ? stop : stop + 2;
                return Put(quoted.ToString(), 1 + length);
            default:
                CharacterClass set = new(negated: false);
                if (_sets.TryNamed(ref _at, set))
                {
                    return Put(set.Write(), 4);
                }
                return Put(Escaped(_sets.EscapedCharacter(ref _at)));
        }
    }

    private (int States, int Repeat) Put(string text, int states = 1)
    {
        _out.Append(text);
        return (states, 1);
    }

    private static string Escaped(int code) =>
        code > 0xFFFF ? $@"(?:\u{(int)char.ConvertFromUtf32(code)[0]:X4}\u{(int)char.ConvertFromUtf32(code)[1]:X4})"
        : char.IsAsciiLetterOrDigit((char)code) ? ((char)code).ToString()
        : $@"\u{code:X4}";

    private int Bounded(long states) => states <= MaxStates ? (int)states : throw Wrong("the pattern is too large");

    private FormatException Wrong(string problem) => PatternSets.Wrong(problem, _at);
}
