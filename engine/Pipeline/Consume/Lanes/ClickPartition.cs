using Engine.Partitions;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Fetch;
using Engine.Pipeline.Deliver;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>A partition of clicks that a lane owns: its state, and what commits its totals.</summary>
public sealed class ClickPartition(
    PartitionLease lease,
    RebuildPlan plan,
    PartitionState state,
    PartitionCommitter committer
) : OwnedPartition(lease, plan)
{
    /// <summary>Multiples of it lie apart from each other in [0, 1), however many there are.</summary>
    private const double GoldenRatio = 0.6180339887498949;

    /// <summary>Monotonic time from which the next commit may begin; 0 before the first look.</summary>
    private long _commitDue;

    public PartitionState State { get; } = state;

    public PartitionCommitter Committer { get; } = committer;

    /// <summary>What fetches it directly; null where librdkafka reads it.</summary>
    public FetchedPartition? Fetched { get; set; }

    public override long LogTime => State.LogTime;

    public override long DueTime => State.NextDeadline;

    public override long CommittedOffset => Committer.CommittedOffset;

    protected override bool IsCommitting => !Committer.IsIdle;

    protected override string? WaitsForTime =>
        State.NextDeadline == long.MaxValue
            ? null
            : $"{Name} holds clicks or paths that wait until log time {State.NextDeadline}, and is at {State.LogTime}";

    /// <summary>
    /// Whether a commit is due: once an interval, and sooner where nothing comes any more or many sums wait for it.
    /// Each partition has its own place in the interval, far from its neighbours': a commit keeps Redis for some
    /// milliseconds, and several at once would delay everyone's verdicts as long.
    /// </summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="interval">In its unit.</param>
    /// <param name="quiet">The same, after which nothing comes any more.</param>
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
            long place = (long)(Number * GoldenRatio % 1 * interval);
            _commitDue = now + interval - ((((now - place) % interval) + interval) % interval);
        }
        return due;
    }
}
