using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;

namespace Engine.Pipeline.Decode;

/// <summary>
/// Steps over JSON text (RFC 8259) where it lies. Every step returns null where the text is malformed, or the place
/// behind what it read. Nothing is read past <c>end</c>: messages lie at the end of pages too. UTF-8 is checked once
/// for the whole text by the decoder.
/// </summary>
internal static unsafe class JsonScan
{
    /// <summary>Powers of ten that a double holds exactly.</summary>
    private static readonly double[] PowersOfTen =
    [
        1,
        1e1,
        1e2,
        1e3,
        1e4,
        1e5,
        1e6,
        1e7,
        1e8,
        1e9,
        1e10,
        1e11,
        1e12,
        1e13,
        1e14,
        1e15,
        1e16,
        1e17,
        1e18,
        1e19,
        1e20,
        1e21,
        1e22,
    ];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* SkipSpace(byte* at, byte* end)
    {
        while (at < end && *at <= ' ' && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        {
            at++;
        }

        return at;
    }

    /// <summary>From behind the opening quote to behind the closing one. Reports escapes and bytes over 127.</summary>
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
            int length = System.Numerics.BitOperations.TrailingZeroCount(stop);
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

    /// <summary>
    /// The length of an identifier of less than 32 bytes that ends with a quote, from behind the opening one; 0 where
    /// it is anything else, or no 32 bytes are there to read.
    /// </summary>
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
            NoIdentifier(bytes) | Vector256.Equals(bytes, Vector256.Create((byte)'\\')).ExtractMostSignificantBits();
        return quotes != 0 && (others & before) == 0 ? System.Numerics.BitOperations.TrailingZeroCount(quotes) : 0;
    }

    /// <summary>A bit for each byte that isn't printable ASCII, or is a space or a brace.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint NoIdentifier(Vector256<byte> bytes)
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

