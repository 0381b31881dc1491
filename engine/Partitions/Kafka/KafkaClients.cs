using Confluent.Kafka;

namespace Engine.Partitions.Kafka;

/// <summary>A Kafka, and how its clients reach it.</summary>
/// <param name="Brokers"><c>host:port[,host:port…]</c></param>
/// <param name="Settings">Further settings of librdkafka, by its own names, for every client (security.protocol
/// …).</param>
public sealed record KafkaTarget(string Brokers, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Puts the further settings over a client's own.</summary>
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
    /// <summary>A leader is elected, or a topic made known, within some of these.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The ends of a partition's log. A partition made a moment ago, or whose broker has died, has no leader at first:
    /// that is waited for.
    /// </summary>
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

    /// <summary>
    /// How many partitions a topic has. One made a moment ago has none at first: they are waited for.
    /// </summary>
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
                    $"the topic '{topic}' has no partitions ({found.Error.Reason}): make it, or let the engine make "
                        + $"it at its start"
                );
            }

            pause.Wait(RetryAfter);
        }
    }

    /// <param name="fetchBytes">The most that is fetched of a partition at a time; a larger record comes whole.</param>
    public static IConsumer<byte[], byte[]> Reader(KafkaTarget kafka, int fetchBytes = 1024 * 1024) =>
        new ConsumerBuilder<byte[], byte[]>(
            kafka.Apply(
                new ConsumerConfig
                {
                    GroupId = "engine-reader", // librdkafka wants one; nothing is ever committed to it
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
