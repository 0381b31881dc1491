using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Engine.Pipeline;

/// <summary>A growing piece of UTF-8 text, written without strings. Not for two threads.</summary>
public sealed class Utf8Builder(int capacity = 4096)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Room for so many more bytes; to be followed by <see cref="Advance"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int length)
    {
        if (_bytes.Length - Length < length) Grow(length);
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

    /// <summary>Text of ASCII.</summary>
    public Utf8Builder Ascii(string text)
    {
        Span<byte> into = Reserve(text.Length);
        for (int i = 0; i < text.Length; i++) into[i] = (byte)text[i];
        Length += text.Length;
        return this;
    }

    public Utf8Builder Number(long value)
    {
        Utf8Formatter.TryFormat(value, Reserve(20), out int written);
        Length += written;
        return this;
    }

    /// <summary>A number with at most <paramref name="decimals"/> decimals, without zeros at its end; never in exponent form below 1e15.</summary>
    public Utf8Builder Number(double value, int decimals)
    {
        double scale = Math.Pow(10, decimals);
        if (!double.IsFinite(value)) value = 0;
        if (Math.Abs(value) >= 1e15 / scale)
        {
            Utf8Formatter.TryFormat(value, Reserve(32), out int all);
            Length += all;
            return this;
        }
        long scaled = (long)Math.Round(value * scale, MidpointRounding.AwayFromZero);
        if (scaled < 0) Add((byte)'-');
        scaled = Math.Abs(scaled);
        long power = (long)scale, whole = scaled / power, rest = scaled % power;
        Number(whole);
        if (rest == 0) return this;
        Add((byte)'.');
        while (rest > 0)
        {
            power /= 10;
            Add((byte)('0' + rest / power));
            rest %= power;
        }
        return this;
    }

    /// <summary>A JSON string of UTF-8 text that may hold anything.</summary>
    public Utf8Builder JsonText(ReadOnlySpan<byte> text)
    {
        Add((byte)'"');
        foreach (byte c in text)
        {
            if (c is (byte)'"' or (byte)'\\') Add((byte)'\\').Add(c);
            else if (c < 0x20)
            {
                Add("\\u00"u8);
                Utf8Formatter.TryFormat(c, Reserve(2), out int written, new System.Buffers.StandardFormat('x', 2));
                Length += written;
            }
            else Add(c);
        }
        return Add((byte)'"');
    }

    public Utf8Builder JsonText(string text) => JsonText(System.Text.Encoding.UTF8.GetBytes(text));

    private void Grow(int length) => Array.Resize(ref _bytes, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(Length + length)));
}
