using System.Globalization;
using Confluent.Kafka;
using Engine.Contracts;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Engine.Pipeline.Consume;

/// <summary>A partition taken over: its owner raised, its progress read, and from where its log is read.</summary>
/// <param name="Owner">What <c>owner</c> was raised to: who finds another there has lost the partition.</param>
/// <param name="Progress">The text of <c>progress</c>; empty where there was none.</param>
/// <param name="ResultsFrom">The offset from which results are written.</param>
/// <param name="LogTime">Log time as of progress, ms; 0 where there was none.</param>
/// <param name="From">The offset from which the log is read again.</param>
public sealed record PartitionClaim(long Owner, string Progress, long ResultsFrom, long LogTime, long From)
{
    private static readonly TimeSpan BrokerAnswersWithin = TimeSpan.FromSeconds(10);

    /// <param name="readAgain">How far back of progress' log time the log is read again.</param>
    public static PartitionClaim Take(IConsumer<byte[], byte[]> consumer, IDatabase redis, RedisKeys keys, TopicPartition partition, TimeSpan readAgain, TimeProvider clock, ILogger log)
    {
        string name = RedisKeys.Partition(partition.Topic, partition.Partition.Value);
        long owner = redis.StringIncrement(keys.Owner(name));
        string progress = redis.StringGet(keys.Progress(name)).ToString();
        WatermarkOffsets ends = KafkaClients.Ends(consumer, partition, BrokerAnswersWithin, clock);
        (long resultsFrom, long logTime) = Parse(name, progress);
        if (resultsFrom > ends.High.Value)
            throw new InvalidOperationException($"{name}: progress {resultsFrom} lies past the log's end {ends.High.Value}: is this the topic that the group '{keys.Group}' has read before? Name another group, or delete {keys.Progress(name)} to begin anew");
        long from = ends.Low.Value;
        if (resultsFrom < 0) resultsFrom = from;
        else if (resultsFrom < from)
        {
            log.ProgressBeforeLog(name, resultsFrom, from);
            resultsFrom = from;
        }
        else from = Math.Min(resultsFrom, ReadAgainFrom(consumer, partition, logTime - (long)readAgain.TotalMilliseconds, from));
        log.PartitionTaken(name, resultsFrom, from, owner);
        return new PartitionClaim(owner, progress, resultsFrom, logTime, from);
    }

    /// <summary><c>offset SPACE log time</c>; an offset of -1 where there is none.</summary>
    private static (long Offset, long LogTime) Parse(string name, string progress)
    {
        if (progress.Length == 0) return (-1, 0);
        string[] parts = progress.Split(' ');
        if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long logTime)) return (offset, logTime);
        throw new InvalidOperationException($"the progress of {name} is '{progress}'; expected an offset, a space and a log time");
    }

    /// <summary>
    /// The first record stamped in the time that is read again. The record that gave progress its log time is such a one, so a broker that knows
    /// of none can't say (the test cluster), or has let it go: then the log's start.
    /// </summary>
    private static long ReadAgainFrom(IConsumer<byte[], byte[]> consumer, TopicPartition partition, long logTime, long start)
    {
        try
        {
            var time = new Timestamp(Math.Max(0, logTime), TimestampType.CreateTime);
            Offset found = consumer.OffsetsForTimes([new TopicPartitionTimestamp(partition, time)], BrokerAnswersWithin)[0].Offset;
            return found.Value >= 0 ? found.Value : start;
        }
        catch (KafkaException)
        {
            return start;
        }
    }
}
