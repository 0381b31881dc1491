using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Tests.Support;

/// <summary>A record to send. The key decides its partition unless one is set.</summary>
public sealed record LiveRecord(
    string Topic,
    string? Key,
    byte[]? Value,
    long? Timestamp = null,
    int? Partition = null,
    params (string Name, string Value)[] Headers
)
{
    public LiveRecord(string topic, string? key, string value, long? timestamp = null, int? partition = null)
        : this(topic, key, Encoding.UTF8.GetBytes(value), timestamp, partition) { }
}

/// <summary>Writes and reads a broker's log in tests.</summary>
public sealed class LiveLog : IDisposable
{
    private readonly IProducer<byte[], byte[]> _producer;

    public LiveLog(string brokers)
    {
        Brokers = brokers;
        _producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig
            {
                BootstrapServers = brokers,
                Partitioner = Partitioner.Murmur2Random,
                LingerMs = 2,
                Acks = Acks.All,
                EnableIdempotence = true,
                MessageMaxBytes = 4_000_000,
            }
        ).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
    }

    public string Brokers { get; }

    /// <summary>Sends a record and waits for the broker's acknowledgement.</summary>
    public Task<DeliveryResult<byte[], byte[]>> SendAsync(LiveRecord record) =>
        _producer.ProduceAsync(To(record), Message(record)).WaitAsync(LiveWait.Patience);

    /// <summary>Sends records in order and waits until the broker has acknowledged all.</summary>
    public void SendAll(IEnumerable<LiveRecord> records)
    {
        string? failed = null;
        foreach (LiveRecord record in records)
        {
            while (true)
            {
                try
                {
                    _producer.Produce(To(record), Message(record), report =>
                        failed = report.Error.IsError ? report.Error.Reason : failed
                    );
                    break;
                }
                catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
                {
                    _producer.Poll(TimeSpan.FromMilliseconds(50));
                }
            }
        }
        if (_producer.Flush(LiveWait.Patience) > 0 || failed != null)
        {
            throw new InvalidOperationException($"the broker didn't take everything: {failed}");
        }
    }

    /// <summary>All records currently in a topic, partition by partition.</summary>
    public List<ConsumeResult<byte[], byte[]>> ReadAll(string topic)
    {
        using IAdminClient admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        TopicMetadata about = admin.GetMetadata(topic, TimeSpan.FromSeconds(20)).Topics.Single();
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = Brokers,
                GroupId = "itests",
                EnableAutoCommit = false,
                FetchWaitMaxMs = 50,
                FetchMaxBytes = 10_000_000,
                MaxPartitionFetchBytes = 5_000_000,
            }
        ).SetLogHandler((_, _) => { }).Build();
        var all = new List<ConsumeResult<byte[], byte[]>>();
        foreach (PartitionMetadata partition in about.Partitions.OrderBy(partition => partition.PartitionId))
        {
            var at = new TopicPartition(topic, partition.PartitionId);
            WatermarkOffsets ends = consumer.QueryWatermarkOffsets(at, TimeSpan.FromSeconds(20));
            if (ends.High <= ends.Low)
            {
                continue;
            }

            consumer.Assign(new TopicPartitionOffset(at, ends.Low));
            while (true)
            {
                ConsumeResult<byte[], byte[]> record = consumer.Consume(TimeSpan.FromSeconds(20))
                    ?? throw new TimeoutException($"{topic} gave nothing");
                all.Add(record);
                if (record.Offset.Value + 1 >= ends.High.Value)
                {
                    break;
                }
            }
        }
        return all;
    }

    /// <summary>The number of records in a topic, over all partitions.</summary>
    public long Count(string topic) => ReadAll(topic).Count;

    /// <summary>Deletes all topics except internal ones, and waits until they are gone.</summary>
    public async Task DeleteTopicsAsync()
    {
        using IAdminClient admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        List<string> Ours() =>
            [
                .. admin
                    .GetMetadata(TimeSpan.FromSeconds(20))
                    .Topics.Select(topic => topic.Topic)
                    .Where(topic => !topic.StartsWith("__", StringComparison.Ordinal)),
            ];
        List<string> there = Ours();
        if (there.Count > 0)
        {
            await admin.DeleteTopicsAsync(there);
        }

        await LiveWait.UntilAsync("the topics are gone", () => Ours().Count == 0);
    }

    /// <summary>Creates a topic with CreateTime or LogAppendTime. Of producers it takes any timestamp: by default a
    /// broker refuses the whole batch of a record that is stamped more than an hour ahead.</summary>
    public async Task MakeTopicAsync(string topic, int partitions, string timestamps = "CreateTime")
    {
        using IAdminClient admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        await admin.CreateTopicsAsync([
            new TopicSpecification
            {
                Name = topic,
                NumPartitions = partitions,
                ReplicationFactor = -1,
                Configs = new()
                {
                    ["message.timestamp.type"] = timestamps,
                    ["message.timestamp.after.max.ms"] = $"{long.MaxValue}",
                },
            },
        ]);
        await LiveWait.UntilAsync($"topic {topic} is there", () =>
            admin
                .GetMetadata(TimeSpan.FromSeconds(20))
                .Topics.Any(there =>
                    there.Topic == topic && there.Partitions.Count == partitions && !there.Error.IsError
                )
        );
    }

    private static TopicPartition To(LiveRecord record) =>
        new(record.Topic, record.Partition is { } partition ? new Partition(partition) : Partition.Any);

    private static Message<byte[], byte[]> Message(LiveRecord record)
    {
        var message = new Message<byte[], byte[]>
        {
            Key = record.Key == null ? null! : Encoding.UTF8.GetBytes(record.Key),
            Value = record.Value!,
        };
        if (record.Timestamp is { } timestamp)
        {
            message.Timestamp = new Timestamp(timestamp, TimestampType.CreateTime);
        }

        if (record.Headers.Length > 0)
        {
            message.Headers = [];
        }

        foreach ((string name, string value) in record.Headers)
        {
            message.Headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return message;
    }

    public void Dispose() => _producer.Dispose();
}

