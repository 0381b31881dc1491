using Confluent.Kafka;

namespace Engine.Pipeline.Consume.Fetch;

/// <summary>Who leads the partitions of a topic, and where brokers are.</summary>
public sealed record TopicLeaders(
    IReadOnlyDictionary<int, int> OfPartition,
    IReadOnlyDictionary<int, (string Host, int Port)> Brokers
)
{
    /// <summary>As the cluster says it; a <see cref="KafkaException"/> where none of it answers in time.</summary>
    public static TopicLeaders Of(string topic, IAdminClient admin, TimeSpan within)
    {
        Metadata found = admin.GetMetadata(topic, within);
        return new TopicLeaders(
            found
                .Topics.SelectMany(one => one.Partitions)
                .Where(partition => partition.Leader >= 0)
                .ToDictionary(partition => partition.PartitionId, partition => partition.Leader),
            found.Brokers.ToDictionary(broker => broker.BrokerId, broker => (broker.Host, broker.Port))
        );
    }
}
