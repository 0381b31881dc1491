using Engine.Client.Provisioning;
using Ingest.Sending;

namespace Ingest.Replay;

/// <summary>The options of <c>ingest replay</c>.</summary>
public sealed record ReplayRequest
{
    /// <summary>The files, in any order.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The broker; null for that in engine.yaml or of the engine that runs here.</summary>
    public string? Kafka { get; init; }

    /// <summary>The path of engine.yaml, which secures connections; null for plain ones.</summary>
    public string? Config { get; init; }
    public Speed Speed { get; init; } = Speed.Max;

    /// <summary>Whether to keep the times in the files.</summary>
    public bool KeepTimes { get; init; }

    /// <summary>The number of partitions of a topic that has to be created.</summary>
    public int Partitions { get; init; } = TopicProvisioner.DefaultPartitions;

    /// <summary>Settings of librdkafka, for tests.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();
}
