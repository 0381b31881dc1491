using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Engine.Contracts;

namespace Engine.Client.Provisioning;

/// <summary>The source of the timestamps of a topic's records.</summary>
internal enum TopicTimestamps
{
    /// <summary>The broker, on append: producers can't forge log time.</summary>
    LogAppendTime,

    /// <summary>The producer: needed by replays and samples, whose timestamps are event times.</summary>
    CreateTime,
}

/// <summary>The state of a topic after <see cref="TopicProvisioner.EnsureAsync"/>.</summary>
/// <param name="Name">The topic.</param>
/// <param name="Made">Whether it was missing and has been created.</param>
/// <param name="Timestamps">The source of its timestamps; null if it wasn't requested, or if the broker doesn't report
/// it (librdkafka's in-process cluster, where it is the producer).</param>
/// <param name="Partitions">The number of partitions it had before; 0 if it was missing.</param>
internal sealed record TopicState(string Name, bool Made, TopicTimestamps? Timestamps, int Partitions);

/// <summary>Creates missing topics: <c>settings</c> with one partition and compacted, <c>standings</c> compacted,
/// <c>bookmarks</c> kept without limit, the others as requested. librdkafka's in-process cluster supports neither
/// CreateTopics nor DescribeConfigs; there, topics are created on first write. It is in the client library because both
/// programs create topics.</summary>
internal sealed class TopicProvisioner(string kafka, IReadOnlyDictionary<string, string>? extra = null)
{
    /// <summary>The number of partitions by default, as in the contract.</summary>
    internal const int DefaultPartitions = 4;

    /// <summary>The time that every record of a compacted topic is kept before compaction: as long as brokers keep
    /// <c>interactions</c> by default (7 days). Rescoring needs each sum and each setting as it was then.</summary>
    private const string CompactionLagMs = "604800000";

    /// <summary>A hundred years: of settings, the records that delete are kept for good. They are few, and the only
    /// trace that there ever was a user, after which nothing is open to everyone.</summary>
    private const string DeletionsKeptMs = "3155760000000";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Creates the topics that are missing.</summary>
    /// <param name="topics">All topics that are needed.</param>
    /// <param name="timestamps">The source of the timestamps of created topics.</param>
    /// <param name="partitions">The number of partitions of created topics.</param>
    /// <param name="asks">Whether to query the source of the timestamps of each topic.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="KafkaException">The broker is unreachable, or refuses to create a topic.</exception>
    internal Task<IReadOnlyList<TopicState>> EnsureAsync(
        IEnumerable<string> topics,
        TopicTimestamps timestamps,
        int partitions = DefaultPartitions,
        bool asks = true,
        CancellationToken cancel = default
    )
    {
        string[] wanted = [.. topics.Distinct()];
        // librdkafka's metadata call blocks.
        return Task.Run(() => EnsureNowAsync(wanted, timestamps, partitions, asks), cancel);
    }

    private async Task<IReadOnlyList<TopicState>> EnsureNowAsync(
        string[] wanted,
        TopicTimestamps timestamps,
        int partitions,
        bool asks
    )
    {
        var config = new AdminClientConfig { BootstrapServers = kafka, ClientId = "ingest-topics" };
        foreach ((string name, string value) in extra ?? new Dictionary<string, string>())
        {
            config.Set(name, value);
        }

        string bootstrap = config.BootstrapServers;
        using IAdminClient admin = new AdminClientBuilder(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
        Dictionary<string, int> existing = admin
            .GetMetadata(Patience)
            .Topics.Where(topic => !topic.Error.IsError)
            .ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);
        string[] missing = [.. wanted.Where(topic => !existing.ContainsKey(topic))];
        bool served =
            (asks || missing.Length > 0)
            && await BrokerAbilities.CreatesTopicsAsync(bootstrap, TimeProvider.System).ConfigureAwait(false)
            && (missing.Length == 0 || await MakeAsync(admin, missing, timestamps, partitions).ConfigureAwait(false));

        Dictionary<string, TopicTimestamps> known =
            served && asks ? await AskAsync(admin, wanted).ConfigureAwait(false) : [];
        return
        [
            .. wanted.Select(topic => new TopicState(
                topic,
                served && missing.Contains(topic),
                known.TryGetValue(topic, out TopicTimestamps who) ? who : null,
                existing.GetValueOrDefault(topic)
            )),
        ];
    }

    /// <summary>Returns false if the broker doesn't support CreateTopics.</summary>
    private static async Task<bool> MakeAsync(
        IAdminClient admin,
        string[] missing,
        TopicTimestamps timestamps,
        int partitions
    )
    {
        IEnumerable<TopicSpecification> specifications = missing.Select(topic => new TopicSpecification
        {
            Name = topic,
            NumPartitions = topic == Topics.Settings ? 1 : partitions,
            ReplicationFactor = -1,
            Configs = Configs(topic, timestamps),
        });
        try
        {
            await admin
                .CreateTopicsAsync(specifications, new CreateTopicsOptions { RequestTimeout = Patience })
                .ConfigureAwait(false);
            return true;
        }
        catch (CreateTopicsException error)
        {
            CreateTopicReport[] bad =
            [
                .. error.Results.Where(result =>
                    result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists
                ),
            ];
            if (bad.Length == 0)
            {
                return true;
            }

            if (bad.All(result => IsUnserved(result.Error.Code)))
            {
                return false;
            }

            throw new KafkaException(
                new Error(bad[0].Error.Code, $"topic {bad[0].Topic} could not be created: {bad[0].Error.Reason}")
            );
        }
        catch (KafkaException error) when (IsUnserved(error.Error.Code))
        {
            return false;
        }
    }

    private static bool IsUnserved(ErrorCode code) =>
        code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion;

    private static Dictionary<string, string> Configs(string topic, TopicTimestamps timestamps)
    {
        var configs = new Dictionary<string, string> { ["message.timestamp.type"] = timestamps.ToString() };
        // A second group's prefix precedes the name of its standings.
        if (topic == Topics.Settings || topic.EndsWith(Topics.Standings, StringComparison.Ordinal))
        {
            configs["cleanup.policy"] = "compact";
            configs["min.compaction.lag.ms"] = CompactionLagMs;
        }

        if (topic == Topics.Settings)
        {
            configs["delete.retention.ms"] = DeletionsKeptMs;
        }

        if (topic == Topics.Bookmarks)
        {
            // People's memory: kept without limit.
            configs["retention.ms"] = "-1";
        }

        return configs;
    }

    private static async Task<Dictionary<string, TopicTimestamps>> AskAsync(IAdminClient admin, string[] topics)
    {
        try
        {
            List<DescribeConfigsResult> results = await admin
                .DescribeConfigsAsync(
                    topics.Select(topic => new ConfigResource { Type = ResourceType.Topic, Name = topic }),
                    new DescribeConfigsOptions { RequestTimeout = Patience }
                )
                .ConfigureAwait(false);
            var known = new Dictionary<string, TopicTimestamps>();
            foreach (DescribeConfigsResult result in results)
            {
                if (!result.Entries.TryGetValue("message.timestamp.type", out ConfigEntryResult? entry))
                {
                    continue;
                }

                if (Enum.TryParse(entry.Value, out TopicTimestamps who))
                {
                    known[result.ConfigResource.Name] = who;
                }
            }
            return known;
        }
        catch (KafkaException)
        {
            return []; // not supported or not permitted: the broker will reject what it doesn't accept
        }
    }
}
