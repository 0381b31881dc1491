using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Engine.Client.Checks;
using Engine.Contracts.Events;

namespace Engine.Client;

/// <summary>Sends events to their topics, under their keys, in the given order, each exactly once. Uses librdkafka's
/// idempotent producer with acknowledgement by all replicas, and partitions like Java clients. One instance per process
/// is enough: it is thread-safe, and keeps the order of each caller's events. Dispose it to send events that are still
/// in flight.</summary>
public sealed class EventPublisher : IAsyncDisposable, IDisposable
{
    private static readonly Headers ProtobufHeaders = [new Header("content-type", "application/protobuf"u8.ToArray())];

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly Action<DeliveryReport<byte[], byte[]>> _reported;
    private readonly SemaphoreSlim _room;
    private readonly int _maxUnderWay;
    private readonly string _kafka;
    private readonly EventCatalog _events;
    private long _acknowledged,
        _failed;
    private volatile string? _lastFailure;
    private volatile string? _lastError;
    private bool _disposed;

    /// <summary>Creates a publisher. It connects when the first record is sent, so the brokers may be down.</summary>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="PublisherOptions.MaxUnderWay"/> is below
    /// 1.</exception>
    /// <exception cref="InvalidOperationException">librdkafka rejects a setting.</exception>
    public EventPublisher(PublisherOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxUnderWay, 1);
        _kafka = options.Kafka;
        _events = options.Events;
        _maxUnderWay = options.MaxUnderWay;
        _room = new SemaphoreSlim(options.MaxUnderWay);
        _reported = report => Report(report, null);
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
            .SetLogHandler((_, _) => { }) // relevant errors reach the caller
            .Build();
    }

    /// <summary>The number of records that the brokers have acknowledged.</summary>
    public long AcknowledgedCount => Interlocked.Read(ref _acknowledged);

    /// <summary>The number of records that have failed.</summary>
    public long FailedCount => Interlocked.Read(ref _failed);

    /// <summary>The message of the latest failure, or null.</summary>
    public string? LastFailure => _lastFailure;

    /// <summary>Checks an event against the contract, determines its topic and key, sends it, and returns once the
    /// brokers have acknowledged it.</summary>
    /// <param name="json">One event in JSON, at most 256 KiB. Don't modify the buffer until the event is
    /// acknowledged.</param>
    /// <param name="timestampMs">The record's timestamp in milliseconds since the Unix epoch, or null for this
    /// machine's clock. Topics with <c>LogAppendTime</c> ignore it.</param>
    /// <param name="cancel">Ends the wait; the event may still be sent.</param>
    /// <exception cref="EventRefusedException">The event violates the contract, and nothing was sent. Thrown
    /// synchronously, not through the task.</exception>
    /// <exception cref="NotAcknowledgedException">The brokers didn't acknowledge the event in time, or rejected
    /// it.</exception>
    public Task<Acknowledged> PublishAsync(
        ReadOnlyMemory<byte> json,
        long? timestampMs = null,
        CancellationToken cancel = default
    )
    {
        CheckedEvent found = Checks.EventCheck.Inspect(json.Span, _events);
        if (found.Reason is not null)
        {
            throw new EventRefusedException(found, Refusal.InWords(found, json.Span));
        }

        return SendAsync(new OutgoingRecord(found.Topic!, found.Key!, json, timestampMs), cancel);
    }

    /// <summary>Sends a record without checking it, and returns once the brokers have acknowledged it. The caller
    /// supplies the topic and key.</summary>
    /// <param name="record">The record.</param>
    /// <param name="cancel">Ends the wait; the record may still be sent.</param>
    /// <exception cref="NotAcknowledgedException">The brokers didn't acknowledge the record in time, or rejected
    /// it.</exception>
    public async Task<Acknowledged> SendAsync(OutgoingRecord record, CancellationToken cancel = default)
    {
        var done = new TaskCompletionSource<Acknowledged>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _room.WaitAsync(cancel).ConfigureAwait(false);
        Produce(record, done);
        return await done.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Sends a record without checking it and without waiting for its acknowledgement. Waits only while <see
    /// cref="PublisherOptions.MaxUnderWay"/> records are in flight. <see cref="FailedCount"/> and <see
    /// cref="LastFailure"/> report failures; <see cref="DrainAsync"/> waits for all records.</summary>
    /// <param name="record">The record.</param>
    /// <param name="acknowledged">Called with the record's place on librdkafka's thread; it must return
    /// quickly.</param>
    /// <param name="cancel">Ends the wait for room; the record is then not sent.</param>
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

    /// <summary>Waits until every record sent so far is acknowledged or has failed.</summary>
    /// <param name="cancel">Ends the wait.</param>
    public async Task DrainAsync(CancellationToken cancel = default)
    {
        // If all slots are free, nothing is in flight; taking them keeps other callers from adding meanwhile.
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
            _producer.Produce(record.Topic, Message(record), waiting is null ? _reported : Reporting(waiting));
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
                new NotAcknowledgedException($"Kafka at {_kafka} didn't accept the event: {_lastFailure}.", false)
            );
        }
    }

    /// <summary>A method of its own, so that only records that somebody waits for allocate the delegate.</summary>
    private Action<DeliveryReport<byte[], byte[]>> Reporting(object waiting) => report => Report(report, waiting);

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
                    new NotAcknowledgedException($"Kafka at {_kafka} didn't accept the event: {_lastFailure}.", away)
                );
            }
        }
        _room.Release();
    }

    /// <summary>Sends records in flight, for at most 30 s.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        await Task.Run(Dispose).ConfigureAwait(false);
    }

    /// <summary>Sends records in flight, for at most 30 s.</summary>
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
