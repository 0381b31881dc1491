using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>On librdkafka's test cluster, whose broker refuses what it is told to.</summary>
public sealed class KafkaOutTests : IDisposable
{
    private readonly MockBroker _broker = new();

    [Fact]
    public void A_message_that_Kafka_refuses_is_sent_again_and_counts_only_when_Kafka_has_it()
    {
        _broker.Create(Topics.DeadLetters);
        var failures = new ConcurrentQueue<string>();
        using var output = Output(failures);
        var sent = new DeliveryTracker();
        _broker.Refuse(ErrorCode.TopicAuthorizationFailed, times: 2);

        output.SendPrefixed(sent, Topics.DeadLetters, null, "first"u8.ToArray(), "interactions-0-1-0");
        Wait(() => !failures.IsEmpty);
        Assert.False(sent.IsReached(sent.Count));
        Wait(() => sent.IsReached(sent.Count));

        Assert.Equal(["first"], Values(Topics.DeadLetters, 1));
        Assert.Contains(Topics.DeadLetters, Assert.Single(failures));
    }

    /// <summary>A lane that waited inside a send would leave its group. It looks instead.</summary>
    [Fact]
    public void Sending_never_waits_for_refused_messages_but_says_that_there_are_many()
    {
        const int Count = 11_000;
        _broker.Create(Topics.DeadLetters);
        using var output = Output([]);
        var sent = new DeliveryTracker();
        _broker.Refuse(ErrorCode.TopicAuthorizationFailed, times: 20);
        for (int i = 0; i < Count; i++)
        {
            output.SendPrefixed(sent, Topics.DeadLetters, null, "x"u8.ToArray(), $"interactions-0-{i}-0");
        }

        Wait(() => output.IsCongested);
        Wait(() => sent.IsReached(sent.Count));

        Assert.False(output.IsCongested);
        Assert.Equal(Count, sent.Count);
    }

    public void Dispose() => _broker.Dispose();

    private KafkaOut Output(ConcurrentQueue<string> failures) =>
        new(Target, "", TimeProvider.System) { Failed = failures.Enqueue };

    private KafkaTarget Target => new(_broker.Address, new Dictionary<string, string>());

    private List<string> Values(string topic, int count)
    {
        using IConsumer<Ignore, byte[]> consumer = new ConsumerBuilder<Ignore, byte[]>(
            new ConsumerConfig { BootstrapServers = _broker.Address, GroupId = "reader" }
        ).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        List<string> values = [];
        while (consumer.Consume(TimeSpan.FromSeconds(values.Count < count ? 10 : 1)) is { } record)
        {
            values.Add(Encoding.UTF8.GetString(record.Message.Value));
        }

        return values;
    }

    private static void Wait(Func<bool> holds)
    {
        long since = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(30), "waited in vain");
            Thread.Sleep(10);
        }
    }
}
