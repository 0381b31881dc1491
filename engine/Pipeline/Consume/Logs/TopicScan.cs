using Confluent.Kafka;
using Engine.Partitions.Kafka;

namespace Engine.Pipeline.Consume.Logs;

/// <summary>Reads a topic once, up to the end that each partition has when its reading begins.</summary>
public static class TopicScan
{
    /// <summary>The records of each partition in order, one partition after another. Throws a
    /// <see cref="TimeoutException"/> if the broker doesn't deliver them.</summary>
    public static IEnumerable<ConsumeResult<byte[], byte[]>> Read(KafkaTarget kafka, string topic, TimeProvider clock)
    {
        using IConsumer<byte[], byte[]> consumer = KafkaClients.Reader(kafka);
        int count = KafkaClients.Partitions(consumer, topic, PartitionScan.AnswerWithin, clock);
        for (int i = 0; i < count; i++)
        {
            foreach (ConsumeResult<byte[], byte[]> record in PartitionScan.Read(consumer, new TopicPartition(topic, i)))
            {
                yield return record;
            }
        }
    }
}
