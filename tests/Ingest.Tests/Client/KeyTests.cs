using System.Text;
using Confluent.Kafka;
using Engine.Client;
using Engine.Client.Checks;
using Engine.Client.Provisioning;
using Engine.Workflows;
using Ingest.Tests.Rig;
using Xunit;

namespace Ingest.Tests.Client;

public class KeyTests
{
    private const string Click =
        """{"type":"click","id":"c-1","time":1763769600123,"ip":"203.0.113.9","publisher":"p","campaign":"c"}""";

    // The vectors of Kafka's own UtilsTest.
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Murmur2_is_the_one_of_Javas_clients(string key, int hash) =>
        Assert.Equal(hash, Murmur2.Hash(Encoding.UTF8.GetBytes(key)));

    [Theory]
    [InlineData(Click, "interactions", "203.0.113.0/24")]
    [InlineData(
        """{"type":"cursor-path","click":"c","time":1,"ip":"2001:db8:1:2345::1","points":[[0,1,1]]}""",
        "interactions",
        "2001:db8:1:2300::/56"
    )]
    [InlineData(
        """{"type":"confirmation","click":"c","time":1,"ip":"::ffff:10.1.2.3","outcome":"missed"}""",
        "interactions",
        "10.1.2.0/24"
    )]
    [InlineData(
        """{"type":"content-request","id":"r","time":1,"sponsor":"sp-1","unit":"news/front","sizes":[[1,2]]}""",
        "content-requests",
        "sp-1"
    )]
    [InlineData(
        """{"type":"binding","id":"b","time":1,"page":"poster-7","code":"x","account":"a"}""",
        "bindings",
        "poster-7"
    )]
    [InlineData(
        """{"type":"process-started","process":"p","instance":"rr-81","time":1,"context":{"tier":"gold"}}""",
        "processes",
        "rr-81"
    )]
    [InlineData(
        """{"type":"process-context","process":"p","instance":"rr-81","time":1,"context":{"tier":null}}""",
        "processes",
        "rr-81"
    )]
    [InlineData("""{"type":"process-finished","process":"p","instance":"rr-81","time":1}""", "processes", "rr-81")]
    [InlineData(
        """{"type":"process-taken","process":"p","instance":"rr-81","time":1,"worker":"w"}""",
        "processes",
        "rr-81"
    )]
    [InlineData("""{"type":"label","click":"c-9","time":1,"valid":false,"source":"analyst"}""", "labels", "c-9")]
    public void Each_type_goes_to_its_topic_under_its_key(string json, string topic, string key)
    {
        CheckedEvent found = EventCheck.Inspect(Encoding.UTF8.GetBytes(json), WorkflowEvents.All);
        Assert.Null(found.Reason);
        Assert.Equal((topic, key), (found.Topic, found.Key));
    }

    [Theory]
    [InlineData("""{"type":"process-context","process":"p","instance":"rr-81","time":1}""", "context")]
    [InlineData("""{"type":"process-taken","process":"p","instance":"rr-81","time":1}""", "worker")]
    [InlineData("""{"type":"process-started","instance":"rr-81","time":1}""", "process")]
    [InlineData("""{"type":"process-finished","process":"p","time":1}""", "instance")]
    public void What_a_process_event_needs_is_asked_for(string json, string field)
    {
        CheckedEvent found = EventCheck.Inspect(Encoding.UTF8.GetBytes(json), WorkflowEvents.All);
        Assert.Equal(("missing-field", field), (found.Reason, found.Detail));
    }

    [Fact]
    public async Task The_producer_lays_events_where_murmur2_says()
    {
        using var cluster = new InProcessCluster();
        await using var publisher = new EventPublisher(new PublisherOptions { Kafka = cluster.Address });
        List<Task<Acknowledged>> sent = [];
        List<int> expected = [];
        for (int i = 0; i < 50; i++)
        {
            sent.Add(
                publisher.PublishAsync(
                    Encoding.UTF8.GetBytes(Click.Replace("203.0.113.9", $"203.0.{i}.9")),
                    1_763_769_600_000 + i,
                    TestContext.Current.CancellationToken
                )
            );
            expected.Add(Murmur2.Partition(Encoding.UTF8.GetBytes($"203.0.{i}.0/24"), 4));
        }
        Assert.Equal(expected, (await Task.WhenAll(sent)).Select(where => where.Partition));
        List<ConsumeResult<byte[], byte[]>> read = cluster.Read(50);
        Assert.Equal(50, read.Count);
        Assert.All(read, record =>
            Assert.InRange(record.Message.Timestamp.UnixTimestampMs, 1_763_769_600_000, 1_763_769_600_049)
        );
        Assert.Equal(50, publisher.AcknowledgedCount);
    }

    [Fact]
    public async Task An_event_that_is_none_is_refused_by_the_name_of_its_field()
    {
        await using var publisher = new EventPublisher(new PublisherOptions { Kafka = "127.0.0.1:1" });
        EventRefusedException error = await Assert.ThrowsAsync<EventRefusedException>(() =>
            publisher.PublishAsync(
                Encoding.UTF8.GetBytes(Click.Replace("203.0.113.9", "12")),
                cancel: TestContext.Current.CancellationToken
            )
        );
        Assert.Equal("click c-1: ip '12' isn't an address", error.Message);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_told_of_as_such()
    {
        await using var publisher = new EventPublisher(
            new PublisherOptions { Kafka = "127.0.0.1:1", GiveUpAfter = TimeSpan.FromSeconds(1) }
        );
        NotAcknowledgedException error = await Assert.ThrowsAsync<NotAcknowledgedException>(() =>
            publisher.PublishAsync(Encoding.UTF8.GetBytes(Click), cancel: TestContext.Current.CancellationToken)
        );
        Assert.True(error.BrokerAway);
        Assert.Contains("127.0.0.1:1", error.Message);
    }

    [Fact]
    public async Task A_cluster_that_makes_no_topics_makes_them_when_written_to()
    {
        using var cluster = new InProcessCluster();
        IReadOnlyList<TopicState> states = await new TopicProvisioner(cluster.Address).EnsureAsync(
            ["interactions"],
            TopicTimestamps.CreateTime,
            cancel: TestContext.Current.CancellationToken
        );
        Assert.Equal([new TopicState("interactions", false, null, 0)], states);
    }
}
