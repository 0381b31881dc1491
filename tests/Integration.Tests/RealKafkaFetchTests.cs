using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Consume.Fetch;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>What lanes fetch themselves, beside what librdkafka makes of the same log.</summary>
[Collection(RealKafka.Tests)]
public class RealKafkaFetchTests(RealKafka kafka)
{
    private const string Topic = "fetched";

    private sealed record Seen(
        int Partition,
        long Offset,
        long Timestamp,
        string? Key,
        int Length,
        int Hash,
        string Headers
    );

    [Fact]
    public async Task What_is_fetched_directly_is_what_librdkafka_reads()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        await lab.Log.MakeTopicAsync(Topic, 3);
        foreach (CompressionType compression in new[] { CompressionType.None, CompressionType.Lz4 })
        {
            Produce(lab.Brokers, compression, transactional: null);
        }

        ProduceInTransactions(lab.Brokers);
        Produce(lab.Brokers, CompressionType.Lz4, transactional: null);
        List<Seen> expected = ByLibrdkafka(lab.Brokers);
        Assert.Equal(3 * 400 + 2 * 100 + 3 * 150, expected.Count);
        Assert.Equal(expected, ByFetching(lab.Brokers, out string? refused));
        Assert.Null(refused);
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Zstd)]
    public async Task An_engine_reads_on_by_librdkafka_where_batches_are_compressed_otherwise(
        CompressionType compression
    )
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        await lab.Log.MakeTopicAsync(Topics.Interactions, 4);
        await using EngineRun run = await lab.StartAsync();
        lab.Log.SendAll(Clicks("before", 100));
        SendAll(lab.Brokers, compression, Clicks("packed", 100));
        lab.Log.SendAll(Clicks("after", 100));
        await lab.IsDecidedAsync();
        CommandRun end = await run.StopAsync();
        Assert.Contains("read by librdkafka from here on", end.Error);
        foreach (string when in new[] { "before", "packed", "after" })
        {
            for (int i = 0; i < 100; i++)
            {
                Assert.True(await lab.Redis.Database.KeyExistsAsync($"verdict:{when}-{i}"), $"{when}-{i}");
            }
        }
    }

    private static IEnumerable<LiveRecord> Clicks(string ids, int count) =>
        Enumerable
            .Range(0, count)
            .Select(i => LiveEvents.Click($"{ids}-{i}", LiveEvents.Now, $"203.0.{i % 31}.{i % 7 + 1}"));

    private static void Produce(string brokers, CompressionType compression, string? transactional)
    {
        using IProducer<byte[], byte[]> producer = Producer(brokers, compression, transactional);
        Send(producer, 400);
        producer.Flush(TimeSpan.FromSeconds(30));
    }

    private static void ProduceInTransactions(string brokers)
    {
        using IProducer<byte[], byte[]> producer = Producer(brokers, CompressionType.None, "fetch-test");
        using IProducer<byte[], byte[]> other = Producer(brokers, CompressionType.Lz4, "fetch-test-other");
        producer.InitTransactions(TimeSpan.FromSeconds(30));
        other.InitTransactions(TimeSpan.FromSeconds(30));
        for (int round = 0; round < 4; round++)
        {
            producer.BeginTransaction();
            other.BeginTransaction();
            Send(producer, 100);
            Send(other, 100);
            // What isn't sent when it is aborted would never come into the log.
            Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(30)));
            if (round % 2 == 0)
            {
                producer.CommitTransaction(TimeSpan.FromSeconds(30));
            }
            else
            {
                producer.AbortTransaction(TimeSpan.FromSeconds(30));
            }

            Send(other, 50);
            Assert.Equal(0, other.Flush(TimeSpan.FromSeconds(30)));
            if (round < 3)
            {
                other.CommitTransaction(TimeSpan.FromSeconds(30));
            }
            else
            {
                other.AbortTransaction(TimeSpan.FromSeconds(30));
            }
        }
    }

    private static IProducer<byte[], byte[]> Producer(
        string brokers,
        CompressionType compression,
        string? transactional
    ) => new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig
            {
                BootstrapServers = brokers,
                CompressionType = compression,
                TransactionalId = transactional,
                LingerMs = 5,
                MessageMaxBytes = 2_000_000,
            }
        ).SetLogHandler((_, _) => { }).Build();

    /// <summary>Records of all kinds: without key, value, headers; with many; long ones; times of their own.</summary>
    private static void Send(IProducer<byte[], byte[]> producer, int count)
    {
        var random = new Random(count);
        for (int i = 0; i < count; i++)
        {
            byte[] value = new byte[i % 97 == 0 ? 300_000 : random.Next(1, 900)];
            random.NextBytes(value.AsSpan(0, value.Length / 2));
            var message = new Message<byte[], byte[]>
            {
                Key = i % 5 == 0 ? null! : Encoding.UTF8.GetBytes($"key {i}"),
                Value = i % 11 == 0 ? null! : value,
                Timestamp = new Timestamp(1_700_000_000_000 + 137L * i, TimestampType.CreateTime),
            };
            if (i % 3 == 0)
            {
                message.Headers = new Headers
                {
                    { "content-type", "application/json"u8.ToArray() },
                    { "none", null },
                    { $"h{i}", new byte[i] },
                };
            }

            producer.Produce(new TopicPartition(Topic, i % 3), message);
        }
    }

    private static List<Seen> ByLibrdkafka(string brokers)
    {
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = brokers,
                GroupId = "itests",
                EnableAutoCommit = false,
                EnablePartitionEof = true,
                IsolationLevel = IsolationLevel.ReadCommitted,
            }
        ).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(
            Enumerable.Range(0, 3).Select(partition => new TopicPartitionOffset(Topic, partition, Offset.Beginning))
        );
        var all = new List<Seen>();
        for (int ended = 0; ended < 3;)
        {
            ConsumeResult<byte[], byte[]> record = consumer.Consume(TimeSpan.FromSeconds(20))
                ?? throw new TimeoutException("the log gave nothing");
            if (record.IsPartitionEOF)
            {
                ended++;
            }
            else
            {
                all.Add(
                    Of(
                        record.Partition.Value,
                        record.Offset.Value,
                        record.Message.Timestamp.UnixTimestampMs,
                        record.Message.Key,
                        record.Message.Value,
                        string.Concat(
                            (record.Message.Headers ?? []).Select(header => Text(header.Key, header.GetValueBytes()))
                        )
                    )
                );
            }
        }
        return [.. all.OrderBy(record => record.Partition).ThenBy(record => record.Offset)];
    }

    private static unsafe List<Seen> ByFetching(string brokers, out string? refused)
    {
        using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = brokers }).Build();
        using var fetch = new DirectFetch(
            () => TopicLeaders.Of(Topic, admin, TimeSpan.FromSeconds(20)),
            "itests",
            Topic,
            TimeProvider.System
        );
        using var decompressed = new Decompressed();
        var reader = new RecordSetReader(decompressed);
        FetchedPartition[] partitions = [.. Enumerable.Range(0, 3).Select(partition => fetch.Add(partition, 0))];
        var all = new List<Seen>();
        refused = null;
        for (
            int i = 0;
            i < 5_000
                && refused == null
                && !partitions.All(partition =>
                    partition.LastStable >= 0 && partition.Position >= partition.LastStable
                );
            i++
        )
        {
            fetch.TryTake(50, out ReadOnlySpan<PartitionData> answered);
            foreach (PartitionData data in answered)
            {
                reader.Begin(data.Records, data.RecordsLength, data.From, data.Aborted, data.AbortedCount);
                while (reader.TryNext(out WireRecord record))
                {
                    string headers = "";
                    var each = new RecordHeaders(record.Headers, record.HeadersLength);
                    while (each.TryNext())
                    {
                        headers += Text(Encoding.UTF8.GetString(each.Name), Copy(each.Value, each.ValueLength));
                    }

                    all.Add(
                        Of(
                            data.Partition.Number,
                            record.Offset,
                            record.Timestamp,
                            Copy(record.Key, record.KeyLength),
                            Copy(record.Value, record.ValueLength),
                            headers
                        )
                    );
                }
                decompressed.Clear();
            }
            if (fetch.TryTakeRefused(out _, out string why))
            {
                refused = why;
            }
        }
        return [.. all.OrderBy(record => record.Partition).ThenBy(record => record.Offset)];
    }

    private static unsafe byte[]? Copy(byte* at, int length) =>
        at == null ? null : new ReadOnlySpan<byte>(at, length).ToArray();

    private static Seen Of(int partition, long offset, long timestamp, byte[]? key, byte[]? value, string headers)
    {
        var hash = new HashCode();
        if (value != null)
        {
            hash.AddBytes(value);
        }

        return new Seen(
            partition,
            offset,
            timestamp,
            key == null ? null : Encoding.UTF8.GetString(key),
            value?.Length ?? -1,
            hash.ToHashCode(),
            headers
        );
    }

    private static string Text(string name, byte[]? value) =>
        $"{name}={(value == null ? "null" : Convert.ToHexString(value))};";

    private static void SendAll(string brokers, CompressionType compression, IEnumerable<LiveRecord> records)
    {
        using IProducer<byte[], byte[]> producer = Producer(brokers, compression, null);
        foreach (LiveRecord record in records)
        {
            producer.Produce(
                record.Topic,
                new Message<byte[], byte[]>
                {
                    Key = Encoding.UTF8.GetBytes(record.Key!),
                    Value = record.Value!,
                    Timestamp = record.Timestamp is { } time ? new Timestamp(time, TimestampType.CreateTime) : default,
                }
            );
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(30)));
    }
}
