using System.Globalization;
using System.Text;

namespace Engine.Conditions.Syntax;

/// <summary>String literals: '…' and "…" on one line, '''…''' and """…""" over several, with escapes, or raw with the
/// prefix r.</summary>
internal static class StringLiteral
{
    /// <summary>Whether a literal begins here; <paramref name="quote"/> is the position of its quote.</summary>
    public static bool Begins(string source, int at, out bool raw, out int quote)
    {
        raw = source[at] is 'r' or 'R';
        quote = raw ? at + 1 : at;
        return quote < source.Length && source[quote] is '\'' or '"';
    }

    /// <summary>Reads the value of a literal and its end.</summary>
    public static string Read(string source, int start, int quote, bool raw, out int end)
    {
        char delimiter = source[quote];
        bool triple = quote + 2 < source.Length && source[quote + 1] == delimiter && source[quote + 2] == delimiter;
        int at = triple ? quote + 3 : quote + 1;
        StringBuilder text = new();
        while (true)
        {
            if (at >= source.Length || (!triple && source[at] is '\n' or '\r'))
            {
                string expected = new(delimiter, triple ? 3 : 1);
                throw new ConditionException(
                    source,
                    start,
                    triple
                        ? $"this string isn't closed: expected {expected}"
                        : $"this string isn't closed on its line: expected {expected} (a string over several lines "
                            + $"uses three quotes on either side)"
                );
            }
            char c = source[at];
            if (c == delimiter && (!triple || Closes(source, at, delimiter)))
            {
                end = at + (triple ? 3 : 1);
                return text.ToString();
            }
            if (c == '\\' && !raw)
            {
                at = Escape(source, at, text);
            }
            else if (char.IsSurrogate(c))
            {
                if (!(char.IsHighSurrogate(c) && at + 1 < source.Length && char.IsLowSurrogate(source[at + 1])))
                {
                    throw new ConditionException(source, at, "an unpaired surrogate isn't a character");
                }
                text.Append(c).Append(source[at + 1]);
                at += 2;
            }
            else
            {
                text.Append(c);
                at++;
            }
        }
    }

    private static bool Closes(string source, int at, char delimiter) =>
        at + 2 < source.Length && source[at + 1] == delimiter && source[at + 2] == delimiter;

    /// <summary>Reads the escape at a backslash. Returns the position after it.</summary>
    private static int Escape(string source, int at, StringBuilder text)
    {
        char c = at + 1 < source.Length ? source[at + 1] : '\0';
        switch (c)
        {
            case '\\' or '?' or '"' or '\'' or '`':
                text.Append(c);
                return at + 2;
            case 'a':
                text.Append('\a');
                return at + 2;
            case 'b':
                text.Append('\b');
                return at + 2;
            case 'f':
                text.Append('\f');
                return at + 2;
            case 'n':
                text.Append('\n');
                return at + 2;
            case 'r':
                text.Append('\r');
                return at + 2;
            case 't':
                text.Append('\t');
                return at + 2;
            case 'v':
                text.Append('\v');
                return at + 2;
            case 'x' or 'X':
                return Append(source, at, at + 4, Hex(source, at, 2), text);
            case 'u':
                return Unicode(source, at, text);
            case 'U':
                return Append(source, at, at + 10, Hex(source, at, 8), text);
            case >= '0' and <= '3':
                return Append(source, at, at + 4, Octal(source, at), text);
            default:
                throw new ConditionException(
                    source,
                    at,
                    @"no such escape: expected \\ \? \"" \' \` \a \b \f \n \r \t \v, "
                        + @"\x and 2, \u and 4 or \U and 8 hexadecimal digits, or 3 octal digits"
                );
        }
    }

    /// <summary>Reads \u and four digits; a high surrogate must be followed by a low one in the same form.</summary>
    private static int Unicode(string source, int at, StringBuilder text)
    {
        uint code = Hex(source, at, 4);
        if (
            code is >= 0xD800 and <= 0xDBFF
            && at + 7 < source.Length
            && source[at + 6] == '\\'
            && source[at + 7] == 'u'
        )
        {
            uint low = Hex(source, at + 6, 4);
            if (low is >= 0xDC00 and <= 0xDFFF)
            {
                text.Append((char)code).Append((char)low);
                return at + 12;
            }
        }
        return Append(source, at, at + 6, code, text);
    }

    private static int Append(string source, int at, int next, uint code, StringBuilder text)
    {
        if (!Rune.IsValid(code))
        {
            throw new ConditionException(source, at, $"U+{code:X} isn't a character");
        }
        text.Append(new Rune(code));
        return next;
    }

    private static uint Hex(string source, int at, int digits)
    {
        if (
            at + 2 + digits > source.Length
            || !uint.TryParse(
                source.AsSpan(at + 2, digits),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out uint code
            )
        )
        {
            throw new ConditionException(
                source,
                at,
                $"expected {digits} hexadecimal digits after the {source.AsSpan(at, 2)}"
            );
        }
        return code;
    }

    private static uint Octal(string source, int at)
    {
        uint code = 0;
        for (int i = 1; i <= 3; i++)
        {
            if (at + i >= source.Length || source[at + i] is < '0' or > '7')
            {
                throw new ConditionException(source, at, @"expected three octal digits after the \, from 000 to 377");
            }
            code = code * 8 + (uint)(source[at + i] - '0');
        }
        return code;
    }
}
