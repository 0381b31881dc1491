using System.Buffers.Binary;
using System.Text;
using Engine.Pipeline.Consume.Fetch;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Consume;

/// <summary>What a broker sends of a partition, read where it lies.</summary>
public sealed unsafe class RecordSetTests : IDisposable
{
    private readonly Decompressed _decompressed = new();
    private readonly RecordSetReader _reader;

    public RecordSetTests() => _reader = new RecordSetReader(_decompressed);

    private sealed record Seen(long Offset, long Timestamp, string? Key, string? Value, string Headers = "");

    [Fact]
    public void Records_come_with_keys_values_times_and_headers()
    {
        byte[] bytes = new BatchBytes()
            .Add(
                40,
                0,
                -1,
                new BatchRecord("k", "first", 5, ("content-type", "application/json"), ("empty", null)),
                new BatchRecord(null, null, -7)
            )
            .Add(42, BatchBytes.AppendTime, -1, new BatchRecord("", "third", 3))
            .All;
        Assert.Equal(
            [
                new Seen(40, 1_005, "k", "first", "content-type=application/json;empty=;"),
                new Seen(41, 993, null, null),
                new Seen(42, 9_000, "", "third"),
            ],
            Read(bytes, 40)
        );
        Assert.Equal((RecordSetEnd.Read, 43L), (_reader.End, _reader.Position));
    }

    [Fact]
    public void Records_before_the_offset_that_was_asked_for_are_left_out()
    {
        byte[] bytes = new BatchBytes()
            .Add(10, 0, -1, new BatchRecord("a", "0"), new BatchRecord("a", "1"), new BatchRecord("a", "2"))
            .All;
        Assert.Equal(["2"], Read(bytes, 12).Select(record => record.Value));
        Assert.Empty(Read(bytes, 13));
    }

