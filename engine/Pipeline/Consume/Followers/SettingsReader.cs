using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Settings;
using Microsoft.Extensions.Logging;

namespace Engine.Pipeline.Consume.Followers;

/// <summary>Follows the topic <c>settings</c> on its own thread and appends versions to the timeline. It queries the
/// topic's end about twice a second, so that lanes know how fresh their settings are.</summary>
public sealed class SettingsReader : IDisposable
{
    private static readonly TopicPartition Partition = new(Topics.Settings, 0);
    private static readonly TimeSpan QueryEvery = TimeSpan.FromMilliseconds(400),
        AnswerWithin = TimeSpan.FromSeconds(5),
        PollFor = TimeSpan.FromMilliseconds(50),
        RetryAfter = TimeSpan.FromMilliseconds(200),
        RetryFileAfter = TimeSpan.FromMilliseconds(500);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly SettingsBuilder _builder;
    private readonly SettingsSnapshot _base;
    private readonly KafkaOut _kafka;
    private readonly DeliveryTracker _sent = new();
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _activationDelay;
    private readonly Thread _thread;
    private readonly Queue<ConsumeResult<byte[], byte[]>> _behind = new();
    private MissingFile? _missing;
    private long _freshAt,
        _logTime;
    private int _refused;

    public SettingsReader(
        KafkaTarget kafka,
        SettingsSnapshot settings,
        SettingsBuilder builder,
        TimeSpan activationDelay,
        KafkaOut output,
        TimeProvider clock,
        ILogger log
    )
    {
        (_base, _builder, _activationDelay, _kafka, _clock, _log) = (
            settings,
            builder,
            activationDelay,
            output,
            clock,
            log
        );
        Timeline = new SettingsTimeline(builder.Build("s-base", settings.Hash), activationDelay);
        _logTime = settings.LogTime;
        _consumer = KafkaClients.Reader(kafka);
        _thread = new Thread(Run) { Name = "settings", IsBackground = true };
    }

    public SettingsTimeline Timeline { get; }

    /// <summary>What is wrong with a file that the settings name, from when they would be in force; null if nothing.
    /// Later versions wait for it, and the settings are stale meanwhile.</summary>
    public string? Missing =>
        Volatile.Read(ref _missing) is { } missing && _clock.GetElapsedTime(missing.Since) >= _activationDelay
            ? missing.What
            : null;

    /// <summary>Whether this instance sends the dead letter of an invalid record: of all that read it, one
    /// should.</summary>
    public required Func<long, bool> IsFirstToRefuse { get; init; }

    /// <summary>The number of records that were invalid.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>The time since the topic was last known to be read to its end.</summary>
    public TimeSpan Age =>
        Volatile.Read(ref _freshAt) is var at and not 0 ? _clock.GetElapsedTime(at) : TimeSpan.MaxValue;

    public bool IsFresh => Age <= _activationDelay;

    public void Start()
    {
        _consumer.Assign(new TopicPartitionOffset(Partition, _base.Offset));
        _thread.Start();
    }

    /// <summary>Reads the topic's records from an offset to its current end.</summary>
    public static IEnumerable<SettingRecord> ReadFrom(KafkaTarget kafka, long offset)
    {
        using IConsumer<byte[], byte[]> consumer = KafkaClients.Reader(kafka);
        long logTime = 0;
        foreach (ConsumeResult<byte[], byte[]> record in PartitionScan.Read(consumer, Partition, offset))
        {
            if (!RecordTime.IsAccepted(record.Message.Timestamp.UnixTimestampMs))
            {
                continue;
            }

            logTime = RecordTime.Advance(logTime, record.Message.Timestamp.UnixTimestampMs);
            yield return new SettingRecord(
                record.Offset.Value,
                logTime,
                Key(record.Message),
                record.Message.Value is { Length: > 0 } value ? Encoding.UTF8.GetString(value) : null
            );
        }
    }

    /// <summary>The offset that the next record will get.</summary>
    public static long End(KafkaTarget kafka)
    {
        using IConsumer<byte[], byte[]> consumer = KafkaClients.Reader(kafka);
        return KafkaClients.Ends(consumer, Partition, AnswerWithin, TimeProvider.System).High.Value;
    }

