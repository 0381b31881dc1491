using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Standing;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Followers;

/// <summary>Reads <c>standings</c> once, to its current end, for partitions that are taken over. For each key it keeps
/// the sums written since the beginning of the stretch to rebuild, not only the last: a click decided again must see
/// what was known then.</summary>
internal static class StandingsReader
{
    /// <summary>The maximum number of records kept, 200 bytes each; beyond it, only the last of each key.</summary>
    private const int MaxRecords = 1_000_000;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <summary>Reads the sums of every key, in the order in which they were written.</summary>
    /// <param name="logTime">The log time, ms, before which only the last sums of each key are kept.</param>
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

    /// <summary>Reads the sums in a record; null if it has none.</summary>
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
            foreach (ConsumeResult<byte[], byte[]> record in PartitionScan.Read(consumer, new TopicPartition(topic, i)))
            {
                yield return record;
            }
        }
    }
}
