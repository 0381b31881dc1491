using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Engine.Contracts.Events;

namespace Ingest.Publishing;

/// <summary>
/// Sends events to their topics, under their keys, in the order given, each once: librdkafka's idempotent producer,
/// acknowledged by all replicas, partitioned as Java's clients do. Safe for many threads; order holds among the events
/// of one caller. Dispose to send what is still under way.
/// </summary>
public sealed class EventPublisher : IAsyncDisposable, IDisposable
{
    private static readonly Headers ProtobufHeaders = [new Header("content-type", "application/protobuf"u8.ToArray())];

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly SemaphoreSlim _room;
    private readonly int _maxUnderWay;
    private readonly string _kafka;
    private readonly EventCatalog _events;
    private long _acknowledged,
        _failed;
    private volatile string? _lastFailure;
    private volatile string? _lastError;
    private bool _disposed;

    /// <summary>Connects when the first record is sent; never throws for a broker that is away.</summary>
    public EventPublisher(PublisherOptions options)
    {
        _kafka = options.Kafka;
        _events = options.Events;
        _maxUnderWay = options.MaxUnderWay;
        _room = new SemaphoreSlim(options.MaxUnderWay);
        var config = new ProducerConfig
        {
            BootstrapServers = options.Kafka,
            ClientId = options.ClientId,
            Partitioner = Partitioner.Murmur2Random,
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = options.Linger.TotalMilliseconds,
            MessageTimeoutMs = (int)options.GiveUpAfter.TotalMilliseconds,
            CompressionType = CompressionType.Lz4,
            QueueBufferingMaxMessages = options.MaxUnderWay + 1,
            EnableDeliveryReports = true,
            DeliveryReportFields = "none",
            AllowAutoCreateTopics = true,
        };
        foreach ((string name, string value) in options.Extra)
        {
            config.Set(name, value);
        }

        _producer = new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => _lastError = error.Reason)
            .SetLogHandler((_, _) => { }) // what matters reaches the caller as an error
            .Build();
    }

    /// <summary>Records that the broker has acknowledged.</summary>
    public long AcknowledgedCount => Interlocked.Read(ref _acknowledged);

    /// <summary>Records that the broker did not take.</summary>
    public long FailedCount => Interlocked.Read(ref _failed);

    /// <summary>The newest failure in words, or null.</summary>
    public string? LastFailure => _lastFailure;

    /// <summary>The handle, for an <see cref="TopicMaker"/> on the same connection.</summary>
    internal Handle Handle => _producer.Handle;

    /// <summary>
    /// Finds an event's topic and key, sends it and waits until the broker has it. The event is held against the
    /// contract first.
    /// </summary>
    /// <param name="json">One event, encoded in JSON.</param>
    /// <param name="timestampMs">The record's timestamp; null for now. Topics with LogAppendTime put their own.</param>
    /// <exception cref="EventRefusedException">The event is no event of the contract; the message names the
    /// field.</exception>
    /// <exception cref="NotAcknowledgedException">The broker didn't take it.</exception>
    public Task<Acknowledged> PublishAsync(
        ReadOnlyMemory<byte> json,
        long? timestampMs = null,
        CancellationToken cancel = default
    )
    {
        CheckedEvent found = EventCheck.Inspect(json.Span, _events);
        if (found.Reason is not null)
        {
            throw new EventRefusedException(found, Refusal.InWords(found, json.Span));
        }

        return SendAsync(new OutgoingRecord(found.Topic!, found.Key!, json, timestampMs), cancel);
    }

    /// <summary>
    /// Sends a record whose topic and key are known and waits until the broker has it. The value is not looked at.
    /// </summary>
    public async Task<Acknowledged> SendAsync(OutgoingRecord record, CancellationToken cancel = default)
    {
        var done = new TaskCompletionSource<Acknowledged>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _room.WaitAsync(cancel).ConfigureAwait(false);
        Produce(record, done);
        return await done.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends a record without waiting for its acknowledgement; waits only while
    /// <see cref="PublisherOptions.MaxUnderWay"/> are under way. What became of it shows in
    /// <see cref="AcknowledgedCount"/> and <see cref="FailedCount"/>; <see cref="DrainAsync"/> waits for all.
    /// </summary>
    /// <param name="acknowledged">Called on librdkafka's thread with where the record lies: be short.</param>
    public ValueTask EnqueueAsync(
        OutgoingRecord record,
        Action<Acknowledged>? acknowledged = null,
        CancellationToken cancel = default
    )
    {
        if (!_room.Wait(0, CancellationToken.None))
        {
            return Slow(record, acknowledged, cancel);
        }

        Produce(record, acknowledged);
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until everything sent so far is acknowledged or has failed.</summary>
    public async Task DrainAsync(CancellationToken cancel = default)
    {
        // All places free means that nothing is under way; taking them keeps others from adding meanwhile.
        for (int taken = 0; taken < _maxUnderWay; taken++)
        {
            try
            {
                await _room.WaitAsync(cancel).ConfigureAwait(false);
            }
            catch
            {
                if (taken > 0)
                {
                    _room.Release(taken);
                }

                throw;
            }
        }
        _room.Release(_maxUnderWay);
    }

    private async ValueTask Slow(OutgoingRecord record, Action<Acknowledged>? acknowledged, CancellationToken cancel)
    {
        await _room.WaitAsync(cancel).ConfigureAwait(false);
        Produce(record, acknowledged);
    }

    private void Produce(OutgoingRecord record, object? waiting)
    {
        try
        {
            _producer.Produce(record.Topic, Message(record), report => Report(report, waiting));
        }
        catch (Exception error)
        {
            _room.Release();
            Interlocked.Increment(ref _failed);
            _lastFailure = $"topic {record.Topic}, key {record.Key}: {error.Message}";
            if (waiting is not TaskCompletionSource<Acknowledged> done)
            {
                return;
            }

            done.SetException(
                new NotAcknowledgedException($"Kafka at {_kafka} did not take the event: {_lastFailure}.", false)
            );
        }
    }

    private static Message<byte[], byte[]> Message(in OutgoingRecord record)
    {
        byte[] value =
            MemoryMarshal.TryGetArray(record.Value, out ArraySegment<byte> segment)
            && segment.Offset == 0
            && segment.Array!.Length == segment.Count
                ? segment.Array
                : record.Value.ToArray();
        var message = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(record.Key), Value = value };
        if (record.TimestampMs is { } timestamp)
        {
            message.Timestamp = new Timestamp(timestamp, TimestampType.CreateTime);
        }

        if (record.Encoding == EventEncoding.Protobuf)
        {
            message.Headers = ProtobufHeaders;
        }

        return message;
    }

    private void Report(DeliveryReport<byte[], byte[]> report, object? waiting)
    {
        if (!report.Error.IsError)
        {
            Interlocked.Increment(ref _acknowledged);
            var where = new Acknowledged(report.Topic, report.Partition.Value, report.Offset.Value);
            if (waiting is TaskCompletionSource<Acknowledged> done)
            {
                done.SetResult(where);
            }
            else if (waiting is Action<Acknowledged> tell)
            {
                tell(where);
            }
        }
        else
        {
            Interlocked.Increment(ref _failed);
            bool away =
                report.Error.Code
                is ErrorCode.Local_MsgTimedOut
                    or ErrorCode.Local_AllBrokersDown
                    or ErrorCode.Local_Transport
                    or ErrorCode.Local_TimedOut
                    or ErrorCode.Local_PurgeQueue;
            _lastFailure =
                $"topic {report.Topic}: {report.Error.Reason}{(_lastError is null ? "" : $" ({_lastError})")}";
            if (waiting is TaskCompletionSource<Acknowledged> done)
            {
                done.SetException(
                    new NotAcknowledgedException($"Kafka at {_kafka} did not take the event: {_lastFailure}.", away)
                );
            }
        }
        _room.Release();
    }

    /// <summary>Sends what is under way, for 30 s at most.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        await Task.Run(Dispose).ConfigureAwait(false);
    }

    /// <summary>Sends what is under way, for 30 s at most.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _producer.Flush(TimeSpan.FromSeconds(30));
        _producer.Dispose();
        _room.Dispose();
    }
}
