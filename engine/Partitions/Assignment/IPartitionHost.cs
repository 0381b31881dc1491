using Confluent.Kafka;

namespace Engine.Partitions.Assignment;

/// <summary>
/// What a lane does when its partitions come and go. <see cref="PartitionAssignment{TPartition}"/> calls it, on the
/// lane's thread only. A takeover calls <see cref="Prepare"/>, then <see cref="Open"/> for each partition, then
/// <see cref="TakenOver"/> and <see cref="StartReading"/>; a hand-over <see cref="Drain"/>, then <see cref="Close"/>.
/// Whatever of a takeover throws because Redis or a broker is away, all of it is tried again; what was opened is closed
/// then.
/// </summary>
public interface IPartitionHost<TPartition>
    where TPartition : OwnedPartition
{
    /// <summary>How far back of progress the log is read again: <see cref="RebuildHorizon"/>.</summary>
    TimeSpan Horizon { get; }

    /// <summary>Called when all leases are acquired and before any partition is opened.</summary>
    void Prepare() { }

    /// <summary>
    /// A log time before that of progress, ms, from which more is needed than progress covers;
    /// <see cref="long.MaxValue"/> for none.
    /// </summary>
    long NeededFrom(PartitionLease lease) => long.MaxValue;

    /// <summary>Makes the partition's state, as it is before the first record is read.</summary>
    TPartition Open(PartitionLease lease, RebuildPlan plan);

    /// <summary>
    /// Called when all partitions of a takeover are open and before any record is read: from here on they use what
    /// other partitions told.
    /// </summary>
    void TakenOver(IReadOnlyList<TPartition> partitions) { }

    /// <summary>
    /// The offset from which the consumer reads the partition; <see cref="Offset.End"/> where somebody else fetches it.
    /// </summary>
    Offset StartReading(TPartition partition) => partition.Next;

    /// <summary>Commits what is decided, as long as that goes; what is left the next owner decides again.</summary>
    void Drain(IReadOnlyList<TPartition> partitions) { }

    /// <summary>Lets a partition's state go; it isn't owned any more.</summary>
    void Close(TPartition partition);

    /// <summary>What is owned or waited for has changed: the lane says anew where it stands.</summary>
    void Publish();
}
