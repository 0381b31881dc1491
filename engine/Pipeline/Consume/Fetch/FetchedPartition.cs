namespace Engine.Pipeline.Consume.Fetch;

/// <summary>A partition that is fetched directly.</summary>
/// <param name="number">The partition's number.</param>
/// <param name="position">The next offset to fetch.</param>
public sealed class FetchedPartition(int number, long position)
{
    public int Number { get; } = number;

    public long Position { get; set; } = position;

    /// <summary>The offset after the last readable record, as of the broker's last response; -1 before the
    /// first.</summary>
    public long LastStable { get; set; } = -1;

    /// <summary>The broker that leads the partition; -1 if unknown.</summary>
    public int Leader { get; set; } = -1;
}

/// <summary>One partition's data in a response. Its memory belongs to the connection until the next response is
/// received.</summary>
public unsafe struct PartitionData
{
    public FetchedPartition Partition;

    /// <summary>The offset that was requested.</summary>
    public long From;

    /// <summary>Kafka's error code; 0 for none.</summary>
    public short Error;

    /// <summary>The offset after the last readable record; records of open transactions aren't readable.</summary>
    public long LastStable;

    public byte* Records,
        Aborted;
    public int RecordsLength,
        AbortedCount;

    /// <summary>The offset after the last complete batch, from which the next fetch continues.</summary>
    public readonly long NextOffset => RecordSetReader.NextOffset(Records, RecordsLength, From);
}
