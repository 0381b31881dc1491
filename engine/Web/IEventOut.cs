using System.Text;
using Confluent.Kafka;
using Engine.Partitions.Kafka;

namespace Engine.Web;

/// <summary>Where the HTTP ends send events to.</summary>
public interface IEventOut
{
    /// <summary>
    /// Takes an event over, and ends when the log has it. Throws <see cref="EventNotTakenException"/> at once where it
    /// can't be taken over.
    /// </summary>
    /// <param name="topic">As the contract names it.</param>
    Task SendAsync(string topic, string key, byte[] value, params IReadOnlyList<(string Name, string Value)> headers);

    /// <summary>How many partitions a topic has.</summary>
    int PartitionsOf(string topic);
}

/// <summary>An event that can't be sent now: why.</summary>
public sealed class EventNotTakenException(string why) : Exception(why);

/// <summary>
/// Events to Kafka, through a producer of their own: what waits for an answer shouldn't stand behind an engine's dead
/// letters. Any thread.
/// </summary>
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

    /// <param name="failed">Told of what can't be sent at all.</param>
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
                    // What was answered must be counted: a broker that is away is waited for, until the queue is full.
                    MessageTimeoutMs = 0,
                    ClientId = "engine-http",
                }
            )
        ).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        _admin = new DependentAdminClientBuilder(_producer.Handle).Build();
    }

    public Task SendAsync(
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

        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _producer.Produce(topic, message, report =>
            {
                if (!report.Error.IsError)
                {
                    sent.SetResult();
                    return;
                }
                _failed($"{topic}: {report.Error.Reason}");
                sent.SetException(new EventNotTakenException(report.Error.Reason));
                // Who doesn't wait for it was told.
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
