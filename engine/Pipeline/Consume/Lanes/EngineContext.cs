using Engine.Contracts;
using Engine.Partitions.Assignment;
using Engine.Partitions.Kafka;
using Engine.Partitions.Redis;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Consume.Labels;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Microsoft.Extensions.Logging;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Options for consuming from Kafka, from engine.yaml and the command line.</summary>
public sealed record ConsumeOptions
{
    public required KafkaTarget Kafka { get; init; }
    public required string Group { get; init; }

    /// <summary>The maximum number of messages in a batch.</summary>
    public int BatchMessages { get; init; } = 4096;

    /// <summary>How long to wait for a batch, ms; a bound on the latency that waiting adds.</summary>
    public int BatchWaitMs { get; init; } = 1;

    /// <summary>Prefixes of librdkafka settings that don't affect fetching.</summary>
    private static readonly string[] UnrelatedToFetching =
    [
        "group.",
        "session.",
        "heartbeat.",
        "max.poll.",
        "metadata.",
        "topic.metadata.",
        "statistics.",
        "log",
        "debug",
    ];

    /// <summary>
    /// Whether lanes fetch their partitions themselves. With TLS, SASL or rack settings, librdkafka fetches instead.
    /// </summary>
    public bool FetchesDirectly =>
        DirectFetch
        && Kafka.Settings.Keys.All(name =>
            UnrelatedToFetching.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
        );

    public bool DirectFetch { get; init; } = true;

    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often counts and progress are written.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The maximum number of bytes of results in flight to Redis; beyond it, consuming waits.</summary>
    public long MaxBytesUnderWay { get; init; } = 4 * 1024 * 1024;
}

/// <summary>What all lanes of a process share.</summary>
public sealed class EngineContext
{
    public required ConsumeOptions Consume { get; init; }
    public required DeliverOptions Deliver { get; init; }
    public required PipelineLimits Limits { get; init; }
    public required RedisKeys Keys { get; init; }
    public required RedisTarget Redis { get; init; }
    public required KafkaOut Kafka { get; init; }
    public required KeyedHash Hash { get; init; }
    public required SettingsTimeline Timeline { get; init; }

    /// <summary>Whether <c>settings</c> was read to its end within the activation delay. Otherwise lanes must not
    /// decide.</summary>
    public required Func<bool> SettingsAreFresh { get; init; }

    /// <summary>Whether this instance lacks what the settings name, so that it must leave its groups to
    /// others.</summary>
    public required Func<bool> MustStandAside { get; init; }

    /// <summary>Whether all lanes of the process have joined the group. Until then, the first to join doesn't start on
    /// its partitions.</summary>
    public required Func<bool> LanesHaveJoined { get; init; }

    /// <summary>The process's replay index.</summary>
    public required Replay.ReplayIndex Replays { get; init; }

    /// <summary>Reads what other partitions, and earlier owners, tell.</summary>
    public required KnowledgeReaders Knowledge { get; init; }

    /// <summary>Reads clicks again for labels without dimensions.</summary>
    public required LabelledClicks LabelledClicks { get; init; }

    public LaneLogTimes LogTimes { get; } = new();

    /// <summary>Writes again what Redis keeps of the group for good, if it has lost it.</summary>
    public required Action KeepGroup { get; init; }

    public required TimeProvider Clock { get; init; }
    public required ILogger Log { get; init; }

    /// <summary>Creates the options of a lane's assignment.</summary>
    /// <param name="lanesHaveJoined">Whether the process's other lanes of the same group have joined it; null if there
    /// are none.</param>
    public AssignmentOptions AssignmentOf(string topic, Func<bool>? lanesHaveJoined = null) =>
        new()
        {
            Topic = topic,
            SessionTimeout = Consume.SessionTimeout,
            LanesHaveJoined = lanesHaveJoined ?? (() => true),
            MustStandAside = MustStandAside,
            Clock = Clock,
            Log = Log,
        };

    /// <summary>Creates the leases of a consumer's partitions.</summary>
    public PartitionLeases LeasesOf(GroupConsumer group) => new(Redis, Keys, group.Consumer, KeepGroup, Clock, Log);
}
