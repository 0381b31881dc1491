using Engine.Contracts.Events;

namespace Ingest.Publishing;

/// <summary>How an <see cref="EventPublisher"/> sends.</summary>
public sealed record PublisherOptions
{
    /// <summary>The brokers, as <c>host:port[,host:port]</c>.</summary>
    public required string Kafka { get; init; }

    /// <summary>
    /// The most records sent and not yet acknowledged; who sends more waits. 20,000 clicks of 500 bytes are 10 MB.
    /// </summary>
    public int MaxUnderWay { get; init; } = 20_000;

    /// <summary>
    /// How long librdkafka gathers records into a batch. 5 ms costs no one a verdict, and makes batches at 1,000 events
    /// a second.
    /// </summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// How long a record is tried before it counts as failed: a rolling restart of the brokers lies within.
    /// </summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The events that <see cref="EventPublisher.PublishAsync"/> takes; another type is refused as unknown. Those of clicks
    /// and labels, unless a workflow's schemas are added.
    /// </summary>
    public EventCatalog Events { get; init; } = EventCatalog.Clicks;

    /// <summary>How the client calls itself in the brokers' logs.</summary>
    public string ClientId { get; init; } = "ingest";

    /// <summary>
    /// Settings of librdkafka that win over ours, for security and tests (<c>security.protocol</c>,
    /// <c>test.mock.num.brokers</c>).
    /// </summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();
}

/// <summary>How an event is encoded, as the header <c>content-type</c> says it.</summary>
public enum EventEncoding
{
    Json,
    Protobuf,
}

/// <summary>A record about to be sent.</summary>
/// <param name="Topic">One of the contract's topics.</param>
/// <param name="Key">Its key; the partition follows from it.</param>
/// <param name="Value">The event, encoded; not to be written to until it is acknowledged.</param>
/// <param name="TimestampMs">The record's timestamp in ms since the Unix epoch, or null for the clock of the
/// machine.</param>
/// <param name="Encoding">How the value is encoded.</param>
public readonly record struct OutgoingRecord(
    string Topic,
    string Key,
    ReadOnlyMemory<byte> Value,
    long? TimestampMs = null,
    EventEncoding Encoding = EventEncoding.Json
);

/// <summary>Where an acknowledged record lies.</summary>
public readonly record struct Acknowledged(string Topic, int Partition, long Offset);

/// <summary>
/// An event that isn't one: the message names the event and the field (<c>click c-1: ip '12' is no address</c>).
/// </summary>
public sealed class EventRefusedException(CheckedEvent found, string message) : Exception(message)
{
    /// <summary>What the check found.</summary>
    public CheckedEvent Found { get; } = found;
}

/// <summary>The broker did not take a record.</summary>
public sealed class NotAcknowledgedException(string message, bool brokerAway) : Exception(message)
{
    /// <summary>Whether the brokers couldn't be reached, so that the same record may be taken later.</summary>
    public bool BrokerAway { get; } = brokerAway;
}
