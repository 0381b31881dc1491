using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Standing;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Followers;

/// <summary>
/// Reads <c>standings</c> once to its present end, for partitions that are taken over. Of a key it keeps what was
/// written while the log lasted that is read again, not only the last: a click that is read again is judged by what was
/// known then.
/// </summary>
internal static class StandingsReader
{
    /// <summary>The most records that are kept, 200 bytes each; beyond it only the last of each key.</summary>
    private const int MaxRecords = 1_000_000;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <summary>What is there of every key, in the order in which it was written.</summary>
    /// <param name="logTime">From where on, ms: of what was written before, the last of each key.</param>
    public static List<WrittenSums> Read(KafkaTarget kafka, string prefix, KeyedHash hash, long logTime)
    {
        var found = new Dictionary<(ulong Key, int Partition), List<WrittenSums>>();
        int count = 0;
        foreach (ConsumeResult<byte[], byte[]> record in Records(kafka, prefix + Topics.Standings))
        {
            if (Read(record, hash) is not { } written)
            {
                continue;
            }

            if (!found.TryGetValue((written.Key, written.Partition), out List<WrittenSums>? before))
            {
                found.Add((written.Key, written.Partition), before = []);
            }

            if (before.Count > 0 && before[^1].Sums.Covers > written.Sums.Covers)
            {
                continue;
            }

            if (before.Count > 0 && before[^1].Sums.LogTime < logTime && written.Sums.LogTime < logTime)
            {
                before[^1] = written;
            }
            else
            {
                before.Add(written);
                count++;
            }
            if (count <= MaxRecords)
            {
                continue;
            }

            foreach (List<WrittenSums> sums in found.Values)
            {
                sums.RemoveRange(0, sums.Count - 1);
            }

            count = found.Count;
            logTime = long.MaxValue;
        }
        return [.. found.Values.SelectMany(sums => sums)];
    }

    /// <summary>The sums that a record holds; null where it holds none.</summary>
    public static WrittenSums? Read(ConsumeResult<byte[], byte[]> record, KeyedHash hash) =>
        record.Message is { Key: { } key, Value: { } value }
            ? StandingRecord.Read(Encoding.ASCII.GetString(key), value, hash)
            : null;

    private static IEnumerable<ConsumeResult<byte[], byte[]>> Records(KafkaTarget kafka, string topic)
    {
        using IConsumer<byte[], byte[]> consumer = KafkaClients.Reader(kafka);
        int count = KafkaClients.Partitions(consumer, topic, AnswerWithin, TimeProvider.System);
        for (int i = 0; i < count; i++)
        {
            var partition = new TopicPartition(topic, i);
            WatermarkOffsets ends = KafkaClients.Ends(consumer, partition, AnswerWithin, TimeProvider.System);
            if (ends.High.Value <= ends.Low.Value)
            {
                continue;
            }

            consumer.Assign(new TopicPartitionOffset(partition, ends.Low));
            for (long next = ends.Low.Value; next < ends.High.Value;)
            {
                // Less than all of it would judge clicks by sums that are too small.
                ConsumeResult<byte[], byte[]> record = consumer.Consume(AnswerWithin)
                    ?? throw new TimeoutException(
                        $"{topic}-{i} gave nothing from offset {next} on for {AnswerWithin.TotalSeconds} s, though "
                            + $"its end is {ends.High}"
                    );
                // What was on its way of the partition before.
                if (record.Partition.Value != i)
                {
                    continue;
                }

                next = record.IsPartitionEOF ? Math.Max(next, record.Offset.Value) : record.Offset.Value + 1;
                if (!record.IsPartitionEOF)
                {
                    yield return record;
                }
            }
        }
    }
}
