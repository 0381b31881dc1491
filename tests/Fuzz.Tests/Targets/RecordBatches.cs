using Engine.Pipeline.Consume.Fetch;
using Fuzz.Tests.Running;
using Tests.Support;

namespace Fuzz.Tests.Targets;

/// <summary>Record batches as a broker sends them: records lie within the response or what was decompressed, and their
/// number is bounded by both.</summary>
internal sealed unsafe class RecordBatches : FuzzTarget
{
    /// <summary>Where a reader asks from, and how many aborted transactions an input begins with.</summary>
    private const int MaxAborted = 4,
        AbortedBytes = 16;

    private readonly GuardedInput _records = new(),
        _aborted = new();
    private readonly Decompressed _decompressed = new();
    private readonly RecordSetReader _reader;

    public RecordBatches() => _reader = new RecordSetReader(_decompressed);

    public override string Name => "record-batches";
    public override int Share => 12;

    public override IReadOnlyList<byte[]> Valid { get; } =
    [
        Framed(new BatchBytes().Add(0, 0, -1, Records(3)).Add(3, 0, -1, Records(2))),
        Framed(new BatchBytes().Lz4Batch(0, linked: false, 64, Records(9)).Lz4Batch(9, linked: true, 48, Records(9))),
        Framed(
            new BatchBytes()
                .Add(0, BatchBytes.Transactional, 7, Records(2))
                .Add(2, BatchBytes.Transactional, 8, Records(2))
                .Marker(4, 7, aborted: true)
                .Marker(5, 8, aborted: false),
            [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0]
        ),
    ];

    protected override IEnumerable<string> Tokens => ["\u0000\u0000\u0000\u0000", "\u007f\u007f", "\u0001", "\u0002"];

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        int aborted = input.IsEmpty ? 0 : Math.Min(input[0] % (MaxAborted + 1), (input.Length - 1) / AbortedBytes);
        ReadOnlySpan<byte> transactions = input.IsEmpty ? input : input.Slice(1, aborted * AbortedBytes),
            records = input.IsEmpty ? input : input[(1 + transactions.Length)..];
        byte* start = _records.Place(records);
        _decompressed.Clear();
        _reader.Begin(start, records.Length, 0, _aborted.Place(transactions), aborted);
        int count = 0;
        long last = -1;
        while (_reader.TryNext(out WireRecord record))
        {
            count++;
            Holds(record.Offset > last || record.Offset >= 0, $"offset {record.Offset} wasn't asked for");
            last = record.Offset;
            Touch(record.Key, record.KeyLength);
            Touch(record.Value, record.ValueLength);
            var headers = new RecordHeaders(record.Headers, record.HeadersLength);
            while (headers.TryNext())
            {
                Touch(headers.Value, headers.ValueLength);
            }
        }

        Holds(count <= records.Length + _decompressed.Bytes, $"{count} records in {records.Length} bytes");
        Holds(_decompressed.Bytes <= 255L * records.Length + 4096, $"{_decompressed.Bytes} bytes are decompressed");
        Holds(_reader.Position >= 0, $"reading continues at {_reader.Position}");
        RecordSetReader.NextOffset(start, records.Length, 0);
        return _reader.End == RecordSetEnd.Read && count > 0;
    }

    /// <summary>Reads the ends of what a record points to.</summary>
    private static void Touch(byte* at, int length)
    {
        if (at != null && length > 0 && at[0] + at[length - 1] < 0)
        {
            throw new InvalidOperationException("bytes aren't negative");
        }
    }

    private static BatchRecord[] Records(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new BatchRecord(
                    $"key-{i}",
                    Examples.Interactions[i % Examples.Interactions.Length],
                    i,
                    ("ce_id", $"c-{i}"),
                    ("empty", null)
                )),
        ];

    private static byte[] Framed(BatchBytes batches, params byte[] aborted) =>
        [(byte)(aborted.Length / AbortedBytes), .. aborted, .. batches.All];

    public override void Dispose()
    {
        _records.Dispose();
        _aborted.Dispose();
        _decompressed.Dispose();
        base.Dispose();
    }
}
