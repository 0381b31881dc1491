using Confluent.Kafka;

namespace Engine.Partitions.Kafka;

/// <summary>Counts the messages that one sender gives to <see cref="KafkaOut"/>, and the acknowledged ones. The
/// sender's thread reads <see cref="Count"/> and later checks whether it is reached.</summary>
public sealed class DeliveryTracker
{
    internal long Sent,
        Acknowledged;

    private volatile KafkaException? _failure;

    /// <summary>The number of messages sent so far.</summary>
    public long Count => Sent;

    /// <summary>Whether this number of messages is acknowledged. Throws the error after which Kafka's client can't send
    /// any more.</summary>
    public bool IsReached(long count) =>
        _failure is { } failure ? throw failure : Volatile.Read(ref Acknowledged) >= count;

    internal void Fail(KafkaException failure) => _failure = failure;
}
