namespace Fuzz.Tests.Inputs;

/// <summary>The bytes of one input while it is made. What would exceed <see cref="MaxBytes"/> is cut off.</summary>
internal sealed class InputBuffer
{
    /// <summary>More than an event may have, so that values that are too large occur, and more than the largest
    /// document of JSONTestSuite has.</summary>
    public const int MaxBytes = 264 * 1024;

    private readonly byte[] _bytes = new byte[MaxBytes];

    public int Length { get; private set; }

    public Span<byte> Span => _bytes.AsSpan(0, Length);

    public InputBuffer Clear()
    {
        Length = 0;
        return this;
    }

    public InputBuffer Add(byte one) => Add([one]);

    public InputBuffer Add(ReadOnlySpan<byte> bytes)
    {
        Insert(Length, bytes);
        return this;
    }

    public void Insert(int at, ReadOnlySpan<byte> bytes)
    {
        int length = Math.Min(bytes.Length, MaxBytes - Length);
        // What is inserted may be part of the buffer itself.
        byte[] copy = bytes[..length].ToArray();
        Span[at..].CopyTo(_bytes.AsSpan(at + length));
        copy.CopyTo(_bytes.AsSpan(at));
        Length += length;
    }

    public void Remove(int at, int length)
    {
        _bytes.AsSpan(at + length, Length - at - length).CopyTo(_bytes.AsSpan(at));
        Length -= length;
    }
}
