namespace Engine.Pipeline.Consume.Fetch;

/// <summary>A partition that is fetched directly.</summary>
/// <param name="position">The offset that is asked for next.</param>
public sealed class FetchedPartition(int number, long position)
{
    public int Number { get; } = number;

    public long Position { get; set; } = position;

    /// <summary>The offset behind the last record that could be read when a broker last answered; -1 before.</summary>
    public long LastStable { get; set; } = -1;

    /// <summary>The broker that leads it; -1 while that isn't known.</summary>
    public int Leader { get; set; } = -1;
}

/// <summary>
/// What one response holds of one partition; its memory is the connection's, until the next response is received.
/// </summary>
public unsafe struct PartitionData
{
    public FetchedPartition Partition;

    /// <summary>The offset that was asked for.</summary>
    public long From;

    /// <summary>Kafka's error code; 0 for none.</summary>
    public short Error;

    /// <summary>The offset behind the last record that can be read: of open transactions none can.</summary>
    public long LastStable;

    public byte* Records,
        Aborted;
    public int RecordsLength,
        AbortedCount;

    /// <summary>The offset behind what came whole: from where the next fetch goes on.</summary>
    public readonly long Behind => RecordSetReader.Behind(Records, RecordsLength, From);
}
