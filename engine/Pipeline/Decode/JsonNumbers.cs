using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Engine.Pipeline.Decode;

/// <summary>Reads numbers of JSON text (RFC 8259) in place. The results equal Utf8Parser's, bit for bit. Methods return
/// a pointer to the end of the number, or null if the text is malformed.</summary>
internal static unsafe class JsonNumbers
{
    /// <summary>The powers of ten that a double represents exactly.</summary>
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

    /// <summary>Reads a number. Returns its value as a double, and as an integer if it is written as one and fits in 64
    /// bits.</summary>
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
            // The digits were checked already, so this always succeeds.
            _ = Utf8Parser.TryParse(new ReadOnlySpan<byte>(start, (int)(at - start)), out value, out _);
            return at;
        }
        return Fraction(start, at, end, negative, digits, (int)count, ref value);
    }

    /// <summary>Whether a number read by <see cref="Number"/> consists of digits only, so that it is an integer, even
    /// if it exceeds 64 bits.</summary>
    public static bool IsDigits(byte* start, byte* end) =>
        !new ReadOnlySpan<byte>(start, (int)(end - start)).ContainsAny((byte)'.', (byte)'e', (byte)'E');

    /// <summary>Reads eight digits at once if that many follow: pairs, then fours, then all (Lemire, "Quickly parsing
    /// eight digits", 2018).</summary>
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
        // With at most 15 digits and an exact power of ten, one division rounds correctly (Clinger, 1990).
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
}
