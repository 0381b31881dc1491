using System.Runtime.InteropServices;
using Confluent.Kafka;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Librdkafka;
using Engine.Pipeline.Consume.Logs;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Consume;

/// <summary>A follower knows how recently it had read its topic to the end, on librdkafka's test cluster.</summary>
public sealed class TopicFollowerTests : IDisposable
{
    private const string Topic = "followed";
    private const int Partitions = 3,
        Broker = 1;

    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(2),
        Within = TimeSpan.FromSeconds(20);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly nint _cluster;
    private readonly KafkaTarget _kafka;

    public TopicFollowerTests()
    {
        _producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig(new Dictionary<string, string> { ["test.mock.num.brokers"] = "1" })
        )
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
        _cluster = LibrdkafkaNative.MockClusterOf(LibrdkafkaNative.HandleOf(_producer));
        Assert.Equal(0, LibrdkafkaNative.MockTopicCreate(_cluster, Topic, Partitions, 1));
        _kafka = new KafkaTarget(Brokers(_cluster), new Dictionary<string, string>());
    }

    [Fact]
    public async Task It_is_fresh_once_all_is_read_and_stale_while_the_broker_is_away()
    {
        int taken = 0;
        Send(0);
        using var follower = new TopicFollower(
            _kafka,
            Topic,
            _ => Interlocked.Increment(ref taken),
            TimeProvider.System,
            watchesEnd: true
        );
        Assert.Equal(TimeSpan.MaxValue, follower.Age);
        follower.Start();
        await UntilAsync("all is read", () => follower.Age < Recent);
        Assert.Equal(1, taken);

        SetBroker("down");
        await UntilAsync("it is stale", () => follower.Age > Recent);
        SetBroker("up");
        await UntilAsync("it is fresh again", () => follower.Age < Recent);
        Send(2);
        await UntilAsync("the record is read", () => Volatile.Read(ref taken) == 2);
    }

    private static unsafe string Brokers(nint cluster) =>
        Marshal.PtrToStringUTF8((nint)LibrdkafkaNative.MockBootstraps(cluster))!;

    private static Task UntilAsync(string what, Func<bool> isSo) =>
        LiveWait.UntilAsync(what, () => Task.FromResult(isSo()), Within);

    private void Send(int partition)
    {
        _producer.Produce(new TopicPartition(Topic, partition), new Message<byte[], byte[]> { Value = [1] });
        _producer.Flush(Within);
    }

    /// <summary>Calls <c>rd_kafka_mock_broker_set_down</c> or <c>rd_kafka_mock_broker_set_up</c>.</summary>
    private unsafe void SetBroker(string to)
    {
        var set = (delegate* unmanaged<nint, int, int>)
            NativeLibrary.GetExport(
                NativeLibrary.Load(LibrdkafkaNative.LoadedPath()),
                $"rd_kafka_mock_broker_set_{to}"
            );
        Assert.Equal(0, set(_cluster, Broker));
    }

    public void Dispose() => _producer.Dispose();
}
