using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Engine.Contracts;

namespace Engine.Partitions.Kafka;

/// <summary>Sends the engine's output to Kafka: dead letters, signatures, standings, ticks. There is one per process.
/// Lanes count their messages (<see cref="DeliveryTracker"/>), and progress covers them only when they are
/// acknowledged. Thread-safe.</summary>
public sealed class KafkaOut : IDisposable
{
    /// <summary>The number of refused messages that wait to be sent again; beyond it, nothing more should be
    /// sent.</summary>
    private const int MaxRetrying = 10_000;

    private const string KeysRequired =
        "it refuses ticks, which have no key, so clicks wait for their paths until a later event comes. It is "
        + "compacted, and loses events: set its cleanup.policy to delete";

    private static readonly TimeSpan FlushWithin = TimeSpan.FromSeconds(10),
        QueueFullPoll = TimeSpan.FromMilliseconds(20),
        RetryAfter = TimeSpan.FromMilliseconds(500),
        ReportEvery = TimeSpan.FromSeconds(10);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly ConcurrentDictionary<string, long> _reportedAt = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly string _prefix;
    private readonly TimeProvider _clock;
    private int _retrying;

    public KafkaOut(KafkaTarget kafka, string prefix, TimeProvider clock)
    {
        (_prefix, _clock) = (prefix, clock);
        _producer = new ProducerBuilder<byte[], byte[]>(
            kafka.Apply(
                new ProducerConfig
                {
                    Acks = Acks.All,
                    EnableIdempotence = true,
                    LingerMs = 5,
                    // The brokers' default; larger messages are cut short.
                    MessageMaxBytes = 1024 * 1024,
                    Partitioner = Confluent.Kafka.Partitioner.Murmur2Random,
                    // Waits for an unavailable broker instead of giving up; progress waits, too.
                    MessageTimeoutMs = 0,
                    // Ticks go to new partitions, too.
                    TopicMetadataRefreshIntervalMs = (int)KafkaClients.LookForPartitionsEvery.TotalMilliseconds,
                    ClientId = "engine",
                }
            )
        ).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>Called with a topic and an error if Kafka refuses a message, at most every 10 s per topic. Set by the
    /// host.</summary>
    public Action<string>? Failed { get; set; }

    /// <summary>Whether so many refused messages wait to be sent again that senders should read no more until some of
    /// them are taken. Sending itself doesn't wait: a lane that waits must serve its group meanwhile.</summary>
    public bool IsCongested => Volatile.Read(ref _retrying) > MaxRetrying;

    /// <summary>Waits while it is congested, or until the process ends: for senders that have no group to
    /// serve.</summary>
    public void WaitForRoom()
    {
        while (IsCongested && !_stop.IsCancellationRequested)
        {
            _stop.Token.WaitHandle.WaitOne(QueueFullPoll);
        }
    }

    /// <summary>Sends to a topic whose name gets the group's prefix.</summary>
    public void SendPrefixed(
        DeliveryTracker sent,
        string topic,
        byte[]? key,
        byte[]? value,
        string id,
        Headers? headers = null
    )
    {
        headers ??= [];
        headers.Add("id", Encoding.ASCII.GetBytes(id));
        Send(
            sent,
            new TopicPartition(_prefix + topic, Partition.Any),
            new Message<byte[], byte[]>
            {
                Key = key!,
                Value = value!,
                Headers = headers,
            }
        );
    }

    /// <summary>Sends an event of our own to a topic that all groups share.</summary>
    public void SendUnprefixed(DeliveryTracker sent, string topic, byte[] key, byte[] value, string id) =>
        Send(
            sent,
            new TopicPartition(topic, Partition.Any),
            new Message<byte[], byte[]>
            {
                Key = key,
                Value = value,
                Headers = [new Header("id", Encoding.ASCII.GetBytes(id))],
            }
        );

    /// <summary>Sends a sum. It needs no id, as of two sums the one that covers more wins.</summary>
    public void Standing(DeliveryTracker sent, string key, byte[] value) =>
        Send(
            sent,
            new TopicPartition(_prefix + Topics.Standings, Partition.Any),
            new Message<byte[], byte[]> { Key = Encoding.ASCII.GetBytes(key), Value = value }
        );

    /// <summary>Sends a mark. Its place in the log counts, so it needs no id.</summary>
    public void Mark(DeliveryTracker sent, byte[] key, byte[] value) =>
        Send(
            sent,
            new TopicPartition(_prefix + Topics.Marks, Partition.Any),
            new Message<byte[], byte[]> { Key = key, Value = value }
        );

    /// <summary>Sends a tick to a partition, stamped with its log time.</summary>
    public void Tick(DeliveryTracker sent, string topic, int partition, long logTime) =>
        Send(
            sent,
            new TopicPartition(topic, partition),
            new Message<byte[], byte[]>
            {
                Value = Contracts.Tick.Json.ToArray(),
                Timestamp = new Timestamp(logTime, TimestampType.CreateTime),
            },
            // The next tick replaces it.
            canBeLost: true
        );

    private void Send(DeliveryTracker sent, TopicPartition to, Message<byte[], byte[]> message, bool canBeLost = false)
    {
        sent.Sent++;
        Produce(sent, to, message, canBeLost);
    }

    private void Produce(DeliveryTracker sent, TopicPartition to, Message<byte[], byte[]> message, bool canBeLost)
    {
        void Ended(Error error)
        {
            if (error.IsError)
            {
                // Ticks, which alone can be lost, have no key.
                bool isKeyMissing = canBeLost && error.Code == ErrorCode.InvalidRecord;
                Report(to.Topic, isKeyMissing ? KeysRequired : error.Reason);
            }

            if (error.IsFatal)
            {
                sent.Fail(new KafkaException(error));
            }
            else if (!error.IsError || canBeLost || error.Code == ErrorCode.MsgSizeTooLarge)
            {
                Interlocked.Increment(ref sent.Acknowledged);
            }
            else
            {
                _ = RetryAsync(sent, to, message);
            }
        }
        while (true)
        {
            try
            {
                _producer.Produce(to, message, report =>
                {
                    // The callback's thread makes room in the queue, so it must not wait for room itself.
                    if (report.Error.Code == ErrorCode.MsgSizeTooLarge && ShortenedMessage.Shorten(message))
                    {
                        _ = Task.Run(() => Produce(sent, to, message, canBeLost));
                    }
                    else
                    {
                        Ended(report.Error);
                    }
                });
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.MsgSizeTooLarge)
            {
                if (ShortenedMessage.Shorten(message))
                {
                    continue;
                }

                Ended(e.Error);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                _producer.Poll(QueueFullPoll);
            }
            catch (ProduceException<byte[], byte[]> e)
            {
                Ended(e.Error);
                return;
            }
        }
    }

    /// <summary>Sends a refused message again after a pause: a topic that was deleted comes back, an ACL is mended. It
    /// counts as acknowledged only when Kafka has it, so progress waits.</summary>
    private async Task RetryAsync(DeliveryTracker sent, TopicPartition to, Message<byte[], byte[]> message)
    {
        Interlocked.Increment(ref _retrying);
        try
        {
            await Task.Delay(RetryAfter, _clock, _stop.Token).ConfigureAwait(false);
            Produce(sent, to, message, canBeLost: false);
        }
        catch (OperationCanceledException)
        {
            // Never acknowledged: the next owner decides the record again.
        }
        finally
        {
            Interlocked.Decrement(ref _retrying);
        }
    }

    private void Report(string topic, string why)
    {
        long now = _clock.GetTimestamp();
        if (_reportedAt.TryGetValue(topic, out long reportedAt) && _clock.GetElapsedTime(reportedAt, now) < ReportEvery)
        {
            return;
        }

        _reportedAt[topic] = now;
        Failed?.Invoke($"{topic}: {why}");
    }

    /// <summary>Waits until all messages are acknowledged or the time limit passes.</summary>
    public void Dispose()
    {
        _producer.Flush(FlushWithin);
        _stop.Cancel();
        _producer.Dispose();
        _stop.Dispose();
    }
}
