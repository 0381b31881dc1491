using Engine.Client.Provisioning;
using Ingest.Generate;
using Ingest.Sending;

namespace Ingest.Cli;

/// <summary>The options of <c>ingest generate</c>.</summary>
public sealed record GenerateRequest
{
    public required int Clicks { get; init; }

    /// <summary>The number of sample events of each workflow, by its option; none if it is absent.</summary>
    public IReadOnlyDictionary<string, int> Workflows { get; init; } = new Dictionary<string, int>();

    /// <summary>The values of the workflows' own options, by name.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The broker; null for that in engine.yaml or of the engine that runs here.</summary>
    public string? Kafka { get; init; }

    /// <summary>The path of engine.yaml, which secures connections; null for plain ones.</summary>
    public string? Config { get; init; }

    /// <summary>The seed, which determines the traffic; null for a random one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The file for the truth about each click, or null.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>The file for the events instead of Kafka, or null.</summary>
    public string? OutFile { get; init; }
    public Speed Speed { get; init; } = Speed.Max;
    public TimeSpan Span { get; init; } = SampleTraffic.DefaultSpan;

    /// <summary>The engine's HTTP address, <c>host:port</c>; null for the engine that runs here.</summary>
    public string? Engine { get; init; }

    /// <summary>The file with the token to show to that engine; null for none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The number of partitions of a topic that has to be created.</summary>
    public int Partitions { get; init; } = TopicProvisioner.DefaultPartitions;

    /// <summary>Settings of librdkafka, for tests.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();
}
