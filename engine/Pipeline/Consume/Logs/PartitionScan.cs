using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;

namespace Engine.Pipeline.Consume.Logs;

/// <summary>Reads a partition once, up to the end that it has when the reading begins.</summary>
internal static class PartitionScan
{
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <summary>Reads the records from an offset, or from the log's start if that is later, to the current end. Throws
    /// a <see cref="TimeoutException"/> if the broker doesn't deliver them: whoever reads a log once takes what comes
    /// for all there is.</summary>
    public static IEnumerable<ConsumeResult<byte[], byte[]>> Read(
        IConsumer<byte[], byte[]> consumer,
        TopicPartition partition,
        long from = 0
    )
    {
        WatermarkOffsets ends = KafkaClients.Ends(consumer, partition, AnswerWithin, TimeProvider.System);
        return Read(consumer, partition, Math.Max(from, ends.Low.Value), ends.High.Value);
    }

    /// <summary>Reads the records between two offsets. Assigns the partition to the consumer.</summary>
    public static IEnumerable<ConsumeResult<byte[], byte[]>> Read(
        IConsumer<byte[], byte[]> consumer,
        TopicPartition partition,
        long from,
        long end
    )
    {
        if (from >= end)
        {
            yield break;
        }

        consumer.Assign(new TopicPartitionOffset(partition, from));
        for (long next = from; next < end;)
        {
            ConsumeResult<byte[], byte[]> record = consumer.Consume(AnswerWithin)
                ?? throw NothingDelivered(partition, next, end);
            // Still in flight from a partition that was read before.
            if (record.TopicPartition != partition)
            {
                continue;
            }

            next = Math.Max(next, OffsetAfter(record));
            if (!record.IsPartitionEOF)
            {
                yield return record;
            }
        }
    }

    public static TimeoutException NothingDelivered(TopicPartition partition, long next, long end) =>
        new(
            $"{RedisKeys.Partition(partition.Topic, partition.Partition.Value)} delivered nothing from offset "
                + $"{next} on for {AnswerWithin.TotalSeconds} s, though its end is {end}"
        );

    /// <summary>The offset to go on from after what a consumer delivered. A partition's end may be past its last
    /// record, as a transaction marker takes an offset, too.</summary>
    public static long OffsetAfter(ConsumeResult<byte[], byte[]> record) =>
        record.IsPartitionEOF ? record.Offset.Value : record.Offset.Value + 1;
}
