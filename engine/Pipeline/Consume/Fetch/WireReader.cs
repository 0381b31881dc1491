using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Engine.Pipeline.Consume.Fetch;

/// <summary>Reads Kafka's wire format from memory: big-endian integers and Protobuf's zigzag varints. Past the end it
/// returns zeros and sets <see cref="IsBroken"/>, so callers check once, after reading.</summary>
internal unsafe ref struct WireReader(byte* at, byte* end)
{
    private byte* _at = at;
    private readonly byte* _end = end;

    public bool IsBroken { get; private set; }

    public readonly byte* At => _at;

    public readonly long Left => _end - _at;

    public byte Byte() => Has(1) ? *_at++ : (byte)0;

    public short Int16()
    {
        if (!Has(sizeof(short)))
        {
            return 0;
        }

        short value = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<short>(_at));
        _at += sizeof(short);
        return value;
    }

    public int Int32()
    {
        if (!Has(sizeof(int)))
        {
            return 0;
        }

        int value = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<int>(_at));
        _at += sizeof(int);
        return value;
    }

    public long Int64()
    {
        if (!Has(sizeof(long)))
        {
            return 0;
        }

        long value = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<long>(_at));
        _at += sizeof(long);
        return value;
    }

    /// <summary>Reads a zigzag varint of at most ten bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Varint()
    {
        // Nearly all take one byte or two: deltas, and lengths of keys and values.
        if (_end - _at >= 2)
        {
            uint first = _at[0],
                second = _at[1];
            if (first < 0x80)
            {
                _at++;
                return Unzigzag(first);
            }
            if (second < 0x80)
            {
                _at += 2;
                return Unzigzag((first & 0x7F) | (second << 7));
            }
        }
        return LongVarint();
    }

    /// <summary>Reads <paramref name="count"/> bytes. Returns null if fewer are left, or if the count is
    /// negative.</summary>
    public byte* Bytes(long count)
    {
        if (count < 0)
        {
            IsBroken = true;
        }

        if (count < 0 || !Has(count))
        {
            return null;
        }

        byte* bytes = _at;
        _at += count;
        return bytes;
    }

    private long LongVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte next = Byte();
            if (IsBroken)
            {
                return 0;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return Unzigzag(value);
            }
        }
        IsBroken = true;
        return 0;
    }

    private static long Unzigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private bool Has(long bytes)
    {
        if (_end - _at >= bytes)
        {
            return true;
        }

        _at = _end;
        IsBroken = true;
        return false;
    }
}
