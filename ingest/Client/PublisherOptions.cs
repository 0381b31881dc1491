using Engine.Contracts.Events;

namespace Engine.Client;

/// <summary>The settings of an <see cref="EventPublisher"/>.</summary>
public sealed record PublisherOptions
{
    /// <summary>The brokers, as <c>host:port[,host:port]</c>.</summary>
    public required string Kafka { get; init; }

    /// <summary>The maximum number of records sent but not yet acknowledged, 1 or more; further senders wait. Default:
    /// 20,000, which is 10 MB of clicks of 500 bytes.</summary>
    public int MaxUnderWay { get; init; } = 20_000;

    /// <summary>The time to collect records into a batch, from 0 to 15 minutes. Default: 5 ms, which delays no verdict
    /// noticeably and forms batches at 1,000 events per second.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The time after which a record that hasn't been acknowledged fails; zero retries forever. Default: 30 s,
    /// which is longer than a rolling restart of the brokers takes.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The events that <see cref="EventPublisher.PublishAsync"/> accepts; other types are refused as unknown.
    /// Default: the events of clicks and labels. Add a workflow's schemas to publish its events.</summary>
    public EventCatalog Events { get; init; } = EventCatalog.Clicks;

    /// <summary>The client's name in the brokers' logs and quotas. Default: <c>ingest</c>.</summary>
    public string ClientId { get; init; } = "ingest";

    /// <summary>Settings of librdkafka by name, which override those above: for security (<c>security.protocol</c>) and
    /// tests (<c>test.mock.num.brokers</c>). Default: none.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();
}
