using System.Buffers.Binary;
using System.Text;
using K4os.Compression.LZ4;

namespace Tests.Support;

/// <summary>A record as a test writes it into a batch.</summary>
public sealed record BatchRecord(
    string? Key,
    string? Value,
    long TimestampDelta = 0,
    params (string Name, string? Value)[] Headers
);

/// <summary>Writes batches of Kafka's format 2, byte by byte as its documentation says, without checksums.</summary>
public sealed class BatchBytes
{
    public const int Gzip = 1,
        Lz4 = 3,
        AppendTime = 8,
        Transactional = 16,
        Control = 32;

    private readonly List<byte> _all = [];

    public byte[] All => [.. _all];

    public BatchBytes Add(long baseOffset, int attributes, long producer, params BatchRecord[] records) =>
        Add(baseOffset, attributes, producer, Records(records), records.Length);

    /// <summary>The marker that ends a transaction.</summary>
    public BatchBytes Marker(long offset, long producer, bool aborted)
    {
        List<byte> record = [0, 0, 0];
        Varint(record, 4);
        record.AddRange([0, 0, 0, (byte)(aborted ? 0 : 1)]);
        Varint(record, 6);
        record.AddRange([0, 0, 0, 0, 0, 0, 0]);
        List<byte> bytes = [];
        Varint(bytes, record.Count);
        return Add(offset, Transactional | Control, producer, [.. bytes, .. record], 1);
    }

    public BatchBytes Lz4Batch(long baseOffset, bool linked, int blockBytes, params BatchRecord[] records) =>
        Add(baseOffset, Lz4, -1, Frame(Records(records), linked, blockBytes), records.Length);

    public BatchBytes Magic(byte magic, long baseOffset)
    {
        int at = _all.Count;
        Add(baseOffset, 0, -1, new BatchRecord("k", "v"));
        _all[at + 16] = magic;
        return this;
    }

    private BatchBytes Add(long baseOffset, int attributes, long producer, byte[] records, int count)
    {
        Int64(baseOffset);
        Int32(49 + records.Length);
        Int32(0);
        _all.Add(2);
        Int32(0);
        Int16((short)attributes);
        Int32(count - 1);
        Int64(1_000);
        Int64(9_000);
        Int64(producer);
        Int16(0);
        Int32(0);
        Int32(count);
        _all.AddRange(records);
        return this;
    }

    private static byte[] Records(BatchRecord[] records)
    {
        List<byte> all = [];
        for (int i = 0; i < records.Length; i++)
        {
            List<byte> record = [0];
            Varint(record, records[i].TimestampDelta);
            Varint(record, i);
            Text(record, records[i].Key);
            Text(record, records[i].Value);
            Varint(record, records[i].Headers.Length);
            foreach ((string name, string? value) in records[i].Headers)
            {
                Text(record, name);
                Text(record, value);
            }
            Varint(all, record.Count);
            all.AddRange(record);
        }
        return [.. all];
    }

    /// <summary>
    /// LZ4's frame; its first block is stored as it is, the others are packed, each knowing those before where they are
    /// linked.
    /// </summary>
    private static byte[] Frame(byte[] bytes, bool linked, int blockBytes)
    {
        List<byte> frame = [0x04, 0x22, 0x4D, 0x18, (byte)(0x40 | (linked ? 0 : 0x20)), 0x40, 0];
        Span<byte> size = stackalloc byte[4];
        for (int at = 0; at < bytes.Length; at += blockBytes)
        {
            ReadOnlySpan<byte> block = bytes.AsSpan(at, Math.Min(blockBytes, bytes.Length - at));
            byte[] packed = new byte[LZ4Codec.MaximumOutputSize(block.Length)];
            int length = LZ4Codec.Encode(block, packed);
            bool stored = at == 0;
            BinaryPrimitives.WriteUInt32LittleEndian(
                size,
                (uint)(stored ? block.Length : length) | (stored ? 0x80000000 : 0)
            );
            frame.AddRange(size);
            frame.AddRange(stored ? block : packed.AsSpan(0, length));
        }
        frame.AddRange(new byte[4]);
        return [.. frame];
    }

    private static void Text(List<byte> into, string? text)
    {
        Varint(into, text == null ? -1 : Encoding.UTF8.GetByteCount(text));
        if (text != null)
        {
            into.AddRange(Encoding.UTF8.GetBytes(text));
        }
    }

    private static void Varint(List<byte> into, long value)
    {
        ulong left = (ulong)((value << 1) ^ (value >> 63));
        for (; left >= 0x80; left >>= 7)
        {
            into.Add((byte)(left | 0x80));
        }

        into.Add((byte)left);
    }

    private void Int16(short value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        _all.AddRange(bytes);
    }

    private void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        _all.AddRange(bytes);
    }

    private void Int64(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        _all.AddRange(bytes);
    }
}
