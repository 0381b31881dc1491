namespace Engine.Partitions.Kafka;

/// <summary>Counts the messages that one sender gives to <see cref="KafkaOut"/>, and the acknowledged ones. The
/// sender's thread reads <see cref="Count"/> and later checks whether it is reached.</summary>
public sealed class DeliveryTracker
{
    internal long Sent,
        Acknowledged;

    /// <summary>The number of messages sent so far.</summary>
    public long Count => Sent;

    /// <summary>Whether this number of messages is acknowledged.</summary>
    public bool IsReached(long count) => Volatile.Read(ref Acknowledged) >= count;
}
