using System.Text;

namespace Ingest.Tail.Formats;

/// <summary>Resolves the escapes of fields. Keeps the texts that differ from their fields, until <see cref="Clear"/>.
/// Not thread-safe.</summary>
internal sealed class FieldText
{
    private byte[] _texts = new byte[4096];
    private int _used;

    /// <summary>Forgets the texts so far, and makes room for others.</summary>
    /// <param name="bytes">The length of all fields that will be asked for; no text is longer than its field.</param>
    internal void Clear(int bytes)
    {
        _used = 0;
        if (_texts.Length < bytes)
        {
            _texts = new byte[bytes];
        }
    }

    /// <summary>Resolves the escapes of a field.</summary>
    internal ReadOnlySpan<byte> Of(ReadOnlySpan<byte> field, FieldEscapes escapes) =>
        escapes == FieldEscapes.Percent
            ? field.Contains((byte)'%')
                ? Kept(FromPercent(field, isQuery: false, isTwice: true, Room))
                : field
            : field.Contains((byte)'\\')
                ? Kept(FromBackslashes(field, Room))
                : field;

    /// <summary>Decodes a name or a value of a query, in which <c>+</c> is a space.</summary>
    /// <param name="escapes">How the log escaped the query, besides. Backslashes are resolved already.</param>
    internal ReadOnlySpan<byte> OfQuery(ReadOnlySpan<byte> value, FieldEscapes escapes) =>
        value.IndexOfAny((byte)'%', (byte)'+') < 0
            ? value
            : Kept(FromPercent(value, isQuery: true, escapes == FieldEscapes.Percent, Room));

    private Span<byte> Room => _texts.AsSpan(_used);

    private ReadOnlySpan<byte> Kept(int length)
    {
        _used += length;
        return _texts.AsSpan(_used - length, length);
    }

    /// <summary>Decodes <c>%hh</c>; leaves a percent sign without two digits as it is.</summary>
    /// <param name="isTwice">Whether <c>%25hh</c> is the same as <c>%hh</c>. CloudFront escapes percent signs in some
    /// years and fields, and not in others.</param>
    private static int FromPercent(ReadOnlySpan<byte> field, bool isQuery, bool isTwice, Span<byte> into)
    {
        int written = 0;
        for (int at = 0; at < field.Length; at++)
        {
            byte next = field[at];
            if (next == '+' && isQuery)
            {
                next = (byte)' ';
            }
            else if (next == '%' && TryHex(field, at + 1, out byte code))
            {
                at += 2;
                next = code;
                if (isTwice && code == '%' && TryHex(field, at + 1, out code))
                {
                    at += 2;
                    next = code;
                }
            }

            into[written++] = next;
        }
        return written;
    }

    private static int FromBackslashes(ReadOnlySpan<byte> field, Span<byte> into)
    {
        int written = 0;
        while (field.IndexOf((byte)'\\') is >= 0 and var plain)
        {
            field[..plain].CopyTo(into[written..]);
            written += plain;
            field = field[plain..];
            int read = TryUnicode(field, out Rune rune);
            if (read > 0)
            {
                written += rune.EncodeToUtf8(into[written..]);
            }
            else
            {
                (into[written++], read) = Escaped(field);
            }

            field = field[read..];
        }
        field.CopyTo(into[written..]);
        return written + field.Length;
    }

    /// <summary>Reads the byte that a backslash and what follows it stand for, and their length. An unknown escape is a
    /// backslash.</summary>
    private static (byte Byte, int Length) Escaped(ReadOnlySpan<byte> text) =>
        text.Length < 2
            ? ((byte)'\\', 1)
            : text[1] switch
            {
                (byte)'x' when TryHex(text, 2, out byte code) => (code, 4),
                (byte)'t' => ((byte)'\t', 2),
                (byte)'n' => ((byte)'\n', 2),
                (byte)'r' => ((byte)'\r', 2),
                (byte)'b' => ((byte)'\b', 2),
                (byte)'f' => ((byte)'\f', 2),
                (byte)'v' => ((byte)'\v', 2),
                (byte)'"' or (byte)'\\' or (byte)'/' => (text[1], 2),
                _ => ((byte)'\\', 1),
            };

    /// <summary>Reads <c>\u00e4</c>, or two of them that are a surrogate pair; a lone surrogate is U+FFFD. Returns the
    /// length; 0 if this is none.</summary>
    private static int TryUnicode(ReadOnlySpan<byte> text, out Rune rune)
    {
        rune = Rune.ReplacementChar;
        if (!TryUnit(text, out char first))
        {
            return 0;
        }

        if (Rune.TryCreate(first, out rune))
        {
            return 6;
        }

        if (TryUnit(text[6..], out char second) && Rune.TryCreate(first, second, out rune))
        {
            return 12;
        }

        rune = Rune.ReplacementChar;
        return 6;
    }

    private static bool TryUnit(ReadOnlySpan<byte> text, out char unit)
    {
        unit = default;
        if (
            text.Length < 6
            || text[0] != '\\'
            || text[1] != 'u'
            || !TryHex(text, 2, out byte high)
            || !TryHex(text, 4, out byte low)
        )
        {
            return false;
        }

        unit = (char)(high << 8 | low);
        return true;
    }

    private static bool TryHex(ReadOnlySpan<byte> text, int at, out byte value)
    {
        value = 0;
        if (at + 2 > text.Length)
        {
            return false;
        }

        int high = HexDigit(text[at]),
            low = HexDigit(text[at + 1]);
        value = (byte)(high << 4 | low);
        return high >= 0 && low >= 0;
    }

    private static int HexDigit(byte digit) =>
        digit switch
        {
            >= (byte)'0' and <= (byte)'9' => digit - '0',
            >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
            _ => -1,
        };
}
