using System.Runtime.Intrinsics.X86;

namespace Engine.Pipeline.Consume.Fetch;

/// <summary>One record in a batch; its memory belongs to the batch.</summary>
public unsafe struct WireRecord
{
    public long Offset;

    /// <summary>ms since the epoch.</summary>
    public long Timestamp;

    public byte* Key,
        Value,
        Headers;
    public int KeyLength,
        ValueLength;

    /// <summary>The length of all headers in bytes, including their leading count, as <see cref="RecordHeaders"/> reads
    /// them.</summary>
    public int HeadersLength;
}

/// <summary>The reason why a reader stopped.</summary>
public enum RecordSetEnd : byte
{
    /// <summary>Every complete batch was read.</summary>
    Read,

    /// <summary>A batch has a compression that this reader doesn't support.</summary>
    OtherCompression,

    /// <summary>A batch has a format from before Kafka 0.11.</summary>
    OldFormat,

    /// <summary>The bytes aren't a batch.</summary>
    Malformed,
}

/// <summary>Iterates over the records of one partition in a fetch response, in order. Call <see cref="Begin"/>, then
/// <see cref="TryNext"/> until it returns false, then read <see cref="End"/> and <see cref="Position"/>. Records of
/// aborted transactions and control records are skipped; an incomplete last batch is left to the next fetch. Checksums
/// aren't verified, as librdkafka doesn't by default either (check.crcs). Source:
/// https://kafka.apache.org/documentation/#recordbatch
/// <code>
/// batch: base offset 8, length 4, leader epoch 4, magic 1 (2), crc 4, attributes 2, last offset delta 4, base
/// timestamp 8, max timestamp 8, producer 8, epoch 2, base sequence 4, records 4, record* record: length, attributes 1,
/// timestamp delta, offset delta, key length, key, value length, value, headers (all lengths and deltas varints)
/// </code></summary>
public sealed unsafe class RecordSetReader(Decompressed decompressed)
{
    /// <summary>Bytes up to the end of a batch's length, and up to its records.</summary>
    private const int Prefix = 12,
        BatchHeader = 61;

    /// <summary>How far ahead of reading a batch is prefetched, in bytes: bytes from a socket are in the L3 cache at
    /// best.</summary>
    private const int PrefetchAhead = 4096;

    private const int Lz4 = 3,
        CompressionMask = 7,
        LogAppendTime = 8,
        Transactional = 16,
        Control = 32;

    private readonly HashSet<long> _aborting = [];
    private readonly List<(long First, long Producer)> _aborted = [];
    private byte* _at,
        _end,
        _recordsAt,
        _recordsEnd;
    private int _left,
        _abortedPassed;
    private long _baseOffset,
        _baseTimestamp,
        _maxTimestamp,
        _batchEnd;
    private bool _appendTime;

    public RecordSetEnd End { get; private set; }

    /// <summary>The offset from which reading continues: after every batch that was read to its end.</summary>
    public long Position { get; private set; }

    /// <param name="position">The requested offset; records before it are skipped.</param>
    /// <param name="aborted">Pairs of producer and first offset as received, in the order in which they ended.</param>
    public void Begin(byte* bytes, int length, long position, byte* aborted, int abortedCount)
    {
        _at = bytes;
        _end = bytes + length;
        (_abortedPassed, _left, _batchEnd) = (0, 0, 0);
        (Position, End) = (position, RecordSetEnd.Read);
        _aborting.Clear();
        _aborted.Clear();
        var reader = new WireReader(aborted, aborted + 16L * abortedCount);
        for (int i = 0; i < abortedCount; i++)
        {
            long producer = reader.Int64();
            _aborted.Add((reader.Int64(), producer));
        }
        _aborted.Sort();
    }

    public bool TryNext(out WireRecord record)
    {
        do
        {
            while (_left > 0)
            {
                if (!TryRecord(out record))
                {
                    return Stop(RecordSetEnd.Malformed);
                }

                if (record.Offset >= Position)
                {
                    return true;
                }
            }
            Position = Math.Max(Position, _batchEnd);
        } while (TryBatch());
        record = default;
        return false;
    }

    /// <summary>The offset after the last complete batch, or <paramref name="position"/> if there is none. The next
    /// fetch continues there.</summary>
    public static long NextOffset(byte* bytes, int length, long position)
    {
        byte* end = bytes + length;
        while (end - bytes >= BatchHeader)
        {
            var reader = new WireReader(bytes, end);
            long baseOffset = reader.Int64();
            int size = reader.Int32();
            if (size < BatchHeader - Prefix || size > end - bytes - Prefix)
            {
                break;
            }

            reader.Bytes(11);
            position = Math.Max(position, baseOffset + reader.Int32() + 1);
            bytes += Prefix + size;
        }
        return position;
    }

