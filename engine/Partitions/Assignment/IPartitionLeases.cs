using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Redis;
using Microsoft.Extensions.Logging;

namespace Engine.Partitions.Assignment;

/// <summary>The source of leases: <see cref="PartitionLeases"/>, or a test's.</summary>
public interface IPartitionLeases
{
    /// <summary>Acquires the lease of a partition, after which writes of earlier owners fail.</summary>
    PartitionLease Acquire(TopicPartition partition);

    /// <summary>Whether no other owner has acquired the partition since.</summary>
    bool IsHeld(PartitionLease lease);

    /// <summary>Plans the rebuild of a leased partition: <see cref="PartitionLease.Plan"/>.</summary>
    RebuildPlan Plan(PartitionLease lease, TimeSpan horizon, long neededFrom);
}

/// <summary>Leases in Redis, and plans based on Kafka's log ends.</summary>
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

    public bool IsHeld(PartitionLease lease) => lease.IsHeld(redis.Redis.GetDatabase(), keys);

    public RebuildPlan Plan(PartitionLease lease, TimeSpan horizon, long neededFrom) =>
        lease.Plan(consumer, keys, horizon, neededFrom, clock, log);
}
