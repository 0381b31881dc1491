using Engine.Client.Provisioning;
using Ingest.Generate;
using Ingest.Sending;

namespace Ingest.Cli;

/// <summary>What <c>ingest generate</c> was asked for.</summary>
public sealed record GenerateRequest
{
    public required int Clicks { get; init; }

    /// <summary>How many of each workflow's sample traffic, by its option; none where it isn't there.</summary>
    public IReadOnlyDictionary<string, int> Workflows { get; init; } = new Dictionary<string, int>();

    /// <summary>The values of the traffics' own options, by name.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The broker; null for that of the engine that runs here.</summary>
    public string? Kafka { get; init; }

    /// <summary>Gives the same traffic again; null for a random one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Where the truth about each click goes, or null.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>Where the events go in place of Kafka, or null.</summary>
    public string? OutFile { get; init; }
    public Speed Speed { get; init; } = Speed.Max;
    public TimeSpan Span { get; init; } = SampleTraffic.DefaultSpan;

    /// <summary>Where the engine serves HTTP, <c>host:port</c>; null for the engine that runs here.</summary>
    public string? Engine { get; init; }

    /// <summary>How many partitions a topic gets that is missing.</summary>
    public int Partitions { get; init; } = TopicProvisioner.DefaultPartitions;

    /// <summary>Settings of librdkafka, for tests.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();
}