/// <summary>An Apache Kafka: the one that KAFKA_BOOTSTRAP names, or one started with the tool that KAFKA_TOOL
/// names.</summary>
public sealed class LiveBroker : IAsyncDisposable
{
    private static readonly TimeSpan JavaStartsWithin = TimeSpan.FromSeconds(180);

    private readonly LiveFolder? _folder;
    private readonly string? _tool;

    private LiveBroker(string brokers, string? tool, LiveFolder? folder) =>
        (Brokers, _tool, _folder) = (brokers, tool, folder);

    public string Brokers { get; }

    public static bool IsThere => IsGiven || Named("KAFKA_TOOL") != null;

    /// <summary>Whether there is one broker that all tests share.</summary>
    public static bool IsGiven => Named("KAFKA_BOOTSTRAP") != null;

    public static async Task<LiveBroker> StartAsync()
    {
        return Named("KAFKA_BOOTSTRAP") is { } brokers
            ? new LiveBroker(brokers, null, null)
            : await StartWithToolAsync(1);
    }

    /// <summary>Starts brokers that keep every record in three copies, and acknowledge it once it is in two.</summary>
    public static async Task<LiveBroker> StartThreeAsync()
    {
        LiveBroker brokers = await StartWithToolAsync(3);
        try
        {
            await brokers.RunAsync(
                "configs",
                "--bootstrap-server",
                brokers.Brokers,
                "--alter",
                "--entity-type",
                "brokers",
                "--entity-default",
                "--add-config",
                "min.insync.replicas=2"
            );
            return brokers;
        }
        catch
        {
            await brokers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills a broker, as a crash would.</summary>
    /// <param name="node">Its number, from 1.</param>
    public Task KillAsync(int node) => RunAsync("kill", "-d", Data, $"{node}");

    /// <summary>Starts a broker that was killed on its old data, and waits until it is back and every partition has all
    /// its copies again.</summary>
    public async Task ReviveAsync(int node)
    {
        await RunAsync("revive", "-d", Data, $"{node}");
        string[] brokers = Brokers.Split(',');
        await LiveWait.UntilAsync(
            $"broker {node} is back",
            () =>
            {
                // It is asked itself, and by a new client: others, and what they told before, don't know yet that it
                // was away.
                var config = new AdminClientConfig { BootstrapServers = brokers[node - 1] };
                using IAdminClient admin = new AdminClientBuilder(config)
                    .SetLogHandler((_, _) => { })
                    .SetErrorHandler((_, _) => { })
                    .Build();
                try
                {
                    Metadata now = admin.GetMetadata(TimeSpan.FromSeconds(5));
                    return now.Brokers.Count == brokers.Length
                        && now.Topics.SelectMany(topic => topic.Partitions)
                            .All(partition => partition.InSyncReplicas.Length == partition.Replicas.Length);
                }
                catch (KafkaException)
                {
                    return false;
                }
            },
            JavaStartsWithin
        );
    }

    private static async Task<LiveBroker> StartWithToolAsync(int count)
    {
        string tool = Named("KAFKA_TOOL")
            ?? throw new InvalidOperationException("neither KAFKA_BOOTSTRAP nor KAFKA_TOOL is set");
        var folder = new LiveFolder();
        // The controllers listen on ports 1,001 above.
        int port = LiveProcess.FreePort(1001);
        var broker = new LiveBroker(
            string.Join(',', Enumerable.Range(port, count).Select(one => $"127.0.0.1:{one}")),
            tool,
            folder
        );
        try
        {
            await broker.RunAsync("start", "-p", $"{port}", "-d", broker.Data, "-P", "4", "-n", $"{count}");
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    private string Data => _folder!.File("data");

    /// <summary>Runs the tool to its end. Brokers are its children, so it isn't disposed of before.</summary>
    private async Task RunAsync(params string[] arguments)
    {
        await using LiveProcess run = LiveProcess.Start(_tool!, arguments);
        if (await run.ExitAsync(JavaStartsWithin) != 0)
        {
            throw new InvalidOperationException($"{_tool} {string.Join(' ', arguments)} failed: {run.Error}");
        }
    }

    private static string? Named(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    public async ValueTask DisposeAsync()
    {
        if (_tool == null || _folder == null)
        {
            return;
        }

        await RunAsync("stop", "-d", Data);
        _folder.Dispose();
    }
}
