using System.Globalization;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Kafka;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Engine.Partitions;

/// <summary>From where a partition that was taken over is read.</summary>
/// <param name="ResultsFrom">The offset from which results are written.</param>
/// <param name="LogTime">Log time as of progress, ms; 0 where there was none.</param>
/// <param name="From">The offset from which the log is read again.</param>
/// <param name="FromTime">The log time, ms, from which it is read again.</param>
public readonly record struct ReadingPlan(long ResultsFrom, long LogTime, long From, long FromTime);

/// <summary>
/// A partition whose owner this process is from now on. <see cref="Raise"/>, then <see cref="Plan"/>.
/// </summary>
/// <param name="Owner">What <c>owner</c> was raised to: who finds another there has lost the partition.</param>
/// <param name="Progress">The text of <c>progress</c>; empty where there was none.</param>
public sealed record PartitionClaim(TopicPartition Partition, long Owner, string Progress)
{
    private static readonly TimeSpan BrokerAnswersWithin = TimeSpan.FromSeconds(10);

    public string Name => RedisKeys.Partition(Partition.Topic, Partition.Partition.Value);

    /// <summary>Raises the owner, so that what others still write fails, and reads progress.</summary>
    public static PartitionClaim Raise(IDatabase redis, RedisKeys keys, TopicPartition partition)
    {
        string name = RedisKeys.Partition(partition.Topic, partition.Partition.Value);
        long owner = redis.StringIncrement(keys.Owner(name));
        return new PartitionClaim(partition, owner, redis.StringGet(keys.Progress(name)).ToString());
    }

    /// <summary>
    /// Says from where it is read; throws <see cref="InvalidOperationException"/> where progress can't be of this log.
    /// </summary>
    /// <param name="readAgain">How far back of progress' log time the log is read again.</param>
    /// <param name="neededFrom">A log time, ms, before progress', from which more than progress tells is needed; else
    /// the largest number.</param>
    public ReadingPlan Plan(
        IConsumer<byte[], byte[]> consumer,
        RedisKeys keys,
        TimeSpan readAgain,
        long neededFrom,
        TimeProvider clock,
        ILogger log
    )
    {
        WatermarkOffsets ends = KafkaClients.Ends(consumer, Partition, BrokerAnswersWithin, clock);
        (long resultsFrom, long logTime) = Parse(Name, Progress);
        if (resultsFrom > ends.High.Value)
        {
            throw new InvalidOperationException(
                $"{Name}: progress {resultsFrom} lies past the log's end {ends.High.Value}: is this the topic that "
                    + $"the group '{keys.Group}' has read before? Name another group, or delete "
                    + $"{keys.Progress(Name)} to begin anew"
            );
        }

        long from = ends.Low.Value,
            fromTime = Math.Max(0, Math.Min(logTime, neededFrom) - (long)readAgain.TotalMilliseconds);
        if (resultsFrom < 0)
        {
            resultsFrom = from;
        }
        else if (resultsFrom < from)
        {
            log.ProgressBeforeLog(Name, resultsFrom, from);
            resultsFrom = from;
        }
        else
        {
            from = Math.Min(resultsFrom, FirstAt(consumer, Partition, fromTime, from));
        }

        log.PartitionTaken(Name, resultsFrom, from, Owner);
        return new ReadingPlan(resultsFrom, logTime, from, fromTime);
    }

    /// <summary><c>offset SPACE log time</c>; an offset of -1 where there is none.</summary>
    private static (long Offset, long LogTime) Parse(string name, string progress)
    {
        if (progress.Length == 0)
        {
            return (-1, 0);
        }

        string[] parts = progress.Split(' ');
        if (
            parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long logTime)
        )
        {
            return (offset, logTime);
        }

        throw new InvalidOperationException(
            $"the progress of {name} is '{progress}'; expected an offset, a space and a log time"
        );
    }

    /// <summary>
    /// The first record stamped in the time that is read again. The record that gave progress its log time is such a
    /// one, so a broker that knows of none can't say (the test cluster), or has let it go: then the log's start.
    /// </summary>
    private static long FirstAt(IConsumer<byte[], byte[]> consumer, TopicPartition partition, long logTime, long start)
    {
        try
        {
            var time = new Timestamp(logTime, TimestampType.CreateTime);
            Offset found = consumer
                .OffsetsForTimes([new TopicPartitionTimestamp(partition, time)], BrokerAnswersWithin)[0]
                .Offset;
            return found.Value >= 0 ? found.Value : start;
        }
        catch (KafkaException)
        {
            return start;
        }
    }
}
