using System.Buffers.Binary;

namespace Engine.Pipeline.Consume.Fetch;

/// <summary>Writes Kafka's wire format with big-endian integers.</summary>
internal ref struct WireWriter(Span<byte> into)
{
    private readonly Span<byte> _into = into;

    public int Length { get; private set; }

    public void Byte(byte value) => _into[Length++] = value;

    public void Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_into[Length..], value);
        Length += sizeof(short);
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_into[Length..], value);
        Length += sizeof(int);
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_into[Length..], value);
        Length += sizeof(long);
    }

    /// <summary>Writes the length as two bytes, then the bytes.</summary>
    public void String(ReadOnlySpan<byte> text)
    {
        Int16((short)text.Length);
        text.CopyTo(_into[Length..]);
        Length += text.Length;
    }
}
