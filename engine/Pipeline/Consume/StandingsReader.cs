using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Consume;

/// <summary>Reads <c>standings</c> once to its present end, for partitions that are taken over. Of two records of a key the one that covers more holds.</summary>
internal static class StandingsReader
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <summary>The sums of some partitions, by the partition's name.</summary>
    public static Dictionary<string, List<StandingSums>> Read(KafkaTarget kafka, string prefix, IReadOnlySet<string> partitions)
    {
        var found = new Dictionary<string, StandingSums>(StringComparer.Ordinal);
        var of = new Dictionary<string, string>(StringComparer.Ordinal);
        using IConsumer<byte[], byte[]> consumer = KafkaClients.Reader(kafka);
        string topic = prefix + Topics.Standings;
        int count = KafkaClients.Partitions(consumer, topic, AnswerWithin, TimeProvider.System);
        for (int i = 0; i < count; i++)
        {
            var partition = new TopicPartition(topic, i);
            WatermarkOffsets ends = KafkaClients.Ends(consumer, partition, AnswerWithin, TimeProvider.System);
            if (ends.High.Value <= ends.Low.Value) continue;
            consumer.Assign(new TopicPartitionOffset(partition, ends.Low));
            while (consumer.Consume(AnswerWithin) is { IsPartitionEOF: false } record)
            {
                string key = record.Message.Key == null ? "" : Encoding.ASCII.GetString(record.Message.Key);
                if (record.Message.Value is { } value && StandingRecord.Read(key, value, out string name) is { } sums && partitions.Contains(name)
                    && (!found.TryGetValue(key, out StandingSums? before) || sums.Covers >= before.Covers))
                    (found[key], of[key]) = (sums, name);
                if (record.Offset.Value + 1 >= ends.High.Value) break;
            }
        }
        return found.GroupBy(entry => of[entry.Key]).ToDictionary(group => group.Key, group => group.Select(entry => entry.Value).ToList());
    }
}
