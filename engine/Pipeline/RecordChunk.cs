using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decode;
using Engine.Primitives;

namespace Engine.Pipeline;

/// <summary>The stage that decodes up to <see cref="ClickRow.ChunkRecords"/> records, each into its own row, and
/// computes the keys of clicks. It prefetches the memory they will touch: values while decoding, windows while clicks
/// are processed.</summary>
internal sealed unsafe class RecordChunk(KeyedHash hash, EventArena arena, RowPool pool)
{
    /// <summary>How many clicks ahead windows are prefetched, so that cache misses overlap with the steps
    /// between.</summary>
    private const int PrefetchAhead = 4,
        CountsAhead = 2;

    /// <summary>How many records ahead values are prefetched, and how many bytes of each at most; the hardware
    /// prefetcher loads the rest once reading starts.</summary>
    private const int ValuesAhead = 3,
        MaxPrefetched = 640;

    private readonly JsonEventDecoder _json = new(arena);
    private readonly ProtobufEventDecoder _protobuf = new(arena);

    /// <summary>Rows that records are decoded into directly, so a click needs no copy. Rows of other records are
    /// reused.</summary>
    private readonly ClickRow?[] _rows = new ClickRow?[ClickRow.ChunkRecords];

    private readonly DecodeError[] _errors = new DecodeError[ClickRow.ChunkRecords];
    private readonly ClickKeys[] _keys = new ClickKeys[ClickRow.ChunkRecords];

    /// <summary>Decodes a chunk. The arena holds its points and texts until the next call.</summary>
    public void Decode(ReadOnlySpan<Record> records)
    {
        arena.Reset();
        for (int i = 0; i < records.Length; i++)
        {
            ref readonly Record record = ref records[i];
            if (i + ValuesAhead < records.Length)
            {
                PrefetchValue(records[i + ValuesAhead]);
            }

            ref InteractionEvent e = ref (_rows[i] ??= pool.Rent()).Event;
            _errors[i] =
                !RecordTime.IsAccepted(record.Timestamp)
                    ? new DecodeError(DeadLetterReason.OutOfRange, RecordTime.Field)
                : record.Encoding == ValueEncoding.Json
                    ? _json.Decode(record.Value, record.Length, ref e, record.CloudEvent)
                : _protobuf.Decode(record.Value, record.Length, ref e, record.CloudEvent);
            if (!IsClick(i))
            {
                continue;
            }

            _keys[i].Fill(hash, e);
            _keys[i].PrefetchTags(record.Partition);
        }
        for (int i = 0; i < Math.Min(PrefetchAhead, records.Length); i++)
        {
            if (IsClick(i))
            {
                _keys[i].Prefetch(records[i].Partition);
            }
        }
    }

    /// <summary>Prefetches the windows of clicks a few records ahead of <paramref name="i"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchBehind(ReadOnlySpan<Record> records, int i)
    {
        int ahead = i + PrefetchAhead;
        if (ahead < records.Length && IsClick(ahead))
        {
            _keys[ahead].Prefetch(records[ahead].Partition);
        }

        int near = i + CountsAhead;
        if (near < records.Length && IsClick(near))
        {
            _keys[near].PrefetchCounts(records[near].Partition);
        }
    }

    /// <summary>The reason why a record can't be used, if any.</summary>
    public ref readonly DecodeError Error(int i) => ref _errors[i];

    public ref InteractionEvent Event(int i) => ref _rows[i]!.Event;

    public ref readonly ClickKeys Keys(int i) => ref _keys[i];

    /// <summary>Takes a click's row out of the chunk; the caller owns it from then on.</summary>
    public ClickRow TakeRow(int i)
    {
        ClickRow row = _rows[i]!;
        _rows[i] = null;
        return row;
    }

    private bool IsClick(int i) => !_errors[i].IsError && _rows[i]!.Event.Type == EventType.Click;

    /// <summary>Prefetches a value's cache lines: the client's thread wrote the value, so it isn't in this core's
    /// caches.</summary>
    private static void PrefetchValue(in Record record)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (int at = 0; at < Math.Min(record.Length, MaxPrefetched); at += 64)
        {
            Sse.Prefetch0(record.Value + at);
        }
    }
}