    /// <summary>
    /// Writes a string's text without its escapes; -1 for half a surrogate pair. At most as long as the source.
    /// </summary>
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
            into += new System.Text.Rune(code).EncodeToUtf8(new Span<byte>(into, 4));
        }
        return (int)(into - start);
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

    /// <summary>
    /// A number. Its value as a double, and as an integer where it is written as one and fits 64 bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Number(byte* at, byte* end, out double value, out long integer, out bool isInteger)
    {
        byte* start = at;
        bool negative = at < end && *at == '-';
        if (negative)
        {
            at++;
        }

        ulong digits = 0;
        byte* first = at;
        if (end - at >= 8)
        {
            EightDigits(ref at, ref digits);
        }

        while (at < end && (uint)(*at - '0') <= 9)
        {
            digits = digits * 10 + (uint)(*at++ - '0');
        }

        long count = at - first;
        value = 0;
        integer = 0;
        isInteger = false;
        if (count == 0 || (*first == '0' && count > 1))
        {
            return null;
        }

        if (at == end || (*at != '.' && (*at | 0x20) != 'e'))
        {
            if (count <= 18)
            {
                integer = negative ? -(long)digits : (long)digits;
                isInteger = true;
                value = integer;
                return at;
            }
            isInteger =
                Utf8Parser.TryParse(new ReadOnlySpan<byte>(start, (int)(at - start)), out integer, out int read)
                && read == at - start;
            // What these digits are has been seen, so they are always a number.
            _ = Utf8Parser.TryParse(new ReadOnlySpan<byte>(start, (int)(at - start)), out value, out _);
            return at;
        }
        return Fraction(start, at, end, negative, digits, (int)count, ref value);
    }

    /// <summary>
    /// Whether a number that <see cref="Number"/> has read is digits alone, so that it is an integer, if perhaps one
    /// that 64 bits can't hold.
    /// </summary>
    public static bool IsDigits(byte* start, byte* end) =>
        !new ReadOnlySpan<byte>(start, (int)(end - start)).ContainsAny((byte)'.', (byte)'e', (byte)'E');

    /// <summary>
    /// Eight digits at once where there are so many: pairs, fours, then all (Lemire, "Quickly parsing eight digits",
    /// 2018).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightDigits(ref byte* at, ref ulong digits)
    {
        ulong text = Unsafe.ReadUnaligned<ulong>(at);
        if (
            ((text & 0xF0F0F0F0F0F0F0F0) | ((text + 0x0606060606060606 & 0xF0F0F0F0F0F0F0F0) >> 4))
            != 0x3333333333333333
        )
        {
            return;
        }

        text -= 0x3030303030303030;
        text = text * 10 + (text >> 8);
        digits =
            (
                (text & 0x000000FF000000FF) * (100 + (1_000_000UL << 32))
                + (text >> 16 & 0x000000FF000000FF) * (1 + (10_000UL << 32))
            ) >> 32;
        at += 8;
    }

    private static byte* Fraction(
        byte* start,
        byte* at,
        byte* end,
        bool negative,
        ulong digits,
        int count,
        ref double value
    )
    {
        int decimals = 0;
        if (*at == '.')
        {
            byte* first = ++at;
            while (at < end && (uint)(*at - '0') <= 9)
            {
                if (count + decimals < 18)
                {
                    digits = digits * 10 + (uint)(*at - '0');
                }

                decimals++;
                at++;
            }
            if (at == first)
            {
                return null;
            }
        }
        bool exponent = at < end && (*at | 0x20) == 'e';
        if (exponent)
        {
            at++;
            if (at < end && *at is (byte)'+' or (byte)'-')
            {
                at++;
            }

            byte* first = at;
            while (at < end && (uint)(*at - '0') <= 9)
            {
                at++;
            }

            if (at == first)
            {
                return null;
            }
        }
        // With 15 digits at most and a power of ten that is exact, one division rounds correctly (Clinger, 1990).
        if (!exponent && count + decimals <= 15)
        {
            value = digits / PowersOfTen[decimals];
            if (negative)
            {
                value = -value;
            }

            return at;
        }
        if (
            !Utf8Parser.TryParse(new ReadOnlySpan<byte>(start, (int)(at - start)), out value, out int read)
            || read != at - start
        )
        {
            value = double.NaN;
        }

        return at;
    }

    /// <summary>Steps over any value. <paramref name="depth"/> is how many containers it lies in already.</summary>
    public static byte* Skip(byte* at, byte* end, int depth, ref bool wide)
    {
        ulong objects = 0; // one bit a container that this value opened: 1 for an object
        int open = 0;
        while (true)
        {
            if (at == end)
            {
                return null;
            }

            switch (*at)
            {
                case (byte)'"':
                    bool escaped = false;
                    at = String(at + 1, end, ref escaped, ref wide);
                    break;
                case (byte)'{' or (byte)'[':
                    if (depth + open >= Contracts.EventLimits.MaxDepth)
                    {
                        return null;
                    }

                    bool isObject = *at == '{';
                    at = SkipSpace(at + 1, end);
                    if (at == end)
                    {
                        return null;
                    }

                    if (*at == (isObject ? '}' : ']'))
                    {
                        at++;
                        break;
                    }
                    objects = objects << 1 | (isObject ? 1UL : 0);
                    open++;
                    if (isObject && (at = Name(at, end, ref wide)) == null)
                    {
                        return null;
                    }

                    continue;
                case (byte)'t':
                    at = Literal(at, end, "true"u8);
                    break;
                case (byte)'f':
                    at = Literal(at, end, "false"u8);
                    break;
                case (byte)'n':
                    at = Literal(at, end, "null"u8);
                    break;
                default:
                    at = Number(at, end, out _, out _, out _);
                    break;
            }
            if (at == null)
            {
                return null;
            }

            while (true)
            {
                if (open == 0)
                {
                    return at;
                }

                at = SkipSpace(at, end);
                if (at == end)
                {
                    return null;
                }

                bool inObject = (objects & 1) != 0;
                if (*at == ',')
                {
                    at = SkipSpace(at + 1, end);
                    if (inObject && (at = Name(at, end, ref wide)) == null)
                    {
                        return null;
                    }

                    break;
                }
                if (*at++ != (inObject ? '}' : ']'))
                {
                    return null;
                }

                objects >>= 1;
                open--;
            }
        }
    }

    /// <summary>A member's name, its colon and the space around them.</summary>
    private static byte* Name(byte* at, byte* end, ref bool wide)
    {
        if (at == end || *at != '"')
        {
            return null;
        }

        bool escaped = false;
        at = String(at + 1, end, ref escaped, ref wide);
        if (at == null)
        {
            return null;
        }

        at = SkipSpace(at, end);
        return at == end || *at != ':' ? null : SkipSpace(at + 1, end);
    }

    public static byte* Literal(byte* at, byte* end, ReadOnlySpan<byte> word) =>
        end - at >= word.Length && new ReadOnlySpan<byte>(at, word.Length).SequenceEqual(word)
            ? at + word.Length
            : null;

    /// <summary>
    /// <see cref="Contracts.Identifier"/>'s grammar, of 32 bytes at a time where they are there to read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsIdentifier(byte* text, int length, byte* end)
    {
        if ((uint)(length - 1) >= Contracts.EventLimits.MaxIdentifierBytes)
        {
            return false;
        }

        while (length > 0)
        {
            if (end - text < 32)
            {
                return Contracts.Identifier.IsOne(new ReadOnlySpan<byte>(text, length));
            }

            uint bad = NoIdentifier(Vector256.Load(text));
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

    public static bool IsUtf8(byte* at, int length) => Utf8.IsValid(new ReadOnlySpan<byte>(at, length));
}
