namespace Engine.Partitions.Kafka;

/// <summary>
/// Counts the messages that one sender gives to <see cref="KafkaOut"/>, and those that are acknowledged. The sender's
/// thread reads <see cref="Count"/> and later asks whether it is reached.
/// </summary>
public sealed class DeliveryTracker
{
    internal long Sent,
        Acknowledged;

    /// <summary>Messages sent so far.</summary>
    public long Count => Sent;

    /// <summary>Whether so many messages are acknowledged.</summary>
    public bool IsReached(long count) => Volatile.Read(ref Acknowledged) >= count;
}
