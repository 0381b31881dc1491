using Confluent.Kafka;
using Engine.Contracts;

namespace Ingest.Tests.Rig;

/// <summary>librdkafka's in-process cluster, and what lies in it.</summary>
public sealed class InProcessCluster : IDisposable
{
    private readonly IProducer<byte[], byte[]> _host;

    public InProcessCluster()
    {
        var config = new ProducerConfig { BootstrapServers = "in-process" };
        config.Set("test.mock.num.brokers", "1");
        _host = new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
        using IAdminClient admin = new DependentAdminClientBuilder(_host.Handle).Build();
        BrokerMetadata broker = admin.GetMetadata(TimeSpan.FromSeconds(10)).Brokers[0];
        Address = $"{broker.Host}:{broker.Port}";
    }

    public string Address { get; }

    /// <summary>Appends a record to a topic's first partition; a null value deletes.</summary>
    public async Task AppendAsync(string topic, string key, string? value)
    {
        using IProducer<string, string?> producer = new ProducerBuilder<string, string?>(
            new ProducerConfig { BootstrapServers = Address }
        )
            .SetLogHandler((_, _) => { })
            .Build();
        await producer.ProduceAsync(
            new TopicPartition(topic, 0),
            new Message<string, string?> { Key = key, Value = value }
        );
    }

    /// <summary>Reads so many records of a topic, in the order of each partition.</summary>
    public List<ConsumeResult<byte[], byte[]>> Read(int count, string topic = Topics.Interactions)
    {
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = Address,
                GroupId = "reads",
                EnableAutoCommit = false,
            }
        ).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(
            Enumerable.Range(0, 4).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning))
        );
        var records = new List<ConsumeResult<byte[], byte[]>>();
        while (records.Count < count && consumer.Consume(TimeSpan.FromSeconds(10)) is { } record)
        {
            records.Add(record);
        }

        return records;
    }

    /// <summary>How many records a topic holds.</summary>
    public long Count(string topic = Topics.Interactions)
    {
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = Address, GroupId = "counts" }
        )
            .SetLogHandler((_, _) => { })
            .Build();
        return Enumerable
            .Range(0, 4)
            .Select(partition =>
                consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), TimeSpan.FromSeconds(10))
            )
            .Sum(ends => ends.High.Value - ends.Low.Value);
    }

    public void Dispose() => _host.Dispose();
}
