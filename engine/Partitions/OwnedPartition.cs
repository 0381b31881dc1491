namespace Engine.Partitions;

/// <summary>
/// A partition that a lane owns: where reading, committing and ticking stand. What is decided of it is the derived
/// class's. Touched by the lane's thread only; monotonic times are those of the lane's clock.
/// </summary>
public abstract class OwnedPartition(PartitionLease lease, RebuildPlan plan)
{
    public PartitionLease Lease { get; } = lease;

    public RebuildPlan Plan { get; } = plan;

    /// <summary><c>interactions-2</c></summary>
    public string Name => Lease.Name;

    public int Number => Lease.Partition.Partition.Value;

    /// <summary>Records before this offset rebuild the state and give no results.</summary>
    public long LiveFromOffset => Plan.LiveFromOffset;

    /// <summary>The next offset to be read.</summary>
    public long Next { get; set; } = plan.From;

    /// <summary>Monotonic time at which the partition's end was met; 0 while there is more.</summary>
    public long EndSince { get; set; }

    /// <summary>Monotonic time of the last tick that was sent; 0 for none.</summary>
    public long TickedAt { get; set; }

    /// <summary>Monotonic time of the last record that was no tick; 0 for none.</summary>
    public long BusyAt { get; set; }

    /// <summary>Running maximum of record timestamps, ms.</summary>
    public abstract long LogTime { get; }

    /// <summary>The log time past which something that waits falls due; <see cref="long.MaxValue"/> for
    /// none.</summary>
    public abstract long DueTime { get; }

    /// <summary>The offset that this owner has committed progress to; negative before its first commit.</summary>
    public abstract long CommittedOffset { get; }

    /// <summary>Whether something is decided that committed progress doesn't cover.</summary>
    public bool HasUncommitted => Next > LiveFromOffset && CommittedOffset < Next;

    /// <summary>
    /// What is missing until the partition is read to its end, all results are in Redis, and nothing waits; null where
    /// nothing is.
    /// </summary>
    public string? Waits =>
        EndSince == 0 ? $"{Name} is read to offset {Next}, and its end isn't met"
        : WaitsForTime is { } waits ? waits
        : HasUncommitted || IsCommitting
            ? $"{Name} is decided to offset {Next}, and progress isn't acknowledged that far"
        : null;

    /// <summary>What of the partition waits for log time to pass; null for nothing.</summary>
    protected virtual string? WaitsForTime => null;

    /// <summary>Whether a commit is under way.</summary>
    protected virtual bool IsCommitting => false;

    /// <summary>Log time reckoned on from the partition's end by the time that has passed since, ms.</summary>
    public long ReckonedLogTime(TimeProvider clock) => LogTime + (long)clock.GetElapsedTime(EndSince).TotalMilliseconds;
}
