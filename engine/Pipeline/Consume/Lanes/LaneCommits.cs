using Engine.Partitions;
using Engine.Partitions.Assignment;
using Engine.Partitions.Kafka;
using Engine.Partitions.Redis;
using Engine.Pipeline.Deliver;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Commits a lane's partitions, each at its own point of the interval, and sends the sums that commits
/// cover.</summary>
internal sealed class LaneCommits(
    EngineContext context,
    RedisWriter redis,
    DeliveryTracker sent,
    PartitionAssignment<ClickPartition> partitions
)
{
    /// <summary>The time without a record, ms, after which a commit is due before its interval.</summary>
    private const int QuietMs = 250;

    private const int CommandTimeoutMs = 5;

    /// <summary>The time limit of a drain, and its limit while Redis is unavailable: orchestrators kill a process that
    /// takes longer than half a minute to stop, and the next owner decides again what isn't written.</summary>
    private static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(10),
        DrainWithoutRedis = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _clock = context.Clock;

    /// <summary>The interval in the clock's units.</summary>
    public long Interval { get; } =
        (long)(context.Consume.ProgressInterval.TotalSeconds * context.Clock.TimestampFrequency);

    /// <summary>Begins due commits and advances those in progress.</summary>
    /// <returns>False if a partition was lost; the others' turn comes with the next call.</returns>
    public bool Advance(long now)
    {
        long quiet = QuietMs * _clock.TimestampFrequency / 1000;
        foreach (ClickPartition partition in partitions.Owned)
        {
            partition.Committer.Decided?.Pass(partition.Next);
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

    /// <summary>Commits everything decided, as far as Redis accepts it in time. The next owner decides the rest
    /// again.</summary>
    public void Drain(IReadOnlyCollection<ClickPartition> drained)
    {
        long since = _clock.GetTimestamp();
        var lost = new HashSet<ClickPartition>();
        while (_clock.GetElapsedTime(since) < Limit)
        {
            bool done = true;
            foreach (ClickPartition partition in drained)
            {
                PartitionCommitter committer = partition.Committer;
                if (committer.IsIdle && committer.TakeOutcome() is not (CommitOutcome.None or CommitOutcome.Committed))
                {
                    lost.Add(partition);
                }

                if (lost.Contains(partition) || (!partition.HasUncommitted && committer.IsIdle))
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

    /// <summary>Sends the last sums and marks, so that the next owner needn't sum up again.</summary>
    public void SendLastStandings()
    {
        long since = _clock.GetTimestamp();
        while (
            !partitions.Owned.All(partition => partition.Committer.Standings.IsEmpty)
            && _clock.GetElapsedTime(since) < Limit
        )
        {
            foreach (ClickPartition partition in partitions.Owned)
            {
                partition.Committer.Standings.Send(context.Kafka, sent);
            }

            redis.Wait(CommandTimeoutMs);
        }
    }

    private TimeSpan Limit => redis.Down == null ? DrainWithin : DrainWithoutRedis;
}
