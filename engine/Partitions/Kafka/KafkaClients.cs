using Confluent.Kafka;
using Engine.Configuration.Connections;

namespace Engine.Partitions.Kafka;

/// <summary>A Kafka cluster and the client settings to reach it.</summary>
/// <param name="Brokers"><c>host:port[,host:port…]</c></param>
/// <param name="Settings">Additional librdkafka settings for every client, by their librdkafka names (such as
/// security.protocol).</param>
public sealed record KafkaTarget(string Brokers, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The security that <see cref="Settings"/> contain, which explains refusals.</summary>
    public KafkaSecurity Security { get; private init; } = KafkaSecurity.None;

    /// <summary>Secures the connections. Additional settings override those of the security.</summary>
    public static KafkaTarget Secured(
        string brokers,
        KafkaSecurity security,
        IReadOnlyDictionary<string, string> settings
    )
    {
        Dictionary<string, string> all = security.Settings();
        foreach ((string name, string value) in settings)
        {
            all[name] = value;
        }

        return new KafkaTarget(brokers, all) { Security = security };
    }

    /// <summary>Returns once a broker has answered.</summary>
    /// <exception cref="ConnectionException">No broker can be used.</exception>
    public Task CheckAsync(CancellationToken cancel) => KafkaCheck.EnsureAsync(Brokers, Security, Settings, cancel);

    /// <summary>Applies the additional settings to a client's configuration.</summary>
    public T Apply<T>(T config)
        where T : ClientConfig
    {
        config.BootstrapServers = Brokers;
        foreach ((string name, string value) in Settings)
        {
            config.Set(name, value);
        }

        return config;
    }
}

/// <summary>Consumers that read topics in full, without a group.</summary>
public static class KafkaClients
{
    /// <summary>How often clients look for partitions that were added to their topics. librdkafka's default of 5 min
    /// would leave them unread for so long.</summary>
    public static readonly TimeSpan LookForPartitionsEvery = TimeSpan.FromSeconds(5);

    /// <summary>The pause between attempts; electing a leader or creating a topic takes a few of them.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>The ends of a partition's log. Waits for a leader, which a partition may lack briefly after it was
    /// created or its broker died.</summary>
    public static WatermarkOffsets Ends(
        IConsumer<byte[], byte[]> consumer,
        TopicPartition partition,
        TimeSpan within,
        TimeProvider clock
    )
    {
        long since = clock.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (true)
        {
            try
            {
                return consumer.QueryWatermarkOffsets(partition, within);
            }
            catch (KafkaException e) when (!e.Error.IsFatal && clock.GetElapsedTime(since) < within)
            {
                pause.Wait(RetryAfter);
            }
        }
    }

    /// <summary>The number of partitions of a topic. Waits for them, as a topic may have none just after it was
    /// created.</summary>
    public static int Partitions(IConsumer<byte[], byte[]> consumer, string topic, TimeSpan within, TimeProvider clock)
    {
        long since = clock.GetTimestamp();
        using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        using var pause = new ManualResetEventSlim();
        while (true)
        {
            TopicMetadata found = admin.GetMetadata(topic, within).Topics.Single();
            if (found.Partitions.Count > 0 && !found.Error.IsError)
            {
                return found.Partitions.Count;
            }

            if (clock.GetElapsedTime(since) >= within)
            {
                throw new TimeoutException(
                    $"the topic '{topic}' has no partitions ({found.Error.Reason}): create it, or let the engine "
                        + $"create it on startup"
                );
            }

            pause.Wait(RetryAfter);
        }
    }

    /// <summary>The offset of the first record stamped at a log time or later, which must have existed. A broker that
    /// finds none either can't search by time (librdkafka's test cluster) or has deleted it; then this is the log's
    /// start.</summary>
    public static long FirstAt(
        IConsumer<byte[], byte[]> consumer,
        TopicPartition partition,
        long logTime,
        long logStart,
        TimeSpan within
    )
    {
        try
        {
            var time = new Timestamp(logTime, TimestampType.CreateTime);
            Offset found = consumer.OffsetsForTimes([new TopicPartitionTimestamp(partition, time)], within)[0].Offset;
            return found.Value >= 0 ? found.Value : logStart;
        }
        catch (KafkaException)
        {
            return logStart;
        }
    }

    /// <param name="fetchBytes">The maximum to fetch of a partition at a time; a larger record comes whole.</param>
    public static IConsumer<byte[], byte[]> Reader(KafkaTarget kafka, int fetchBytes = 1024 * 1024) =>
        new ConsumerBuilder<byte[], byte[]>(
            kafka.Apply(
                new ConsumerConfig
                {
                    GroupId = "engine-reader", // required by librdkafka; nothing is committed to it
                    EnableAutoCommit = false,
                    EnableAutoOffsetStore = false,
                    EnablePartitionEof = true,
                    AutoOffsetReset = AutoOffsetReset.Earliest,
                    FetchWaitMaxMs = 100,
                    MaxPartitionFetchBytes = fetchBytes,
                    ClientId = "engine",
                }
            )
        ).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
}
