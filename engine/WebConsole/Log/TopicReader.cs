using System.Globalization;
using Confluent.Kafka;
using Engine.Partitions.Kafka;

namespace Engine.WebConsole.Log;

/// <summary>Reads short stretches of topics for pages. Each reading has its own client. Thread-safe.</summary>
/// <param name="readings">Bounds the readings under way; others wait.</param>
public sealed class TopicReader(KafkaTarget kafka, SemaphoreSlim readings, TimeProvider clock)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    /// <summary>The offsets of a partition's first record and of its end.</summary>
    public readonly record struct Range(long First, long End);

    /// <summary>Reads the records of a partition between two offsets, as far as the log still has them.</summary>
    /// <param name="end">The offset after the last one.</param>
    public Task<IReadOnlyList<LogRecord>> ReadAsync(
        string topic,
        int partition,
        long from,
        long end,
        CancellationToken cancel
    ) =>
        WithReaderAsync<IReadOnlyList<LogRecord>>(
            consumer =>
            {
                var place = new TopicPartition(topic, partition);
                Range range = RangeOf(consumer, place);
                return Read(consumer, place, Math.Max(from, range.First), Math.Min(end, range.End), cancel);
            },
            cancel
        );

    /// <summary>Reads the last records of a partition.</summary>
    public Task<IReadOnlyList<LogRecord>> ReadLastAsync(
        string topic,
        int partition,
        int count,
        CancellationToken cancel
    ) =>
        WithReaderAsync<IReadOnlyList<LogRecord>>(
            consumer =>
            {
                var place = new TopicPartition(topic, partition);
                Range range = RangeOf(consumer, place);
                return Read(consumer, place, Math.Max(range.First, range.End - count), range.End, cancel);
            },
            cancel
        );

    /// <summary>Reads the last records of each partition of a topic, the latest first.</summary>
    public async Task<IEnumerable<LogRecord>> ReadLastOfAllAsync(
        string topic,
        int partitions,
        int count,
        CancellationToken cancel
    )
    {
        IReadOnlyList<LogRecord>[] parts = await Task.WhenAll(
                Enumerable.Range(0, partitions).Select(number => ReadLastAsync(topic, number, count, cancel))
            )
            .ConfigureAwait(false);
        return parts
            .SelectMany(part => part)
            .OrderByDescending(record => record.Timestamp)
            .ThenByDescending(record => record.Offset);
    }

    /// <summary>The ranges of all partitions of a topic, by number; none if there is no such topic.</summary>
    public Task<IReadOnlyList<Range>> RangesAsync(string topic, int partitions, CancellationToken cancel) =>
        WithReaderAsync<IReadOnlyList<Range>>(
            consumer =>
                [
                    .. Enumerable
                        .Range(0, partitions)
                        .Select(number => RangeOf(consumer, new TopicPartition(topic, number))),
                ],
            cancel
        );

    private Range RangeOf(IConsumer<byte[], byte[]> consumer, TopicPartition place)
    {
        WatermarkOffsets ends = KafkaClients.Ends(consumer, place, AnswerWithin, clock);
        return new Range(ends.Low.Value, ends.High.Value);
    }

    private async Task<T> WithReaderAsync<T>(Func<IConsumer<byte[], byte[]>, T> read, CancellationToken cancel)
    {
        await readings.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // The client's calls block.
            return await Task.Run(
                    () =>
                    {
                        using IConsumer<byte[], byte[]> consumer = KafkaClients.Reader(kafka);
                        return read(consumer);
                    },
                    cancel
                )
                .ConfigureAwait(false);
        }
        finally
        {
            readings.Release();
        }
    }

    private static List<LogRecord> Read(
        IConsumer<byte[], byte[]> consumer,
        TopicPartition place,
        long from,
        long end,
        CancellationToken cancel
    )
    {
        var records = new List<LogRecord>();
        if (from >= end)
        {
            return records;
        }

        consumer.Assign(new TopicPartitionOffset(place, from));
        for (long next = from; next < end;)
        {
            cancel.ThrowIfCancellationRequested();
            ConsumeResult<byte[], byte[]> found = consumer.Consume(AnswerWithin)
                ?? throw new TimeoutException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{place.Topic}-{place.Partition.Value} delivered nothing from offset {next} on"
                    )
                );
            if (found.IsPartitionEOF || found.Offset.Value >= end)
            {
                break;
            }

            next = found.Offset.Value + 1;
            records.Add(RecordOf(found));
        }

        return records;
    }

    private static LogRecord RecordOf(ConsumeResult<byte[], byte[]> found) =>
        new(
            found.Topic,
            found.Partition.Value,
            found.Offset.Value,
            found.Message.Timestamp.UnixTimestampMs,
            found.Message.Key,
            found.Message.Value,
            [.. (found.Message.Headers ?? []).Select(header => (header.Key, (byte[]?)header.GetValueBytes()))]
        );
}
