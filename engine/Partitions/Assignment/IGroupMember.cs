using Confluent.Kafka;

namespace Engine.Partitions.Assignment;

/// <summary>Handles Kafka's notifications to a group member. Called on the lane's thread while it reads. No exception
/// may pass through librdkafka's frames.</summary>
public interface IGroupHandler
{
    /// <summary>Partitions were assigned. Returns the offset from which to read each.</summary>
    IEnumerable<TopicPartitionOffset> Assigned(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Partitions are being revoked; no other member has them before this returns.</summary>
    void Revoked(IReadOnlyList<TopicPartitionOffset> partitions);

    /// <summary>Partitions were lost, and others may own them already.</summary>
    void Lost(IReadOnlyList<TopicPartitionOffset> partitions);
}

/// <summary>A membership of a consumer group: <see cref="GroupConsumer"/>, or a test's.</summary>
public interface IGroupMember : IDisposable
{
    /// <summary>Joins the group, to read one topic.</summary>
    void Join(string topic, IGroupHandler handler);

    /// <summary>Whether Kafka still assigns a partition to this member.</summary>
    bool IsAssigned(TopicPartition partition);

    /// <summary>Continues reading an assigned partition at an offset, even if reading it has failed. Not to be called
    /// within a handler.</summary>
    void ReadFrom(TopicPartitionOffset start);

    /// <summary>Stores a partition's progress for tools that watch the group.</summary>
    void StoreOffset(TopicPartitionOffset offset);

    /// <summary>Leaves the group for a while. <see cref="Join"/> joins it again.</summary>
    void StandAside();

    /// <summary>Leaves the group. Returns false if that isn't done in time.</summary>
    bool TryLeave(TimeSpan within);
}
