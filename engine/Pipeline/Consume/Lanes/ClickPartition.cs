using Engine.Contracts;
using Engine.Partitions;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Fetch;
using Engine.Pipeline.Deliver;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>A partition of clicks that a lane owns: its state and its committer.</summary>
public sealed class ClickPartition(
    PartitionLease lease,
    RebuildPlan plan,
    PartitionState state,
    PartitionCommitter committer
) : OwnedPartition(lease, plan)
{
    /// <summary>Spreads partitions evenly over the interval: its multiples modulo 1 are far apart, however many there
    /// are.</summary>
    private const double GoldenRatio = 0.6180339887498949;

    /// <summary>The monotonic time at which the next commit is due; 0 before the first check.</summary>
    private long _commitDue;

    /// <summary>The log time of the last record that wasn't a tick, ms.</summary>
    private long _eventTime;

    public PartitionState State { get; } = state;

    public PartitionCommitter Committer { get; } = committer;

    /// <summary>Its marks. Set when it is opened.</summary>
    public OwnMarks Marks { get; set; } = null!;

    /// <summary>Its direct fetch; null if librdkafka reads it.</summary>
    public FetchedPartition? Fetched { get; set; }

    public override long LogTime => State.LogTime;

    public override long DueTime => Math.Min(State.NextDeadline, CertainAt);

    public override long CommittedOffset => Committer.CommittedOffset;

    protected override bool IsCommitting => !Committer.IsIdle;

    protected override string? WaitsForTime =>
        State.NextDeadline == long.MaxValue
            ? null
            : $"{Name} has clicks or paths that wait until log time {State.NextDeadline}; it is at {State.LogTime}";

    /// <summary>The log time past which a look-up that knows when its click was sent is sure of the last one, where
    /// look-ups go by progress; <see cref="long.MaxValue"/> if it has passed, or if there was none.</summary>
    private long CertainAt =>
        Committer.Decided != null
        && _eventTime != 0
        && _eventTime + Committer.Decided.CertainAfterMs is var due
        && State.LogTime <= due
            ? due
            : long.MaxValue;

    /// <summary>Notes a record that isn't a tick.</summary>
    /// <param name="now">The monotonic time.</param>
    /// <param name="timestamp">The record's, ms.</param>
    public void NoteBusy(long now, long timestamp)
    {
        BusyAt = now;
        _eventTime = RecordTime.Advance(_eventTime, timestamp);
    }

    /// <summary>Whether a commit is due: once per interval, or sooner if no more records come or many sums wait.
    /// Partitions commit at different points of the interval, far from each other. A commit keeps Redis busy for some
    /// milliseconds, and several at once would delay all verdicts that long.</summary>
    /// <param name="now">The monotonic time.</param>
    /// <param name="interval">The interval, in the same unit.</param>
    /// <param name="quiet">The time at the end of the partition after which a commit is due early, in the same
    /// unit.</param>
    public bool TakeCommitDue(long now, long interval, long quiet)
    {
        bool due =
            _commitDue != 0
            && (
                now >= _commitDue
                || (EndSince != 0 && now - EndSince >= quiet && HasUncommitted)
                || Committer.Standings.IsCrowded
            );
        if (due || _commitDue == 0)
        {
            long phase = (long)(Number * GoldenRatio % 1 * interval);
            _commitDue = now + interval - ((((now - phase) % interval) + interval) % interval);
        }
        return due;
    }
}
