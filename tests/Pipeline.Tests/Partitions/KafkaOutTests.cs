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

    [Fact]
    public void A_compacted_topic_that_refuses_ticks_is_named_with_a_remedy()
    {
        _broker.Create(Topics.Interactions);
        var failures = new ConcurrentQueue<string>();
        using var output = Output(failures);
        var sent = new DeliveryTracker();
        _broker.Refuse(ErrorCode.InvalidRecord, times: 1);

        output.Tick(sent, Topics.Interactions, 0, logTime: 1_763_769_600_000);
        Wait(() => sent.IsReached(sent.Count));

        string failure = Assert.Single(failures);
        Assert.StartsWith("interactions: ", failure);
        Assert.Contains("cleanup.policy", failure);
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

    public static TheoryData<string, int, int, int, int, string> TooLarge =>
        new()
        {
            { "value", 1_200_000, 3, 1, 10, "1200000" },
            { "header", 4, 3, 1, 1_200_000, "header big 1200000" },
            { "key", 4, 1_200_000, 1, 10, "key 1200000" },
            { "many headers", 4, 3, 30_000, 50, "headers 30000" },
            { "all", 1_200_000, 1_200_000, 1, 1_200_000, "1200000; key 1200000; header big 1200000" },
        };

    [Theory]
    [MemberData(nameof(TooLarge))]
    public void A_message_that_is_too_large_is_cut_short_and_says_so(
        string what,
        int value,
        int key,
        int headers,
        int header,
        string said
    )
    {
        _broker.Create(Topics.DeadLetters);
        using var output = Output([]);
        var sent = new DeliveryTracker();
        var all = new Headers();
        for (int i = 0; i < headers; i++)
        {
            all.Add("big", new byte[header]);
        }

        all.Add("error.reason", "malformed"u8.ToArray());
        output.SendPrefixed(sent, Topics.DeadLetters, new byte[key], new byte[value], "interactions-0-1-0", all);
        Wait(() => sent.IsReached(sent.Count));

        Message<byte[], byte[]> letter = Assert.Single(Messages(Topics.DeadLetters, 1));
        string Header(string name) => Encoding.UTF8.GetString(letter.Headers.GetLastBytes(name));
        Assert.Equal((what, said), (what, Header("error.truncated")));
        Assert.Equal(("malformed", "interactions-0-1-0"), (Header("error.reason"), Header("id")));
        Assert.Equal(value < 1000, letter.Value.Length == value);
        Assert.Equal(key < 1000, letter.Key.Length == key);
    }

    public void Dispose() => _broker.Dispose();

    private KafkaOut Output(ConcurrentQueue<string> failures) =>
        new(Target, "", TimeProvider.System) { Failed = failures.Enqueue };

    private KafkaTarget Target => new(_broker.Address, new Dictionary<string, string>());

    private List<string> Values(string topic, int count) =>
        Messages(topic, count).ConvertAll(message => Encoding.UTF8.GetString(message.Value));

    private List<Message<byte[], byte[]>> Messages(string topic, int count)
    {
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = _broker.Address, GroupId = "reader" }
        ).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        List<Message<byte[], byte[]>> messages = [];
        while (consumer.Consume(TimeSpan.FromSeconds(messages.Count < count ? 10 : 1)) is { } record)
        {
            messages.Add(record.Message);
        }

        return messages;
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
