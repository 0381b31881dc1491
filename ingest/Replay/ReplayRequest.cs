using Engine.Client.Provisioning;
using Ingest.Sending;

namespace Ingest.Replay;

/// <summary>What <c>ingest replay</c> was asked for.</summary>
public sealed record ReplayRequest
{
    /// <summary>The files, in any order.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The broker; null for that of the engine that runs here.</summary>
    public string? Kafka { get; init; }
    public Speed Speed { get; init; } = Speed.Max;

    /// <summary>Whether the times stay as they are in the files.</summary>
    public bool KeepTimes { get; init; }

    /// <summary>How many partitions a topic gets that is missing.</summary>
    public int Partitions { get; init; } = TopicProvisioner.DefaultPartitions;

    /// <summary>Settings of librdkafka, for tests.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();
}
