namespace Engine.Partitions;

/// <summary>A partition that a lane owns, with the state of reading, committing and ticking. Derived classes add the
/// state of deciding. Only the lane's thread uses it; monotonic times are from the lane's clock.</summary>
public abstract class OwnedPartition(PartitionLease lease, RebuildPlan plan)
{
    public PartitionLease Lease { get; } = lease;

    public RebuildPlan Plan { get; } = plan;

    /// <summary><c>interactions-2</c></summary>
    public string Name => Lease.Name;

    public int Number => Lease.Partition.Partition.Value;

    /// <summary>Records before this offset rebuild the state and give no results.</summary>
    public long LiveFromOffset => Plan.LiveFromOffset;

    /// <summary>The next offset to read.</summary>
    public long Next { get; set; } = plan.From;

    /// <summary>Monotonic time at which the partition's end was reached; 0 while there is more to read.</summary>
    public long EndSince { get; set; }

    /// <summary>Monotonic time of the last tick sent; 0 for none.</summary>
    public long TickedAt { get; set; }

    /// <summary>Monotonic time of the last record that wasn't a tick; 0 for none.</summary>
    public long BusyAt { get; set; }

    /// <summary>The running maximum of record timestamps, ms.</summary>
    public abstract long LogTime { get; }

    /// <summary>The log time past which the next timer falls due; <see cref="long.MaxValue"/> for none.</summary>
    public abstract long DueTime { get; }

    /// <summary>The offset up to which this owner has committed progress; negative before its first commit.</summary>
    public abstract long CommittedOffset { get; }

    /// <summary>Whether anything is decided that committed progress doesn't cover.</summary>
    public bool HasUncommitted => Next > LiveFromOffset && CommittedOffset < Next;

    /// <summary>What still has to happen before the partition is read to its end, all results are in Redis, and no
    /// timer is due; null if nothing.</summary>
    public string? Waits =>
        EndSince == 0 ? $"{Name} is read to offset {Next}, which isn't its end"
        : WaitsForTime is { } waits ? waits
        : HasUncommitted || IsCommitting
            ? $"{Name} is decided to offset {Next}, but progress isn't acknowledged that far"
        : null;

    /// <summary>What waits for log time to pass; null for nothing.</summary>
    protected virtual string? WaitsForTime => null;

    /// <summary>Whether a commit is under way.</summary>
    protected virtual bool IsCommitting => false;

    /// <summary>Log time extrapolated from the partition's end by the time elapsed since, ms.</summary>
    public long ReckonedLogTime(TimeProvider clock) => LogTime + (long)clock.GetElapsedTime(EndSince).TotalMilliseconds;
}
