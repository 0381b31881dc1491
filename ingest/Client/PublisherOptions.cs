using Engine.Contracts.Events;

namespace Engine.Client;

/// <summary>How an <see cref="EventPublisher"/> sends.</summary>
public sealed record PublisherOptions
{
    /// <summary>The brokers, as <c>host:port[,host:port]</c>.</summary>
    public required string Kafka { get; init; }

    /// <summary>
    /// The most records sent and not yet acknowledged, 1 or more; senders beyond wait. Default: 20,000, which is 10 MB
    /// of clicks of 500 bytes.
    /// </summary>
    public int MaxUnderWay { get; init; } = 20_000;

    /// <summary>
    /// How long records are gathered into a batch, from 0 to 15 minutes. Default: 5 ms, which costs no verdict and
    /// makes batches at 1,000 events per second.
    /// </summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// How long a record is tried before it counts as failed; zero tries for ever. Default: 30 s, which a rolling
    /// restart of the brokers stays within.
    /// </summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The events that <see cref="EventPublisher.PublishAsync"/> takes; another type is refused as unknown. Default:
    /// those of clicks and labels. Add a workflow's schemas to publish its events.
    /// </summary>
    public EventCatalog Events { get; init; } = EventCatalog.Clicks;

    /// <summary>The client's name in the brokers' logs and quotas. Default: <c>ingest</c>.</summary>
    public string ClientId { get; init; } = "ingest";

    /// <summary>
    /// Settings of librdkafka by name, which win over the above: for security (<c>security.protocol</c>) and tests
    /// (<c>test.mock.num.brokers</c>). Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();
}
