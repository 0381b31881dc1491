using System.Globalization;

namespace Engine.Text.Patterns;

/// <summary>Translates the parts of RE2's syntax that stand for characters: escapes, named sets, and bracketed
/// sets.</summary>
internal sealed class PatternSets(string pattern)
{
    private static readonly (int From, int To)[] Digits = [('0', '9')];
    private static readonly (int From, int To)[] Words = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
    private static readonly (int From, int To)[] Blanks = [('\t', '\n'), ('\f', '\r'), (' ', ' ')];

    private static readonly Dictionary<string, (int From, int To)[]> Posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = [('0', '9'), ('A', 'Z'), ('a', 'z')],
        ["alpha"] = [('A', 'Z'), ('a', 'z')],
        ["ascii"] = [(0, 0x7F)],
        ["blank"] = [('\t', '\t'), (' ', ' ')],
        ["cntrl"] = [(0, 0x1F), (0x7F, 0x7F)],
        ["digit"] = Digits,
        ["graph"] = [('!', '~')],
        ["lower"] = [('a', 'z')],
        ["print"] = [(' ', '~')],
        ["punct"] = [('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        ["space"] = [('\t', '\r'), (' ', ' ')],
        ["upper"] = [('A', 'Z')],
        ["word"] = Words,
        ["xdigit"] = [('0', '9'), ('A', 'F'), ('a', 'f')],
    };

    /// <summary>The Unicode general categories. RE2 also supports scripts, which .NET doesn't.</summary>
    private static readonly HashSet<string> Categories =
    [
        "C",
        "Cc",
        "Cf",
        "Co",
        "L",
        "Ll",
        "Lm",
        "Lo",
        "Lt",
        "Lu",
        "M",
        "Mc",
        "Me",
        "Mn",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Pe",
        "Pf",
        "Pi",
        "Po",
        "Ps",
        "S",
        "Sc",
        "Sk",
        "Sm",
        "So",
        "Z",
        "Zl",
        "Zp",
        "Zs",
    ];

    public static PatternException Wrong(string problem, int at) => new(problem, at);

    /// <summary>Reads the code point here, one or two UTF-16 units.</summary>
    public static int CodePoint(string text, ref int at)
    {
        bool isPair = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);
        int code = isPair ? char.ConvertToUtf32(text, at) : text[at];
        at += isPair ? 2 : 1;
        return code;
    }

    /// <summary>Adds the set that an escape names, such as \d or \p{L}. Returns false if the escape names
    /// none.</summary>
    public bool TryNamed(ref int at, CharacterClass set)
    {
        char c = Peek(at + 1);
        (int From, int To)[]? ranges = char.ToLowerInvariant(c) switch
        {
            'd' => Digits,
            'w' => Words,
            's' => Blanks,
            _ => null,
        };
        if (ranges is not null)
        {
            at += 2;
            Add(set, ranges, char.IsAsciiLetterUpper(c));
            return true;
        }
        if (c is not ('p' or 'P'))
        {
            return false;
        }
        int end = Peek(at + 2) == '{' ? pattern.IndexOf('}', at) : at + 2;
        string name =
            end < 0 || end >= pattern.Length
                ? ""
                : pattern[(Peek(at + 2) == '{' ? at + 3 : at + 2)..(Peek(at + 2) == '{' ? end : end + 1)];
        bool not = (c == 'P') != name.StartsWith('^');
        name = name.TrimStart('^');
        if (!Categories.Contains(name))
        {
            throw Wrong(@"expected a Unicode general category such as \p{Lu}", at);
        }
        set.AddCategory(name, not);
        at = end + 1;
        return true;
    }

    /// <summary>Reads the character that an escape stands for.</summary>
    public int EscapedCharacter(ref int at)
    {
        int start = at;
        if (at + 1 >= pattern.Length)
        {
            throw Wrong(@"a \ with nothing after it", at);
        }
        char c = pattern[at + 1];
        at += 2;
        switch (c)
        {
            case 'a':
                return '\a';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case 'x':
                return Hex(ref at, start);
            case '0' or (>= '1' and <= '7') when c == '0' || Peek(at) is >= '0' and <= '7':
                int code = c - '0';
                for (int i = 0; i < 2 && Peek(at) is >= '0' and <= '7'; i++)
                {
                    code = code * 8 + (pattern[at++] - '0');
                }
                return code;
            default:
                return char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) && !char.IsControl(c)
                    ? c
                    : throw Wrong($@"there is no escape \{c}", start);
        }
    }

    /// <summary>Translates a bracketed set.</summary>
    public string Brackets(ref int at)
    {
        int start = at++;
        bool negated = Peek(at) == '^';
        at += negated ? 1 : 0;
        CharacterClass set = new(negated);
        // A ] in first position is a literal.
        for (bool first = true; first || Peek(at) != ']'; first = false)
        {
            if (at >= pattern.Length)
            {
                throw Wrong("a set in brackets is not closed: expected ]", start);
            }
            Element(ref at, set);
        }
        at++;
        return set.Write();
    }

    private void Element(ref int at, CharacterClass set)
    {
        if (
            Peek(at) == '['
            && Peek(at + 1) == ':'
            && pattern.IndexOf(":]", at + 2, StringComparison.Ordinal) is > 0 and int end
        )
        {
            string name = pattern[(at + 2)..end];
            if (!Posix.TryGetValue(name.TrimStart('^'), out (int From, int To)[]? ranges))
            {
                throw Wrong($"there is no set [:{name}:]", at);
            }
            Add(set, ranges, name.StartsWith('^'));
            at = end + 2;
            return;
        }
        if (Peek(at) == '\\' && TryNamed(ref at, set))
        {
            return;
        }
        int start = at;
        int from = One(ref at);
        int to = from;
        if (Peek(at) == '-' && at + 1 < pattern.Length && pattern[at + 1] != ']')
        {
            at++;
            to = One(ref at);
        }
        if (to < from)
        {
            throw Wrong("a range ends before it begins", start);
        }
        set.Add(from, to);
    }

    private int One(ref int at) => Peek(at) == '\\' ? EscapedCharacter(ref at) : CodePoint(pattern, ref at);

    private static void Add(CharacterClass set, (int From, int To)[] ranges, bool not)
    {
        if (not)
        {
            set.AddAllBut(ranges);
            return;
        }
        foreach ((int from, int to) in ranges)
        {
            set.Add(from, to);
        }
    }

    private int Hex(ref int at, int start)
    {
        bool braces = Peek(at) == '{';
        int end = braces ? pattern.IndexOf('}', at) : at + 2;
        int first = braces ? at + 1 : at;
        if (
            end < first
            || end > pattern.Length
            || end - first > 6
            || !int.TryParse(
                pattern.AsSpan(first, end - first),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out int code
            )
            || code > 0x10FFFF
        )
        {
            throw Wrong(@"expected \x and two hexadecimal digits, or \x{…} up to 10FFFF", start);
        }
        at = braces ? end + 1 : end;
        return code;
    }

    private char Peek(int at) => at < pattern.Length ? pattern[at] : '\0';
}
