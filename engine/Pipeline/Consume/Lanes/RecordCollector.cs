using Engine.Contracts;
using Engine.Pipeline.Clicks;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>
/// Collects records of a lane's partitions, wherever they were read, until the pipeline decides them together.
/// <see cref="Add"/>, fill the record, <see cref="NoteBusy"/>; <see cref="Flush"/> while their memory still lives.
/// </summary>
/// <param name="capacity">The most records between two flushes.</param>
internal sealed unsafe class RecordCollector(ClickPipeline pipeline, int capacity)
{
    private readonly Record[] _records = new Record[capacity];

    public int Count { get; private set; }

    /// <summary>The place of the partition's next record, to be filled; reading has come past it.</summary>
    public ref Record Add(ClickPartition partition, long offset)
    {
        partition.Next = offset + 1;
        partition.EndSince = 0;
        ref Record record = ref _records[Count++];
        record.Partition = partition.State;
        record.Offset = offset;
        return ref record;
    }

    /// <summary>Notes when the partition was last busy: ticks are no events to whoever waits for quiet.</summary>
    public static void NoteBusy(ClickPartition partition, in Record record, long now)
    {
        if (!Tick.Is(new ReadOnlySpan<byte>(record.Value, record.Length)))
        {
            partition.BusyAt = now;
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
