using Confluent.Kafka;

namespace Engine.Pipeline.Consume.Fetch;

/// <summary>The leaders of a topic's partitions, and the brokers' addresses.</summary>
public sealed record TopicLeaders(
    IReadOnlyDictionary<int, int> OfPartition,
    IReadOnlyDictionary<int, (string Host, int Port)> Brokers
)
{
    /// <summary>Queries the cluster. Throws a <see cref="KafkaException"/> if no broker responds in time.</summary>
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
