using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;
using Engine.Contracts;

namespace Engine.Pipeline.Decode;

/// <summary>Reads strings of JSON text (RFC 8259) in place, 32 bytes at a time. Methods return a pointer to the end of
/// the string, or null if the text is malformed. The decoder checks UTF-8 once for the whole text.</summary>
internal static unsafe class JsonStrings
{
    /// <summary>Reads a string from after the opening quote to after the closing one. Reports escapes and bytes over
    /// 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* String(byte* at, byte* end, ref bool escaped, ref bool wide)
    {
        while (end - at >= 32)
        {
            Vector256<byte> bytes = Vector256.Load(at);
            Vector256<byte> stops =
                Vector256.Equals(bytes, Vector256.Create((byte)'"'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
                | Vector256.Equals(Vector256.Min(bytes, Vector256.Create((byte)0x1F)), bytes);
            uint stop = stops.ExtractMostSignificantBits(),
                high = bytes.ExtractMostSignificantBits();
            if (stop == 0)
            {
                wide |= high != 0;
                at += 32;
                continue;
            }
            int length = BitOperations.TrailingZeroCount(stop);
            wide |= (high & ((1u << length) - 1)) != 0;
            at += length;
            if (*at == '"')
            {
                return at + 1;
            }

            return *at == '\\' ? StringWithEscapes(at, end, ref escaped, ref wide) : null;
        }
        return StringTail(at, end, ref escaped, ref wide);
    }

    /// <summary>The length of an identifier shorter than 32 bytes with its closing quote, starting after the opening
    /// one. Returns 0 for anything else, or if fewer than 32 bytes are readable.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ShortIdentifier(byte* at, byte* end)
    {
        if (end - at < 32)
        {
            return 0;
        }

        Vector256<byte> bytes = Vector256.Load(at);
        uint quotes = Vector256.Equals(bytes, Vector256.Create((byte)'"')).ExtractMostSignificantBits();
        uint before = quotes - 1 & ~quotes;
        uint others =
            NonIdentifierBits(bytes)
            | Vector256.Equals(bytes, Vector256.Create((byte)'\\')).ExtractMostSignificantBits();
        return quotes != 0 && (others & before) == 0 ? BitOperations.TrailingZeroCount(quotes) : 0;
    }

    /// <summary>Checks the grammar of <see cref="Identifier"/>, 32 bytes at a time as long as they are
    /// readable.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsIdentifier(byte* text, int length, byte* end)
    {
        if ((uint)(length - 1) >= EventLimits.MaxIdentifierBytes)
        {
            return false;
        }

        while (length > 0)
        {
            if (end - text < 32)
            {
                return Identifier.IsOne(new ReadOnlySpan<byte>(text, length));
            }

            uint bad = NonIdentifierBits(Vector256.Load(text));
            if (length < 32)
            {
                bad &= (1u << length) - 1;
            }

            if (bad != 0)
            {
                return false;
            }

            text += 32;
            length -= 32;
        }
        return true;
    }

    /// <summary>Writes a string's text without its escapes and returns its length, at most that of the source; -1 for
    /// half a surrogate pair.</summary>
    public static int Unescape(byte* from, byte* to, byte* into)
    {
        byte* start = into;
        while (from < to)
        {
            byte c = *from++;
            if (c != '\\')
            {
                *into++ = c;
                continue;
            }
            c = *from++;
            if (c != 'u')
            {
                *into++ = c switch
                {
                    (byte)'b' => 8,
                    (byte)'f' => 12,
                    (byte)'n' => 10,
                    (byte)'r' => 13,
                    (byte)'t' => 9,
                    _ => c,
                };
                continue;
            }
            int code = Hex4(from);
            from += 4;
            if (code is >= 0xDC00 and <= 0xDFFF)
            {
                return -1;
            }

            if (code is >= 0xD800 and <= 0xDBFF)
            {
                if (
                    to - from < 6
                    || from[0] != '\\'
                    || from[1] != 'u'
                    || Hex4(from + 2) is not (>= 0xDC00 and <= 0xDFFF)
                )
                {
                    return -1;
                }

                code = 0x10000 + ((code - 0xD800) << 10) + (Hex4(from + 2) - 0xDC00);
                from += 6;
            }
            into += new Rune(code).EncodeToUtf8(new Span<byte>(into, 4));
        }
        return (int)(into - start);
    }

    public static bool IsUtf8(byte* at, int length) => Utf8.IsValid(new ReadOnlySpan<byte>(at, length));

    /// <summary>Returns a bit for each byte that isn't printable ASCII, or is a space or a brace.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint NonIdentifierBits(Vector256<byte> bytes)
    {
        Vector256<byte> shifted = bytes - Vector256.Create((byte)0x21);
        Vector256<byte> fine = Vector256.Equals(Vector256.Min(shifted, Vector256.Create((byte)0x5D)), shifted);
        Vector256<byte> brace =
            Vector256.Equals(bytes, Vector256.Create((byte)'{')) | Vector256.Equals(bytes, Vector256.Create((byte)'}'));
        return ~fine.ExtractMostSignificantBits() | brace.ExtractMostSignificantBits();
    }

    private static byte* StringTail(byte* at, byte* end, ref bool escaped, ref bool wide)
    {
        for (; at < end; at++)
        {
            byte c = *at;
            if (c == '"')
            {
                return at + 1;
            }

            if (c == '\\')
            {
                return StringWithEscapes(at, end, ref escaped, ref wide);
            }

            if (c < 0x20)
            {
                return null;
            }

            wide |= c >= 0x80;
        }
        return null;
    }

    private static byte* StringWithEscapes(byte* at, byte* end, ref bool escaped, ref bool wide)
    {
        escaped = true;
        while (at < end)
        {
            byte c = *at++;
            if (c == '"')
            {
                return at;
            }

            if (c < 0x20)
            {
                return null;
            }

            wide |= c >= 0x80;
            if (c != '\\')
            {
                continue;
            }

            if (at == end)
            {
                return null;
            }

            switch (*at++)
            {
                case (byte)'"'
                or (byte)'\\'
                or (byte)'/'
                or (byte)'b'
                or (byte)'f'
                or (byte)'n'
                or (byte)'r'
                or (byte)'t':
                    break;
                case (byte)'u':
                    if (end - at < 4 || Hex4(at) < 0)
                    {
                        return null;
                    }

                    at += 4;
                    break;
                default:
                    return null;
            }
        }
        return null;
    }

    private static int Hex4(byte* at)
    {
        int value = 0;
        for (int i = 0; i < 4; i++)
        {
            int digit = at[i] switch
            {
                >= (byte)'0' and <= (byte)'9' => at[i] - '0',
                >= (byte)'a' and <= (byte)'f' => at[i] - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => at[i] - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
            {
                return -1;
            }

            value = value << 4 | digit;
        }
        return value;
    }
}
