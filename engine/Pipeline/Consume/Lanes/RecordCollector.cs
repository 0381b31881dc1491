using Engine.Contracts;
using Engine.Pipeline.Clicks;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Collects records of a lane's partitions, wherever they were read, until the pipeline decides them together.
/// Call <see cref="Add"/>, fill the record, call <see cref="NoteBusy"/>; call <see cref="Flush"/> while the records'
/// memory is still valid.</summary>
/// <param name="capacity">The maximum number of records between two flushes.</param>
internal sealed unsafe class RecordCollector(ClickPipeline pipeline, int capacity)
{
    private readonly Record[] _records = new Record[capacity];

    public int Count { get; private set; }

    /// <summary>Gets the slot for the partition's next record, to be filled, and moves the partition past it.</summary>
    public ref Record Add(ClickPartition partition, long offset)
    {
        partition.Next = offset + 1;
        partition.EndSince = 0;
        ref Record record = ref _records[Count++];
        record.Partition = partition.State;
        record.Offset = offset;
        return ref record;
    }

    /// <summary>Notes when the partition was last busy. Ticks don't count as activity.</summary>
    public static void NoteBusy(ClickPartition partition, in Record record, long now)
    {
        if (!Tick.Is(new ReadOnlySpan<byte>(record.Value, record.Length)))
        {
            partition.NoteBusy(now, record.Timestamp);
        }
    }

    public void Flush()
    {
        if (Count == 0)
        {
            return;
        }

        pipeline.Process(_records.AsSpan(0, Count));
        Count = 0;
    }
}
