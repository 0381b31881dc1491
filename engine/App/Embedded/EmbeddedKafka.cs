using System.Runtime.InteropServices;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Consume.Librdkafka;

namespace Engine.App.Embedded;

/// <summary>librdkafka's in-process test cluster: enough of Kafka for a first look and for tests, with real clients, an
/// instant start and no server. It uses about 5 MiB per partition and doesn't support CreateTopics, so topics are
/// created here in advance.</summary>
public sealed unsafe class EmbeddedKafka : IDisposable
{
    /// <summary>How long a new group waits for further members: long enough for the lanes of one process. The test
    /// cluster's default of 3 s suits members that start one by one.</summary>
    private static readonly TimeSpan GroupDelay = TimeSpan.FromMilliseconds(500);

    private readonly IProducer<Null, Null> _host;
    private readonly nint _cluster;

    /// <param name="partitions">The number of partitions of every topic but <c>settings</c>.</param>
    /// <param name="topics">The topics that producers write to.</param>
    /// <param name="prefix">The prefix of a second group, whose own topics are created too.</param>
    public EmbeddedKafka(int partitions, IReadOnlyList<string> topics, string prefix = "")
    {
        _host = new ProducerBuilder<Null, Null>(
            new ProducerConfig(
                new Dictionary<string, string> { ["test.mock.num.brokers"] = "1", ["client.id"] = "engine-embedded" }
            )
        )
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
        _cluster = LibrdkafkaNative.MockClusterOf(LibrdkafkaNative.HandleOf(_host));
        if (_cluster == 0)
        {
            throw new NotSupportedException("this librdkafka has no test cluster; give a broker with --kafka");
        }

        LibrdkafkaNative.MockGroupDelay(_cluster, (int)GroupDelay.TotalMilliseconds);
        Brokers = Marshal.PtrToStringUTF8((nint)LibrdkafkaNative.MockBootstraps(_cluster))!;
        foreach (string topic in topics)
        {
            Create(topic, partitions);
        }

        Create(Topics.Settings, 1);
        foreach (string topicPrefix in prefix.Length > 0 ? new[] { "", prefix } : [""])
        {
            foreach (
                string topic in new[]
                {
                    Topics.PathSignatures,
                    Topics.Standings,
                    Topics.Marks,
                    Topics.Notifications,
                    Topics.Verdicts,
                    Topics.DeadLetters,
                }
            )
            {
                Create(topicPrefix + topic, partitions);
            }
        }
    }

    /// <summary>The address, <c>host:port</c>, for clients in this and other processes.</summary>
    public string Brokers { get; }

    private void Create(string topic, int partitions)
    {
        int error = LibrdkafkaNative.MockTopicCreate(_cluster, topic, partitions, 1);
        if (error != 0)
        {
            throw new InvalidOperationException($"the test cluster didn't create the topic '{topic}': error {error}");
        }
    }

    public void Dispose() => _host.Dispose();
}
