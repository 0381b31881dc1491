namespace Engine.Client;

/// <summary>Kafka didn't acknowledge a record. It may or may not be in the log. Sending the event again is safe,
/// because the engine counts each id once.</summary>
public sealed class NotAcknowledgedException : Exception
{
    internal NotAcknowledgedException(string message, bool brokerAway)
        : base(message) => BrokerAway = brokerAway;

    /// <summary>Whether the brokers were unreachable, so that sending the same record later may succeed.</summary>
    public bool BrokerAway { get; }
}
