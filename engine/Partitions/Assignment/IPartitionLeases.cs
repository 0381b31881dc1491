using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Redis;
using Microsoft.Extensions.Logging;

namespace Engine.Partitions.Assignment;

/// <summary>Where leases come from; <see cref="PartitionLeases"/>, or a test's.</summary>
public interface IPartitionLeases
{
    /// <summary>Acquires a partition, so that what an earlier owner still writes fails.</summary>
    PartitionLease Acquire(TopicPartition partition);

    /// <summary>From where a leased partition is read: <see cref="PartitionLease.Plan"/>.</summary>
    RebuildPlan Plan(PartitionLease lease, TimeSpan horizon, long neededFrom);
}

/// <summary>Leases as Redis keeps them, and plans by the log's ends as Kafka has them.</summary>
public sealed class PartitionLeases(
    RedisTarget redis,
    RedisKeys keys,
    IConsumer<byte[], byte[]> consumer,
    TimeProvider clock,
    ILogger log
) : IPartitionLeases
{
    public PartitionLease Acquire(TopicPartition partition) =>
        PartitionLease.Acquire(redis.Redis.GetDatabase(), keys, partition);

    public RebuildPlan Plan(PartitionLease lease, TimeSpan horizon, long neededFrom) =>
        lease.Plan(consumer, keys, horizon, neededFrom, clock, log);
}
