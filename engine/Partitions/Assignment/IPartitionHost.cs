using Confluent.Kafka;

namespace Engine.Partitions.Assignment;

/// <summary>A lane's callbacks when its partitions come and go. <see cref="PartitionAssignment{TPartition}"/> calls
/// them on the lane's thread only. A takeover calls <see cref="Prepare"/>, then <see cref="Open"/> for each partition,
/// then <see cref="TakenOver"/> and <see cref="StartReading"/>; a release calls <see cref="Drain"/>, then
/// <see cref="Close"/>. If any step of a takeover throws because Redis or a broker is unavailable, the opened
/// partitions are closed and all of it is tried again.</summary>
public interface IPartitionHost<TPartition>
    where TPartition : OwnedPartition
{
    /// <summary>How far before progress the log is reread, for what only the log can rebuild.</summary>
    TimeSpan Horizon { get; }

    /// <summary>Called after all leases are acquired and before any partition is opened.</summary>
    void Prepare() { }

    /// <summary>A log time before that of progress, ms, from which the partition needs more than the horizon covers;
    /// <see cref="long.MaxValue"/> for none.</summary>
    long NeededFrom(PartitionLease lease) => long.MaxValue;

    /// <summary>Creates the partition's state as of before the first record to read.</summary>
    TPartition Open(PartitionLease lease, RebuildPlan plan);

    /// <summary>Called after all partitions of a takeover are open and before any record is read. From here on they use
    /// the results of other partitions.</summary>
    void TakenOver(IReadOnlyList<TPartition> partitions) { }

    /// <summary>The offset at which the consumer starts reading the partition; <see cref="Offset.End"/> if something
    /// else fetches it.</summary>
    Offset StartReading(TPartition partition) => partition.Next;

    /// <summary>Commits decided results as far as possible; the next owner decides the rest again.</summary>
    void Drain(IReadOnlyList<TPartition> partitions) { }

    /// <summary>Releases the state of a partition that is no longer owned.</summary>
    void Close(TPartition partition);

    /// <summary>Called when the owned or awaited partitions change, for the lane to publish its status.</summary>
    void Publish();
}
