using System.Runtime.InteropServices;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Consume.Librdkafka;

namespace Engine.App.Embedded;

/// <summary>
/// librdkafka's in-process test cluster: enough Kafka for a first look and for tests, with real clients, in no time and
/// without a server. It keeps about 5 MiB a partition and takes no CreateTopics: topics are made here, before anyone
/// asks.
/// </summary>
public sealed unsafe class EmbeddedKafka : IDisposable
{
    /// <summary>
    /// How long a new group waits for further members: the lanes of one process come within it. The test cluster's
    /// default of 3 s is for members that start one by one.
    /// </summary>
    private static readonly TimeSpan GroupDelay = TimeSpan.FromMilliseconds(500);

    private readonly IProducer<Null, Null> _host;
    private readonly nint _cluster;

    /// <param name="partitions">Of every topic but <c>settings</c>.</param>
    /// <param name="topics">What producers write to.</param>
    /// <param name="prefix">Of a second group, whose own topics are made too.</param>
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
            throw new NotSupportedException("this librdkafka has no test cluster; name a broker with --kafka");
        }

        LibrdkafkaNative.MockGroupDelay(_cluster, (int)GroupDelay.TotalMilliseconds);
        Brokers = Marshal.PtrToStringUTF8((nint)LibrdkafkaNative.MockBootstraps(_cluster))!;
        foreach (string topic in topics)
        {
            Make(topic, partitions);
        }

        Make(Topics.Settings, 1);
        foreach (string before in prefix.Length > 0 ? new[] { "", prefix } : [""])
        {
            foreach (
                string topic in new[]
                {
                    Topics.PathSignatures,
                    Topics.Standings,
                    Topics.Notifications,
                    Topics.Verdicts,
                    Topics.DeadLetters,
                }
            )
            {
                Make(before + topic, partitions);
            }
        }
    }

    /// <summary><c>host:port</c>, for clients of this and of other processes.</summary>
    public string Brokers { get; }

    private void Make(string topic, int partitions)
    {
        int error = LibrdkafkaNative.MockTopicCreate(_cluster, topic, partitions, 1);
        if (error != 0)
        {
            throw new InvalidOperationException($"the test cluster didn't make the topic '{topic}': error {error}");
        }
    }

    public void Dispose() => _host.Dispose();
}
