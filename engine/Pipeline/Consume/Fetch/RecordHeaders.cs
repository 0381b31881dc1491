namespace Engine.Pipeline.Consume.Fetch;

/// <summary>Reads the headers of a record in place: <c>count, (name length, name, value length or -1, value)*</c>, all
/// numbers as varints.</summary>
public unsafe ref struct RecordHeaders(byte* at, int length)
{
    private WireReader _reader = new(at, at + length);
    private long _left = -1;

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Null if the header has no value.</summary>
    public byte* Value { get; private set; }

    public int ValueLength { get; private set; }

    public bool TryNext()
    {
        if (_left < 0)
        {
            _left = _reader.Varint();
        }

        if (_left-- <= 0 || _reader.IsBroken)
        {
            return false;
        }

        long name = _reader.Varint();
        byte* begin = _reader.Bytes(name);
        long value = _reader.Varint();
        Value = value < 0 ? null : _reader.Bytes(value);
        if (_reader.IsBroken)
        {
            return false;
        }

        Name = new ReadOnlySpan<byte>(begin, (int)name);
        ValueLength = (int)Math.Max(0, value);
        return true;
    }
}
