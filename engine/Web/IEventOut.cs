using System.Text;
using Confluent.Kafka;
using Engine.Partitions.Kafka;

namespace Engine.Web;

/// <summary>Sends events from the HTTP endpoints.</summary>
public interface IEventOut
{
    /// <summary>Sends an event, and completes with its offset when Kafka acknowledges it. Throws
    /// <see cref="EventNotTakenException"/> at once if the event can't be accepted.</summary>
    /// <param name="topic">The topic's documented name.</param>
    Task<long> SendAsync(
        string topic,
        string key,
        byte[] value,
        params IReadOnlyList<(string Name, string Value)> headers
    );

    /// <summary>The number of partitions of a topic.</summary>
    int PartitionsOf(string topic);
}

/// <summary>An event can't be sent now; the message says why.</summary>
public sealed class EventNotTakenException(string why) : Exception(why);

/// <summary>Sends events to Kafka through a separate producer, so requests don't queue behind dead letters.
/// Thread-safe.</summary>
public sealed class KafkaEventOut : IEventOut, IDisposable
{
    private static readonly TimeSpan FlushWithin = TimeSpan.FromSeconds(10),
        MetadataWithin = TimeSpan.FromSeconds(10),
        MetadataFor = TimeSpan.FromSeconds(60);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly IAdminClient _admin;
    private readonly TimeProvider _clock;
    private readonly Action<string> _failed;
    private readonly Dictionary<string, (long At, int Count)> _partitions = [];

    /// <param name="failed">Called with the topic and error of an event that can't be sent at all.</param>
    public KafkaEventOut(KafkaTarget kafka, TimeProvider clock, Action<string> failed)
    {
        _clock = clock;
        _failed = failed;
        _producer = new ProducerBuilder<byte[], byte[]>(
            kafka.Apply(
                new ProducerConfig
                {
                    Acks = Acks.All,
                    EnableIdempotence = true,
                    LingerMs = 1,
                    Partitioner = Partitioner.Murmur2Random,
                    // An answered request must be counted, so wait for an unavailable broker until the queue is full.
                    MessageTimeoutMs = 0,
                    ClientId = "engine-http",
                }
            )
        ).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        _admin = new DependentAdminClientBuilder(_producer.Handle).Build();
    }

    public Task<long> SendAsync(
        string topic,
        string key,
        byte[] value,
        params IReadOnlyList<(string Name, string Value)> headers
    )
    {
        var message = new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(key),
            Value = value,
            Headers = [],
        };
        foreach ((string name, string text) in headers)
        {
            message.Headers.Add(name, Encoding.UTF8.GetBytes(text));
        }

        var sent = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _producer.Produce(topic, message, report =>
            {
                if (!report.Error.IsError)
                {
                    sent.SetResult(report.Offset.Value);
                    return;
                }
                _failed($"{topic}: {report.Error.Reason}");
                sent.SetException(new EventNotTakenException(report.Error.Reason));
                // Marks the exception as observed for callers that don't wait.
                _ = sent.Task.Exception;
            });
        }
        catch (ProduceException<byte[], byte[]> e)
        {
            throw new EventNotTakenException(e.Error.Reason);
        }
        return sent.Task;
    }

    public int PartitionsOf(string topic)
    {
        lock (_partitions)
        {
            if (
                _partitions.TryGetValue(topic, out (long At, int Count) known)
                && _clock.GetElapsedTime(known.At) < MetadataFor
            )
            {
                return known.Count;
            }

            int count = _admin.GetMetadata(topic, MetadataWithin).Topics.Single().Partitions.Count;
            _partitions[topic] = (_clock.GetTimestamp(), count);
            return count;
        }
    }

    public void Dispose()
    {
        _producer.Flush(FlushWithin);
        _admin.Dispose();
        _producer.Dispose();
    }
}
