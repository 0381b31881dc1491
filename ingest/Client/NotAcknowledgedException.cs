namespace Engine.Client;

/// <summary>
/// Kafka did not acknowledge a record. Whether it is in the log is unknown; sending the event again is safe, since the
/// engine counts an id once.
/// </summary>
public sealed class NotAcknowledgedException : Exception
{
    internal NotAcknowledgedException(string message, bool brokerAway)
        : base(message) => BrokerAway = brokerAway;

    /// <summary>Whether the brokers couldn't be reached, so that the same record may be taken later.</summary>
    public bool BrokerAway { get; }
}
