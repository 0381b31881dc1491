using Confluent.Kafka;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Partitions.Kafka;

namespace Engine.App.Explain;

/// <summary>The places that verdicts and evidence name.</summary>
internal static class ClickPlaces
{
    /// <exception cref="CommandException">The text isn't a place in <c>interactions</c>.</exception>
    public static LogPlace Parse(string at) =>
        LogPlace.Parse(Topics.Interactions, at)
        ?? throw new CommandException(
            $"the place '{at}' isn't one in {Topics.Interactions}; expected, for example, interactions-2@118233."
        );
}

/// <summary>Reads the paths of single clicks from <c>interactions</c>: paths sent with the click, and separate path
/// records near it. Not thread-safe.</summary>
internal sealed class PathLog(KafkaTarget kafka, TimeSpan join) : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <summary>The number of records before a click to search at first; it doubles with each further step.</summary>
    private const int Step = 2000;

    private readonly IConsumer<byte[], byte[]> _consumer = KafkaClients.Reader(kafka);

    /// <summary>Finds the path of the click at a place: the one sent with it, otherwise the first separate one whose
    /// log time is within the join deadline. Null if the place or the path is no longer in the log.</summary>
    /// <exception cref="CommandException">Another click is at the place, or the log doesn't reach it, so this isn't the
    /// log of the verdict; or Kafka doesn't answer.</exception>
    public RecordedPath? Find(string click, LogPlace at)
    {
        try
        {
            var partition = new TopicPartition(Topics.Interactions, at.Partition);
            WatermarkOffsets ends = _consumer.QueryWatermarkOffsets(partition, AnswerWithin);
            if (at.Offset < ends.Low.Value)
            {
                return null;
            }

            if (at.Offset >= ends.High.Value)
            {
                throw Elsewhere(click, at, $"the partition ends at {ends.High.Value}");
            }

            ConsumeResult<byte[], byte[]>? record = Read(partition, at.Offset, at.Offset + 1).FirstOrDefault();
            if (record == null || record.Offset.Value != at.Offset)
            {
                return null; // deleted or compacted away
            }

            if (LogEvent.Of(record.Message) is not { Type: "click" } found || found.Id != click)
            {
                throw Elsewhere(click, at, "another record is there");
            }

            if (found.Points is { Count: > 0 } points)
            {
                return new RecordedPath(click, at.ToString(), points);
            }

            return FindBeside(click, partition, record, ends);
        }
        catch (KafkaException error)
        {
            throw new CommandException(
                $"no Kafka at {kafka.Brokers}, or no topic {Topics.Interactions} with partition {at.Partition} in "
                    + $"it ({error.Error.Reason})."
            );
        }
    }

    private RecordedPath? FindBeside(
        string click,
        TopicPartition partition,
        ConsumeResult<byte[], byte[]> record,
        WatermarkOffsets ends
    )
    {
        long at = record.Offset.Value,
            from = at,
            logTime;
        List<(long LogTime, ConsumeResult<byte[], byte[]> Record)> earlier = [];
        // Log time is a running maximum: read far enough back to know the click's log time and to cover the join
        // deadline before it.
        for (int step = Step; ; step *= 2)
        {
            from = Math.Max(ends.Low.Value, from - step);
            earlier = WithLogTimes(Read(partition, from, at));
            logTime = RecordTime.Advance(
                earlier.Count > 0 ? earlier[^1].LogTime : 0,
                record.Message.Timestamp.UnixTimestampMs
            );
            if (from == ends.Low.Value || earlier.Count == 0 || earlier[0].LogTime < logTime - join.TotalMilliseconds)
            {
                break;
            }
        }
        foreach ((long time, ConsumeResult<byte[], byte[]> other) in earlier)
        {
            if (time >= logTime - join.TotalMilliseconds && PathOf(click, other) is { } path)
            {
                return path;
            }
        }

        long last = logTime + (long)join.TotalMilliseconds;
        foreach (ConsumeResult<byte[], byte[]> other in Read(partition, at + 1, ends.High.Value))
        {
            logTime = RecordTime.Advance(logTime, other.Message.Timestamp.UnixTimestampMs);
            if (logTime > last)
            {
                return null;
            }

            if (PathOf(click, other) is { } path)
            {
                return path;
            }
        }
        return null;
    }

    private static List<(long, ConsumeResult<byte[], byte[]>)> WithLogTimes(
        IEnumerable<ConsumeResult<byte[], byte[]>> records
    )
    {
        long logTime = 0;
        return
        [
            .. records.Select(record =>
                (logTime = RecordTime.Advance(logTime, record.Message.Timestamp.UnixTimestampMs), record)
            ),
        ];
    }

    private static RecordedPath? PathOf(string click, ConsumeResult<byte[], byte[]> record) =>
        LogEvent.Of(record.Message) is { Type: "cursor-path", Points: { Count: > 0 } points } found && found.Id == click
            ? new RecordedPath(
                click,
                new LogPlace(Topics.Interactions, record.Partition.Value, record.Offset.Value).ToString(),
                points
            )
            : null;

    /// <summary>Reads the records from one offset up to, but not including, another.</summary>
    private IEnumerable<ConsumeResult<byte[], byte[]>> Read(TopicPartition partition, long from, long until)
    {
        if (from >= until)
        {
            yield break;
        }

        _consumer.Assign(new TopicPartitionOffset(partition, from));
        while (true)
        {
            ConsumeResult<byte[], byte[]>? record = _consumer.Consume(AnswerWithin)
                ?? throw new CommandException(
                    $"{partition.Topic}-{partition.Partition.Value} returned nothing from offset {from} for "
                        + $"{AnswerWithin.TotalSeconds} s: is the broker reachable at the address that it advertises?"
                );
            if (record.IsPartitionEOF || record.Offset.Value >= until)
            {
                yield break;
            }

            yield return record;
            if (record.Offset.Value + 1 >= until)
            {
                yield break;
            }
        }
    }

    private static CommandException Elsewhere(string click, LogPlace at, string but) =>
        new($"click '{click}' should be at {at}, but {but}: this Kafka doesn't hold the log of the verdict.");

    public void Dispose() => _consumer.Dispose();
}