    private void Run()
    {
        long queriedAt = 0,
            next = _base.Offset;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                ConsumeResult<byte[], byte[]>? record = _consumer.Consume(PollFor);
                if (record is { IsPartitionEOF: false })
                {
                    _behind.Enqueue(record);
                }

                ApplyRead();

                next = record == null ? next : PartitionScan.OffsetAfter(record);
                if (queriedAt != 0 && _clock.GetElapsedTime(queriedAt) < QueryEvery)
                {
                    continue;
                }

                long now = _clock.GetTimestamp();
                WatermarkOffsets ends = _consumer.QueryWatermarkOffsets(Partition, AnswerWithin);
                if (next >= ends.High && _behind.Count == 0)
                {
                    Volatile.Write(ref _freshAt, now);
                }

                queriedAt = next >= ends.High ? now : 0;
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                // The broker is unavailable for a while. Lanes see that settings aren't fresh, and wait.
                _stop.Token.WaitHandle.WaitOne(RetryAfter);
            }
        }
    }

    /// <summary>Applies what was read, up to a record that names a file which this instance lacks: deciding without it,
    /// it would decide otherwise than the instances that have it. It is tried again until the file is there, or a later
    /// record replaces it.</summary>
    private void ApplyRead()
    {
        while (_behind.TryPeek(out ConsumeResult<byte[], byte[]>? record))
        {
            if (
                _missing is { } missing
                && _clock.GetElapsedTime(missing.TriedAt) < RetryFileAfter
                && !IsReplaced(record)
            )
            {
                return;
            }

            try
            {
                Apply(record);
                Volatile.Write(ref _missing, null);
            }
            catch (SettingException e) when (e.IsFileMissing && !IsReplaced(record))
            {
                long now = _clock.GetTimestamp();
                if (_missing == null)
                {
                    _log.SettingFileMissing(record.Offset.Value, e.Message);
                }

                Volatile.Write(ref _missing, new MissingFile(e.Message, _missing?.Since ?? now, now));
                return;
            }
            catch (SettingException e)
            {
                Volatile.Write(ref _missing, null);
                Refuse(record, e);
            }

            _behind.Dequeue();
        }
    }

    private bool IsReplaced(ConsumeResult<byte[], byte[]> record) =>
        _behind.Skip(1).Any(later => Key(later.Message) == Key(record.Message));

    /// <exception cref="SettingException">The record is invalid, or names a file that isn't here.</exception>
    private void Apply(ConsumeResult<byte[], byte[]> record)
    {
        string key = Key(record.Message);
        if (!RecordTime.IsAccepted(record.Message.Timestamp.UnixTimestampMs))
        {
            throw new SettingException(key, RecordTime.Field);
        }

        _logTime = RecordTime.Advance(_logTime, record.Message.Timestamp.UnixTimestampMs);
        _builder.Apply(key, record.Message.Value is { Length: > 0 } value ? Encoding.UTF8.GetString(value) : null);
        string version = $"s-{record.Offset.Value}";
        bool hadModel = Timeline.Latest.ClicksModel != null;
        Timeline.Append(_builder.Build(version, _base.Hash), _logTime);
        _log.SettingChanged(version, key, _logTime + (long)_activationDelay.TotalMilliseconds);
        if (hadModel && Timeline.Latest.ClicksModel == null)
        {
            _log.NoClickModel(version);
        }
    }

    /// <summary>Says that a record is invalid, which leaves the one before it in force.</summary>
    private void Refuse(ConsumeResult<byte[], byte[]> record, SettingException why)
    {
        Interlocked.Increment(ref _refused);
        _log.SettingRefused(record.Offset.Value, DeadLetters.OneLine(why.Message));
        if (!IsFirstToRefuse(record.Offset.Value))
        {
            return;
        }

        Headers headers = record.Message.Headers ?? [];
        DeadLetters.AddHeaders(headers, why.Reason, why.Message, Topics.Settings, 0, record.Offset.Value);
        _kafka.WaitForRoom();
        _kafka.SendPrefixed(
            _sent,
            Topics.DeadLetters,
            record.Message.Key,
            record.Message.Value,
            $"{Topics.Settings}-0-{record.Offset.Value}-0",
            headers
        );
    }

    private static string Key(Message<byte[], byte[]> message) =>
        message.Key == null ? "" : Encoding.UTF8.GetString(message.Key);

    /// <param name="Since">When it was first missed, monotonic.</param>
    private sealed record MissingFile(string What, long Since, long TriedAt);

    public void Dispose()
    {
        _stop.Cancel();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _consumer.Dispose();
        _stop.Dispose();
    }
}

/// <summary>A record of <c>settings</c>. One without a value deletes.</summary>
/// <param name="LogTime">The running maximum of the topic's timestamps up to the record, ms.</param>
public readonly record struct SettingRecord(long Offset, long LogTime, string Key, string? Json);
