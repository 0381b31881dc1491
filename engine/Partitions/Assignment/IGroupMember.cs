using Confluent.Kafka;

namespace Engine.Partitions.Assignment;

/// <summary>
/// What Kafka tells a member of its group. Called on the lane's thread, while it reads; nothing may be thrown through
/// librdkafka's frames.
/// </summary>
public interface IGroupHandler
{
    /// <summary>Partitions are given; from where the consumer reads each.</summary>
    IEnumerable<TopicPartitionOffset> Assigned(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Partitions are taken back; nobody else has them before this returns.</summary>
    void Revoked(IReadOnlyList<TopicPartitionOffset> partitions);

    /// <summary>Partitions were taken away, and others may own them already.</summary>
    void Lost(IReadOnlyList<TopicPartitionOffset> partitions);
}

/// <summary>A membership of a consumer group; <see cref="GroupConsumer"/>, or a test's.</summary>
public interface IGroupMember : IDisposable
{
    /// <summary>Joins the group, to read one topic.</summary>
    void Join(string topic, IGroupHandler handler);

    /// <summary>Whether Kafka still assigns a partition to this member.</summary>
    bool IsAssigned(TopicPartition partition);

    /// <summary>Reads an assigned partition from an offset on.</summary>
    void Seek(TopicPartitionOffset to);

    /// <summary>Notes how far a partition is done, for tools that watch the group.</summary>
    void StoreOffset(TopicPartitionOffset offset);

    /// <summary>Leaves the group; false where Kafka hasn't heard of it in time.</summary>
    bool TryLeave(TimeSpan within);
}
