using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Kafka;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Engine.Partitions;

/// <summary>The lease of a partition, which this process holds until another acquires it. Each new owner increments the
/// key <c>owner</c> in Redis. Its value is the fencing token: a commit with an older token changes nothing. Call
/// <see cref="Acquire"/>, then <see cref="Plan"/>.</summary>
/// <param name="Progress">The value of <c>progress</c> that the previous owner left; empty for none.</param>
public sealed record PartitionLease(TopicPartition Partition, long FencingToken, string Progress)
{
    private static readonly TimeSpan BrokerAnswersWithin = TimeSpan.FromSeconds(10);

    /// <summary><c>interactions-2</c></summary>
    public string Name { get; } = RedisKeys.Partition(Partition.Topic, Partition.Partition.Value);

    private HashEntry[] _memory = [];

    /// <summary>Increments <c>owner</c>, and reads <c>progress</c> and what is remembered, in one step. Apart, they
    /// could come from two masters while one replaces the other: what is remembered would then lie ahead of
    /// progress, and the events between would be decided by what came after them.</summary>
    public static PartitionLease Acquire(IDatabase redis, RedisKeys keys, TopicPartition partition)
    {
        string name = RedisKeys.Partition(partition.Topic, partition.Partition.Value);
        ITransaction step = redis.CreateTransaction();
        Task<long> token = step.StringIncrementAsync(keys.Owner(name));
        Task<RedisValue> progress = step.StringGetAsync(keys.Progress(name));
        Task<HashEntry[]> memory = step.HashGetAllAsync(keys.State(name));
        step.Execute(CommandFlags.DemandMaster);
        return new PartitionLease(
            partition,
            token.GetAwaiter().GetResult(),
            progress.GetAwaiter().GetResult().ToString()
        )
        {
            _memory = memory.GetAwaiter().GetResult(),
        };
    }

    /// <summary>Hands out, once, what was remembered of the partition at <see cref="Progress"/>.</summary>
    public HashEntry[] TakeMemory()
    {
        HashEntry[] memory = _memory;
        _memory = [];
        return memory;
    }

    /// <summary>Whether no other owner has acquired the partition since.</summary>
    public bool IsHeld(IDatabase redis, RedisKeys keys) =>
        redis.StringGet(keys.Owner(Name), CommandFlags.DemandMaster) == FencingToken;

    /// <summary>Whether progress is where its owner left it, or further.</summary>
    /// <param name="committed">The last offset that Redis has acknowledged to the owner.</param>
    public bool HasProgress(IDatabase redis, RedisKeys keys, long committed) =>
        committed <= 0
        || PartitionProgress.Parse(redis.StringGet(keys.Progress(Name), CommandFlags.DemandMaster).ToString())?.Offset
            >= committed;

    /// <summary>Plans where to start reading the partition. Throws <see cref="InvalidOperationException"/> if the
    /// progress can't belong to this log.</summary>
    /// <param name="horizon">How far before progress the log is reread, for what only the log can rebuild.</param>
    /// <param name="neededFrom">A log time before that of progress, ms, from which the partition needs more than the
    /// horizon covers; <see cref="long.MaxValue"/> for none.</param>
    public RebuildPlan Plan(
        IConsumer<byte[], byte[]> consumer,
        RedisKeys keys,
        TimeSpan horizon,
        long neededFrom,
        TimeProvider clock,
        ILogger log
    )
    {
        WatermarkOffsets ends = KafkaClients.Ends(consumer, Partition, BrokerAnswersWithin, clock);
        PartitionProgress? progress = Parse(keys);
        if (progress?.Offset > ends.High.Value)
        {
            throw new InvalidOperationException(
                $"{Name}: progress {progress.Value.Offset} is past the log's end {ends.High.Value}: is this the "
                    + $"topic that the group '{keys.Group}' read before? Choose another group, or delete "
                    + $"{keys.Progress(Name)} to start over"
            );
        }

        long logStart = ends.Low.Value;
        var plan = RebuildPlan.Of(progress, logStart, ends.High.Value, horizon, neededFrom, logTime =>
            KafkaClients.FirstAt(consumer, Partition, logTime, logStart, BrokerAnswersWithin)
        );
        if (progress?.Offset < logStart)
        {
            log.ProgressBeforeLog(Name, progress.Value.Offset, logStart);
        }

        log.PartitionTaken(Name, plan.LiveFromOffset, plan.From, FencingToken);
        return plan;
    }

    private PartitionProgress? Parse(RedisKeys keys)
    {
        try
        {
            return PartitionProgress.Parse(Progress);
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"{keys.Progress(Name)} is {e.Message}", e);
        }
    }
}