    [Fact]
    public void A_batch_that_came_in_part_is_left_to_the_next_fetch()
    {
        byte[] bytes = new BatchBytes()
            .Add(0, 0, -1, new BatchRecord("a", "0"), new BatchRecord("a", "1"))
            .Add(2, 0, -1, new BatchRecord("b", "2"))
            .All;
        int second = new BatchBytes().Add(0, 0, -1, new BatchRecord("a", "0"), new BatchRecord("a", "1")).All.Length;
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            int whole =
                cut == bytes.Length ? 3
                : cut >= second ? 2
                : 0;
            Assert.Equal(
                ["0", "1", "2"],
                [
                    .. Read(bytes[..cut], 0).Select(record => record.Value),
                    .. Read(bytes, whole).Select(record => record.Value),
                ]
            );
            Read(bytes[..cut], 0);
            Assert.Equal((RecordSetEnd.Read, (long)whole), (_reader.End, _reader.Position));
            Assert.Equal(whole, Behind(bytes[..cut]));
        }
    }

    [Fact]
    public void Transactions_that_were_aborted_are_left_out()
    {
        byte[] bytes = new BatchBytes()
            .Add(0, BatchBytes.Transactional, 7, new BatchRecord("a", "aborted"))
            .Add(1, BatchBytes.Transactional, 8, new BatchRecord("a", "committed"))
            .Add(2, 0, 7, new BatchRecord("a", "outside of it"))
            .Marker(3, 7, aborted: true)
            .Add(4, BatchBytes.Transactional, 7, new BatchRecord("a", "the next one's"))
            .Marker(5, 8, aborted: false)
            .Marker(6, 7, aborted: false)
            .All;
        Assert.Equal(
            ["committed", "outside of it", "the next one's"],
            Read(bytes, 0, (7, 0)).Select(record => record.Value)
        );
        Assert.Equal(7, _reader.Position);
    }

    [Fact]
    public void Of_aborted_transactions_the_one_that_ended_last_may_have_begun_first()
    {
        byte[] bytes = new BatchBytes()
            .Add(0, BatchBytes.Transactional, 8, new BatchRecord("a", "outer"))
            .Add(1, BatchBytes.Transactional, 7, new BatchRecord("a", "inner"))
            .Marker(2, 7, aborted: true)
            .Add(3, BatchBytes.Transactional, 8, new BatchRecord("a", "outer"))
            .Marker(4, 8, aborted: true)
            .Add(5, 0, -1, new BatchRecord("a", "none"))
            .All;
        Assert.Equal(["none"], Read(bytes, 0, (7, 1), (8, 0)).Select(record => record.Value));
    }

    [Theory]
    [InlineData(false, 64)]
    [InlineData(true, 64)]
    [InlineData(false, 1 << 16)]
    public void Lz4_is_unpacked(bool linked, int blockBytes)
    {
        BatchRecord[] records =
        [
            .. Enumerable
                .Range(0, 200)
                .Select(i => new BatchRecord($"key {i % 7}", $"value {i} value {i} value {i}", i)),
        ];
        byte[] bytes = new BatchBytes()
            .Lz4Batch(100, linked, blockBytes, records)
            .Add(300, 0, -1, new BatchRecord("k", "plain"))
            .All;
        Assert.Equal(
            [.. records.Select(record => record.Value), "plain"],
            Read(bytes, 100).Select(record => record.Value)
        );
        Assert.True(_decompressed.Bytes > 0);
        _decompressed.Clear();
        Assert.Equal(0, _decompressed.Bytes);
    }

    [Fact]
    public void What_is_not_read_here_ends_reading_before_it()
    {
        byte[] before = new BatchBytes().Add(0, 0, -1, new BatchRecord("a", "0")).All;
        foreach (
            (byte[] next, RecordSetEnd end) in new[]
            {
                (
                    new BatchBytes().Add(1, BatchBytes.Gzip, -1, new BatchRecord("a", "1")).All,
                    RecordSetEnd.OtherCompression
                ),
                (new BatchBytes().Magic(1, 1).All, RecordSetEnd.OldFormat),
                (new BatchBytes().Magic(9, 1).All, RecordSetEnd.Malformed),
                (
                    new BatchBytes().Add(1, BatchBytes.Lz4, -1, new BatchRecord("a", "no frame")).All,
                    RecordSetEnd.Malformed
                ),
            }
        )
        {
            Assert.Equal(["0"], Read([.. before, .. next], 0).Select(record => record.Value));
            Assert.Equal((end, 1L), (_reader.End, _reader.Position));
        }
    }

    [Fact]
    public void Whatever_comes_no_record_lies_outside_of_it()
    {
        byte[] good = new BatchBytes()
            .Add(0, 0, -1, new BatchRecord("key", "value", 3, ("name", "value")), new BatchRecord(null, "x"))
            .Lz4Batch(2, false, 32, [.. Enumerable.Range(0, 10).Select(i => new BatchRecord("k", $"value {i}"))])
            .Add(12, BatchBytes.Transactional, 5, new BatchRecord("a", "b"))
            .Marker(13, 5, aborted: true)
            .All;
        var random = new Random(11);
        for (int round = 0; round < 30_000; round++)
        {
            byte[] bytes = [.. good];
            for (int changes = random.Next(1, 5); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            // Reading a record touches all of it: what lay outside would be somebody else's, or nobody's.
            Read(bytes[..random.Next(bytes.Length + 1)], 0, (5, 0));
            Assert.InRange(_reader.Position, 0, long.MaxValue);
            _decompressed.Clear();
        }
    }

    private List<Seen> Read(byte[] bytes, long position, params (long Producer, long First)[] aborted)
    {
        byte[] list = new byte[16 * aborted.Length];
        for (int i = 0; i < aborted.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(list.AsSpan(16 * i), aborted[i].Producer);
            BinaryPrimitives.WriteInt64BigEndian(list.AsSpan(16 * i + 8), aborted[i].First);
        }
        var seen = new List<Seen>();
        fixed (
            byte* at = bytes,
                ended = list
        )
        {
            _reader.Begin(at, bytes.Length, position, ended, aborted.Length);
            while (_reader.TryNext(out WireRecord record))
            {
                if (_decompressed.Bytes == 0)
                {
                    AssertWithin(bytes.Length, record.Value - at, record.ValueLength, record.Value == null);
                    AssertWithin(bytes.Length, record.Key - at, record.KeyLength, record.Key == null);
                    AssertWithin(bytes.Length, record.Headers - at, record.HeadersLength, false);
                }
                seen.Add(
                    new Seen(
                        record.Offset,
                        record.Timestamp,
                        Text(record.Key, record.KeyLength),
                        Text(record.Value, record.ValueLength),
                        HeadersOf(record)
                    )
                );
            }
        }
        return seen;
    }

    private static void AssertWithin(int length, long at, int bytes, bool isNull)
    {
        if (!isNull)
        {
            Assert.True(at >= 0 && bytes >= 0 && at + bytes <= length);
        }
    }

    private static string HeadersOf(in WireRecord record)
    {
        var text = new StringBuilder();
        var headers = new RecordHeaders(record.Headers, record.HeadersLength);
        while (headers.TryNext())
        {
            text.Append(Encoding.UTF8.GetString(headers.Name))
                .Append('=')
                .Append(Text(headers.Value, headers.ValueLength))
                .Append(';');
        }

        return text.ToString();
    }

    private static string? Text(byte* at, int length) => at == null ? null : Encoding.UTF8.GetString(at, length);

    private static long Behind(byte[] bytes)
    {
        fixed (byte* at = bytes)
        {
            return RecordSetReader.NextOffset(at, bytes.Length, 0);
        }
    }

    public void Dispose() => _decompressed.Dispose();
}
