using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Engine.Primitives;

/// <summary>Builds UTF-8 text without strings. Not thread-safe.</summary>
public sealed class Utf8Builder(int capacity = 4096)
{
    private static readonly long[] PowersOfTen = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Gets room for at least <paramref name="length"/> more bytes. Follow it with <see
    /// cref="Advance"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int length)
    {
        if (_bytes.Length - Length < length)
        {
            Grow(length);
        }

        return _bytes.AsSpan(Length);
    }

    public void Advance(int length) => Length += length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Utf8Builder Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        Length += text.Length;
        return this;
    }

    public Utf8Builder Add(byte one)
    {
        Reserve(1)[0] = one;
        Length++;
        return this;
    }

    /// <summary>Appends ASCII text.</summary>
    public Utf8Builder Ascii(string text)
    {
        Span<byte> into = Reserve(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            into[i] = (byte)text[i];
        }

        Length += text.Length;
        return this;
    }

    public Utf8Builder Number(long value)
    {
        Utf8Formatter.TryFormat(value, Reserve(20), out int written);
        Length += written;
        return this;
    }

    /// <summary>Appends the shortest text that parses to the same number.</summary>
    public Utf8Builder Exact(double value)
    {
        Utf8Formatter.TryFormat(value, Reserve(32), out int written);
        Length += written;
        return this;
    }

    /// <summary>Appends a number with at most <paramref name="decimals"/> (0 to 6) decimals and no trailing zeros;
    /// below 1e15, never in exponent form.</summary>
    public Utf8Builder Number(double value, int decimals)
    {
        if (!double.IsFinite(value))
        {
            value = 0;
        }

        long power = PowersOfTen[decimals];
        if (Math.Abs(value) >= 1e15 / power)
        {
            Utf8Formatter.TryFormat(value, Reserve(32), out int all);
            Length += all;
            return this;
        }
        long scaled = (long)Math.Round(value * power, MidpointRounding.AwayFromZero);
        Span<byte> into = Reserve(32);
        int at = 0;
        if (scaled < 0)
        {
            into[at++] = (byte)'-';
            scaled = -scaled;
        }
        long whole = scaled / power,
            rest = scaled - whole * power;
        if (whole < 10)
        {
            into[at++] = (byte)('0' + whole);
        }
        else
        {
            Utf8Formatter.TryFormat(whole, into[at..], out int written);
            at += written;
        }
        if (rest > 0)
        {
            into[at++] = (byte)'.';
        }

        while (rest > 0)
        {
            power /= 10;
            long digit = rest / power;
            into[at++] = (byte)('0' + digit);
            rest -= digit * power;
        }
        Length += at;
        return this;
    }

    /// <summary>Appends arbitrary UTF-8 text as a JSON string.</summary>
    public Utf8Builder JsonText(ReadOnlySpan<byte> text) => Add((byte)'"').JsonPart(text).Add((byte)'"');

    /// <summary>Appends the contents of a JSON string, or a part of them.</summary>
    private Utf8Builder JsonPart(ReadOnlySpan<byte> text)
    {
        foreach (byte c in text)
        {
            if (c is (byte)'"' or (byte)'\\')
            {
                Add((byte)'\\').Add(c);
            }
            else if (c < 0x20)
            {
                Add("\\u00"u8);
                Utf8Formatter.TryFormat(c, Reserve(2), out int written, new System.Buffers.StandardFormat('x', 2));
                Length += written;
            }
            else
            {
                Add(c);
            }
        }
        return this;
    }

    public Utf8Builder JsonText(string text) => JsonText(text, "");

    /// <summary>Appends two texts as one JSON string.</summary>
    public Utf8Builder JsonText(string first, string second) =>
        Add((byte)'"').JsonPart(first).JsonPart(second).Add((byte)'"');

    private Utf8Builder JsonPart(string text)
    {
        Span<byte> utf8 = text.Length <= 256 ? stackalloc byte[text.Length * 3] : new byte[text.Length * 3];
        return JsonPart(utf8[..System.Text.Encoding.UTF8.GetBytes(text, utf8)]);
    }

    private void Grow(int length) =>
        Array.Resize(ref _bytes, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(Length + length)));
}