    /// <summary>Starts the next batch whose records are wanted. Returns false if there is none; <see cref="End"/> says
    /// why.</summary>
    private bool TryBatch()
    {
        while (_end - _at >= BatchHeader)
        {
            var reader = new WireReader(_at, _end);
            _baseOffset = reader.Int64();
            int size = reader.Int32();
            reader.Int32();
            byte magic = reader.Byte();
            if (magic < 2)
            {
                return Stop(RecordSetEnd.OldFormat);
            }

            if (magic > 2 || size < BatchHeader - Prefix)
            {
                return Stop(RecordSetEnd.Malformed);
            }

            if (size > _end - _at - Prefix)
            {
                return false;
            }

            reader.Int32();
            int attributes = reader.Int16();
            long batchEnd = _baseOffset + reader.Int32() + 1;
            (_baseTimestamp, _maxTimestamp) = (reader.Int64(), reader.Int64());
            long producer = reader.Int64();
            reader.Bytes(6);
            int count = reader.Int32();
            _appendTime = (attributes & LogAppendTime) != 0;
            _recordsAt = reader.At;
            _recordsEnd = _at + Prefix + size;
            bool wanted = IsWanted(attributes, producer, batchEnd);
            if (wanted && !TryDecompress(attributes & CompressionMask))
            {
                return false;
            }

            _at += Prefix + size;
            (_batchEnd, _left) = (batchEnd, wanted ? count : 0);
            if (wanted)
            {
                return true;
            }

            Position = Math.Max(Position, batchEnd);
        }
        return false;
    }

    private bool TryDecompress(int compression) =>
        compression switch
        {
            0 => true,
            Lz4 => decompressed.TryLz4(ref _recordsAt, ref _recordsEnd) || Stop(RecordSetEnd.Malformed),
            _ => Stop(RecordSetEnd.OtherCompression),
        };

    private bool Stop(RecordSetEnd end)
    {
        _at = _end;
        (End, _left) = (end, 0);
        return false;
    }

    /// <summary>Whether a batch holds records from a producer that don't belong to an aborted transaction.</summary>
    private bool IsWanted(int attributes, long producer, long batchEnd)
    {
        while (_abortedPassed < _aborted.Count && _aborted[_abortedPassed].First < batchEnd)
        {
            _aborting.Add(_aborted[_abortedPassed++].Producer);
        }

        if ((attributes & Control) == 0)
        {
            return (attributes & Transactional) == 0 || !_aborting.Contains(producer);
        }
        // The key of a control record: version 2, type 2 (0: abort, 1: commit).
        var marker = new WireReader(_recordsAt, _recordsEnd);
        marker.Varint();
        marker.Byte();
        marker.Varint();
        marker.Varint();
        marker.Varint();
        marker.Int16();
        if (marker.Int16() == 0 && !marker.IsBroken)
        {
            _aborting.Remove(producer);
        }

        return false;
    }

    private bool TryRecord(out WireRecord record)
    {
        record = default;
        var reader = new WireReader(_recordsAt, _recordsEnd);
        long length = reader.Varint();
        byte* begin = reader.At;
        if (length <= 0 || length > reader.Left)
        {
            return false;
        }

        byte* end = begin + length;
        if (Sse.IsSupported)
        {
            for (byte* at = begin + PrefetchAhead; at < end + PrefetchAhead; at += 64)
            {
                Sse.Prefetch0(at);
            }
        }

        reader = new WireReader(begin, end);
        reader.Byte();
        long timestamp = reader.Varint();
        record.Offset = _baseOffset + reader.Varint();
        record.Timestamp = _appendTime ? _maxTimestamp : _baseTimestamp + timestamp;
        long keyLength = reader.Varint();
        if (keyLength >= 0)
        {
            record.Key = reader.Bytes(keyLength);
        }

        long valueLength = reader.Varint();
        if (valueLength >= 0)
        {
            record.Value = reader.Bytes(valueLength);
        }

        if (reader.IsBroken)
        {
            return false;
        }

        (record.KeyLength, record.ValueLength) = ((int)Math.Max(0, keyLength), (int)Math.Max(0, valueLength));
        record.Headers = reader.At;
        record.HeadersLength = (int)reader.Left;
        _recordsAt = end;
        _left--;
        return true;
    }
}
