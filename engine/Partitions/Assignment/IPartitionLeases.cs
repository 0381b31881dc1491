using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Redis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Engine.Partitions.Assignment;

/// <summary>The source of leases: <see cref="PartitionLeases"/>, or a test's.</summary>
public interface IPartitionLeases
{
    /// <summary>Acquires the lease of a partition, after which writes of earlier owners fail.</summary>
    PartitionLease Acquire(TopicPartition partition);

    /// <summary>Looks whether a lease still holds: <see cref="CommitOutcome.None"/> if so,
    /// <see cref="CommitOutcome.Fenced"/> if there was another owner since, <see cref="CommitOutcome.ProgressMoved"/>
    /// if Redis has lost progress.</summary>
    /// <param name="committed">The last offset that Redis has acknowledged to the owner.</param>
    CommitOutcome Check(PartitionLease lease, long committed);

    /// <summary>Plans the rebuild of a leased partition: <see cref="PartitionLease.Plan"/>.</summary>
    RebuildPlan Plan(PartitionLease lease, TimeSpan horizon, long neededFrom);
}

/// <summary>Leases in Redis, and plans based on Kafka's log ends.</summary>
/// <param name="keepGroup">Writes again what Redis keeps of the group for good, if it has lost it; called before a
/// lease is acquired.</param>
public sealed class PartitionLeases(
    RedisTarget redis,
    RedisKeys keys,
    IConsumer<byte[], byte[]> consumer,
    Action keepGroup,
    TimeProvider clock,
    ILogger log
) : IPartitionLeases
{
    public PartitionLease Acquire(TopicPartition partition)
    {
        keepGroup();
        return PartitionLease.Acquire(redis.Redis.GetDatabase(), keys, partition);
    }

    public CommitOutcome Check(PartitionLease lease, long committed)
    {
        IDatabase database = redis.Redis.GetDatabase();
        return !lease.IsHeld(database, keys) ? CommitOutcome.Fenced
            : !lease.HasProgress(database, keys, committed) ? CommitOutcome.ProgressMoved
            : CommitOutcome.None;
    }

    public RebuildPlan Plan(PartitionLease lease, TimeSpan horizon, long neededFrom) =>
        lease.Plan(consumer, keys, horizon, neededFrom, clock, log);
}
