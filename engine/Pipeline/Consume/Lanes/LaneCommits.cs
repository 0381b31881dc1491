using Engine.Partitions;
using Engine.Partitions.Assignment;
using Engine.Partitions.Kafka;
using Engine.Partitions.Redis;
using Engine.Pipeline.Deliver;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>
/// Commits a lane's partitions, each at its own place in the interval, and sends the sums that commits cover.
/// </summary>
internal sealed class LaneCommits(
    EngineContext context,
    RedisWriter redis,
    DeliveryTracker sent,
    PartitionAssignment<ClickPartition> partitions
)
{
    /// <summary>ms without a record after which a commit doesn't wait for its interval.</summary>
    private const int QuietMs = 250;

    private const int CommandTimeoutMs = 5;

    private static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock = context.Clock;

    /// <summary>The interval in the clock's units.</summary>
    public long Interval { get; } =
        (long)(context.Consume.ProgressInterval.TotalSeconds * context.Clock.TimestampFrequency);

    /// <summary>Begins commits that are due, and takes those under way further.</summary>
    /// <returns>False where a partition was lost by it; the others' turn comes with the next.</returns>
    public bool Advance(long now)
    {
        long quiet = QuietMs * _clock.TimestampFrequency / 1000;
        foreach (ClickPartition partition in partitions.Owned)
        {
            bool due = partition.TakeCommitDue(now, Interval, quiet);
            if (due && partition.Next > partition.LiveFromOffset)
            {
                partition.Committer.Begin(partition.Next, redis, sent);
            }

            partition.Committer.Advance(redis, sent);
            CommitOutcome outcome = partition.Committer.TakeOutcome();
            partition.Committer.Standings.Send(context.Kafka, sent);
            if (!partitions.Keeps(partition, outcome))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>
    /// Commits all that is decided, as long as Redis takes it in time; else the next owner decides it again.
    /// </summary>
    public void Drain(IReadOnlyCollection<ClickPartition> drained)
    {
        long since = _clock.GetTimestamp();
        while (_clock.GetElapsedTime(since) < DrainWithin)
        {
            bool done = true;
            foreach (ClickPartition partition in drained)
            {
                PartitionCommitter committer = partition.Committer;
                if (committer.IsIdle && committer.TakeOutcome() is CommitOutcome.Fenced or CommitOutcome.ProgressMoved)
                {
                    continue;
                }

                if (!partition.HasUncommitted && committer.IsIdle)
                {
                    continue;
                }

                done = false;
                committer.Begin(partition.Next, redis, sent);
                committer.Advance(redis, sent);
            }
            if (done)
            {
                break;
            }

            redis.Wait(CommandTimeoutMs);
        }
        foreach (ClickPartition partition in drained)
        {
            partition.Committer.Standings.Send(context.Kafka, sent);
        }
    }

    /// <summary>The last sums, and how far they are written: whoever takes over needn't add them up again.</summary>
    public void SendLastStandings()
    {
        long since = _clock.GetTimestamp();
        while (
            !partitions.Owned.All(partition => partition.Committer.Standings.IsEmpty)
            && _clock.GetElapsedTime(since) < DrainWithin
        )
        {
            foreach (ClickPartition partition in partitions.Owned)
            {
                partition.Committer.Standings.Send(context.Kafka, sent);
            }

            redis.Wait(CommandTimeoutMs);
        }
    }
}
