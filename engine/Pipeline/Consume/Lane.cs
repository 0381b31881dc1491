using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Consume.Fetch;
using Engine.Pipeline.Deliver;
using Microsoft.Extensions.Logging;

namespace Engine.Pipeline.Consume;

/// <summary>
/// One lane: a thread with a consumer, a pipeline and connections of its own. It owns the partitions that Kafka assigns to its consumer, and
/// everything of them is touched by this thread only: consuming, deciding, writing, and taking partitions over and giving them back (Kafka's
/// handlers run within <see cref="MessageBatch.Take"/>).
/// </summary>
public sealed unsafe partial class Lane : IDisposable
{
    private const int CommandTimeoutMs = 5, PauseMs = 2;

    /// <summary>ms without a record after which progress doesn't wait for its interval.</summary>
    private const int QuietMs = 250;

    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(250), DrainWithin = TimeSpan.FromSeconds(10);

    private readonly EngineContext _context;
    private readonly string _name;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly MessageBatch _batch;
    private readonly RedisWriter _redis;
    private readonly KafkaOut.Sender _sender = new();
    private readonly ClickPipeline _pipeline;
    private readonly Dictionary<int, OwnedPartition> _owned = [];
    private readonly Dictionary<PartitionState, PartitionDelivery> _deliveries = [];
    private readonly Dictionary<int, long> _retakeAt = [];

    /// <summary>The log time from which a partition's log was read when it was taken over, ms.</summary>
    private readonly Dictionary<int, long> _readFrom = [];
    private readonly PartitionCounts _released = new();
    private readonly Record[] _records;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stop = new();
    private volatile PartitionCounts _published = new();
    private volatile LaneStatus _status = LaneStatus.Starting;
    private volatile bool _hasJoined;
    private readonly Queue<(long Written, long TakenAt)> _underWay = new();
    private readonly LatencyHistogram _latency = new();
    private long _lookedAt, _assignedAt;
    private bool _redisAway;

    public Lane(EngineContext context, int number)
    {
        _context = context;
        _name = $"lane-{number}";
        _redis = new RedisWriter(context.Redis, context.Clock);
        _consumer = new ConsumerBuilder<byte[], byte[]>(Configuration(context.Consume, _name))
            .SetErrorHandler((_, error) => { if (error.IsFatal) Fail(new KafkaException(error)); })
            .SetLogHandler((_, _) => { })
            .SetPartitionsAssignedHandler((_, partitions) => Guarded(() => Assigned(partitions), partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => Lost(partitions))
            .Build();
        _batch = new MessageBatch(_consumer, context.Consume.BatchMessages);
        _records = new Record[context.Consume.BatchMessages];
        var sink = new LaneSink(_redis, context.Kafka, _sender, context.Keys, context.Deliver, _deliveries);
        _reader = new RecordSetReader(_decompressed);
        _fetch = context.Consume.FetchesDirectly ? new DirectFetch(Leaders, "engine-" + _name, Topics.Interactions, context.Clock) : null;
        _pipeline = new ClickPipeline(context.Hash, context.Timeline, new PathJudge(context.Replays), context.Limits, sink, context.Labels.Intake.Histories);
        _thread = new Thread(Run) { Name = _name };
    }

    /// <summary>What ended the lane, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether Kafka has answered that it is a member of the group, be it with no partition.</summary>
    public bool HasJoined
    {
        get => _hasJoined;
        private set => _hasJoined = value;
    }

    /// <summary>Where the lane stands; replaced whole, readable from any thread.</summary>
    public LaneStatus Status => _status;

    /// <summary>What became of this lane's records so far; a copy that isn't changed any more.</summary>
    public PartitionCounts Counts => _published;

    public void Start() => _thread.Start();

    /// <summary>Asks the lane to finish: what is decided is written, partitions are given back.</summary>
    public void Stop() => _stop.Cancel();

    public void Join() => _thread.Join();

    private static IEnumerable<KeyValuePair<string, string>> Configuration(ConsumeOptions options, string name)
    {
        return options.Kafka.Apply(new ConsumerConfig
        {
            GroupId = options.Group,
            ClientId = "engine-" + name,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            EnableAutoOffsetStore = false,
            EnableAutoCommit = true,
            AutoCommitIntervalMs = 5000,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
            SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
            // A member learns of a rebalance by the answer to a heartbeat; with the default of 3 s each of a cooperative one's two rounds takes that long.
            HeartbeatIntervalMs = 500,
            FetchWaitMaxMs = 100,
            FetchMinBytes = 1,
            // What lies ready is some tens of milliseconds' work: more is only memory, and would be cold when its turn comes. The default
            // of a second before a full queue is filled again would let it run dry.
            FetchQueueBackoffMs = 1,
            QueuedMinMessages = 10_000,
            QueuedMaxMessagesKbytes = 8 * 1024,
            MaxPartitionFetchBytes = 512 * 1024,
            FetchMaxBytes = 1024 * 1024,
        });
    }

    private void Run()
    {
        try
        {
            _startedAt = _context.Clock.GetTimestamp();
            _consumer.Subscribe(Topics.Interactions);
            while (!_stop.IsCancellationRequested && Failure == null) Turn();
            if (Failure == null)
            {
                Drain([.. _owned.Values]);
                SendLastStandings();
            }
            foreach (OwnedPartition partition in _owned.Values.ToArray()) Release(partition);
            if (Failure == null) _consumer.Close();
        }
        catch (Exception e)
        {
            Fail(e);
        }
        _status = LaneStatus.Ended;
    }

    /// <summary>One turn: take what came, decide it, write it, and see to progress and ticks.</summary>
    private void Turn()
    {
        int count = _batch.Take(_fetch is { Count: > 0 } ? 0 : _context.Consume.BatchWaitMs);
        PauseFetched();
        if (count > 0)
        {
            WaitUntilSettingsAreFresh();
            long taken = _context.Clock.GetTimestamp();
            int records = Collect(count);
            if (records > 0) _pipeline.Process(_records.AsSpan(0, records));
            _batch.Release();
            _underWay.Enqueue((_redis.Written, taken));
        }
        Fetch();
        _redis.Poll();
        MeasureLatency();
        if (_redis.BytesUnderWay > _context.Consume.MaxBytesUnderWay || _redis.HasRefused) WaitForRedis();
        SeeToProgress();
        SeeToTicks();
        TakeHeldBack();
        Retake();
    }

    /// <summary>From a batch taken to its verdicts acknowledged.</summary>
    private void MeasureLatency()
    {
        if (_underWay.Count == 0) return;
        long acknowledged = _redis.Acknowledged;
        while (_underWay.TryPeek(out (long Written, long TakenAt) batch) && batch.Written <= acknowledged)
        {
            _underWay.Dequeue();
            _latency.Add((long)_context.Clock.GetElapsedTime(batch.TakenAt).TotalMicroseconds);
        }
    }

    /// <summary>Puts the batch's messages of owned partitions into records; ends of partitions are noted.</summary>
    private int Collect(int count)
    {
        int records = 0;
        long now = 0;
        OwnedPartition? partition = null;
        for (int i = 0; i < count; i++)
        {
            _batch.Prefetch(i);
            LibrdkafkaNative.Message* message = _batch[i];
            if (partition == null || partition.State.Partition != message->Partition)
                if (!_owned.TryGetValue(message->Partition, out partition)) continue;
            // What it had on its way before it was paused.
            if (partition.Fetched != null) continue;
            if (message->Error != 0)
            {
                if (message->Error == LibrdkafkaNative.PartitionEof && message->Offset == partition.Next) partition.EndSince = _context.Clock.GetTimestamp();
                continue;
            }
            // A seek leaves messages of before on their way.
            if (message->Offset < partition.Next) continue;
            partition.Next = message->Offset + 1;
            partition.EndSince = 0;
            ref Record record = ref _records[records++];
            record.Partition = partition.State;
            record.Offset = message->Offset;
            record.Timestamp = LibrdkafkaNative.MessageTimestamp(message, out _);
            record.Value = message->Payload;
            record.Length = (int)message->Length;
            record.Key = message->Key;
            record.KeyLength = (int)message->KeyLength;
            record.Headers = null;
            record.Message = (nint)message;
            MessageHeaderReader.Fill(message, ref record);
            if (!IsTick(record)) partition.BusyAt = now == 0 ? now = _context.Clock.GetTimestamp() : now;
        }
        return records;
    }

    private static bool IsTick(in Record record) => record.Length == 15 && new ReadOnlySpan<byte>(record.Value, record.Length).SequenceEqual("{\"type\":\"tick\"}"u8);

    /// <summary>Lanes decide only while <c>settings</c> was read to its end a moment ago; else all instances wouldn't change over at the same event.</summary>
    private void WaitUntilSettingsAreFresh()
    {
        if (_context.SettingsAreFresh()) return;
        long since = _context.Clock.GetTimestamp();
        bool told = false;
        while (!_context.SettingsAreFresh() && !_stop.IsCancellationRequested)
        {
            _redis.Wait(CommandTimeoutMs);
            _stop.Token.WaitHandle.WaitOne(10);
            if (told || _context.Clock.GetElapsedTime(since) < TimeSpan.FromSeconds(2)) continue;
            told = true;
            _context.Log.SettingsStale(_context.Clock.GetElapsedTime(since).TotalSeconds);
        }
    }

    /// <summary>
    /// Redis is slower than Kafka, or has refused something for now: nothing is read until it has caught up, and has taken what it refused, for
    /// a later result under the same key must not come before it. Assignments are served meanwhile.
    /// </summary>
    private void WaitForRedis()
    {
        long since = _context.Clock.GetTimestamp();
        bool paused = false, refused = _redis.HasRefused;
        while ((_redis.BytesUnderWay > _context.Consume.MaxBytesUnderWay / 2 || (refused && !_redis.IsIdle)) && Failure == null)
        {
            // Waiting for replies would wake this thread for every few of them; half of what is under way takes Redis longer than this.
            if (_stop.IsCancellationRequested) _redis.Wait(CommandTimeoutMs);
            else _stop.Token.WaitHandle.WaitOne(PauseMs);
            _redis.Poll();
            if (_stop.IsCancellationRequested && (_redis.Down != null || _redis.HasRefused)) return;
            if (_context.Clock.GetElapsedTime(since) < TimeSpan.FromSeconds(1)) continue;
            if (!paused)
            {
                _consumer.Pause(AssignedAndFetched(false));
                paused = true;
            }
            // Only operations come out of paused partitions, and messages that were on their way: those are read again after the seek.
            _batch.Take(0);
            _batch.Release();
            TellRedis();
        }
        if (!paused) return;
        foreach (OwnedPartition partition in _owned.Values)
            if (partition.Fetched == null) _consumer.Seek(new TopicPartitionOffset(Topics.Interactions, partition.State.Partition, partition.Next));
        _consumer.Resume(AssignedAndFetched(false));
        TellRedis();
    }

    private void TellRedis()
    {
        string? down = _redis.Down;
        if (down != null == _redisAway) return;
        _redisAway = down != null;
        if (_redisAway) _context.Log.RedisAway(down!);
        else _context.Log.RedisBack();
    }

    private void SeeToProgress()
    {
        long now = _context.Clock.GetTimestamp();
        long interval = (long)(_context.Consume.ProgressInterval.TotalSeconds * _context.Clock.TimestampFrequency);
        long quiet = QuietMs * _context.Clock.TimestampFrequency / 1000;
        foreach (OwnedPartition partition in _owned.Values)
        {
            bool due = partition.TakeProgressDue(now, interval, quiet);
            if (due && partition.Next > partition.State.ResultsFrom) partition.Delivery.Begin(partition.Next, _redis, _sender);
            partition.Delivery.Advance(_redis, _sender);
            CommitOutcome outcome = partition.Delivery.TakeOutcome();
            partition.Delivery.SendStandings(_context.Kafka, _sender);
            switch (outcome)
            {
                case CommitOutcome.Done:
                    _consumer.StoreOffset(new TopicPartitionOffset(Topics.Interactions, partition.State.Partition, partition.Delivery.AcknowledgedOffset));
                    break;
                case CommitOutcome.NotOwner:
                    _context.Log.OwnerLost(partition.State.Name);
                    Release(partition);
                    _retakeAt[partition.State.Partition] = now + (long)(_context.Consume.SessionTimeout.TotalSeconds * _context.Clock.TimestampFrequency);
                    return;
                case CommitOutcome.OtherOffset:
                    _context.Log.ProgressMoved(partition.State.Name);
                    Release(partition);
                    _retakeAt[partition.State.Partition] = now;
                    return;
            }
        }
        if (now - _lookedAt < Math.Min(interval, _context.Clock.TimestampFrequency)) return;
        _lookedAt = now;
        SeeToLabels(now);
        Publish();
        TellRedis();
    }

    /// <summary>Where something that waits falls due by reckoned log time, a tick carries that time into the log.</summary>
    private void SeeToTicks()
    {
        foreach (OwnedPartition partition in _owned.Values)
        {
            if (partition.EndSince == 0 || partition.Next < partition.State.ResultsFrom) continue;
            long due = partition.State.NextDeadline;
            if (due == long.MaxValue) continue;
            long reckoned = partition.ReckonedLogTime(_context.Clock);
            if (reckoned <= due || (partition.TickedAt != 0 && _context.Clock.GetElapsedTime(partition.TickedAt) < TickEvery)) continue;
            partition.TickedAt = _context.Clock.GetTimestamp();
            _context.Kafka.Tick(_sender, Topics.Interactions, partition.State.Partition, reckoned);
        }
    }

    private void Publish()
    {
        var counts = new PartitionCounts();
        _released.AddTo(counts);
        foreach (OwnedPartition partition in _owned.Values) partition.State.Counts.AddTo(counts);
        _published = counts;
        _status = new LaneStatus(
            HasJoined,
            _heldBack.Count > 0 ? "partitions are taken over once all lanes have joined"
                : _retakeAt.Count > 0 ? "partitions could not be taken over yet"
                : _owned.Values.Select(partition => partition.Waits).FirstOrDefault(waits => waits != null) ?? (_redis.IsIdle ? null : "Redis owes replies"),
            _owned.Values.Select(partition => partition.BusyAt).Append(_assignedAt).Max(),
            _owned.Values.Sum(partition => partition.EndSince != 0 ? 0 : Lag(partition)),
            _owned.Values.Sum(partition => (long)partition.State.WaitingClicks.Count),
            _owned.Values.Sum(partition => partition.State.Clicks.Evictions + partition.State.Pairs.Evictions + partition.State.Standings.Evictions),
            [.. _owned.Values.Select(partition => partition.State.Name)],
            _redis.Down ?? _redis.LastRefusal,
            _latency.Quantile(0.5) / 1000.0,
            _latency.Quantile(0.99) / 1000.0);
    }

    private long Lag(OwnedPartition partition)
    {
        if (partition.Fetched is { } fetched) return Math.Max(0, fetched.LastStable - partition.Next);
        try
        {
            WatermarkOffsets ends = _consumer.GetWatermarkOffsets(new TopicPartition(Topics.Interactions, partition.State.Partition));
            return ends.High == Offset.Unset ? 0 : Math.Max(0, ends.High.Value - partition.Next);
        }
        catch (KafkaException)
        {
            return 0;
        }
    }

    private void Fail(Exception e)
    {
        Failure ??= e;
        _stop.Cancel();
    }

    public void Dispose()
    {
        Stop();
        if (_thread.IsAlive) _thread.Join();
        _batch.Dispose();
        _fetch?.Dispose();
        _decompressed.Dispose();
        _consumer.Dispose();
        _pipeline.Dispose();
        _redis.Dispose();
        _stop.Dispose();
    }
}

/// <summary>Where a lane stands.</summary>
/// <param name="HasJoined">Whether Kafka has answered that it is a member of the group, be it with no partition.</param>
/// <param name="Waits">What is missing until all partitions that it owns are read to their end, all is acknowledged, and nothing waits; null where nothing is.</param>
/// <param name="BusyAt">Monotonic time of the last record that was no tick, or of the last change of what the lane owns; 0 for none.</param>
/// <param name="Lag">Records that are in the log and not read yet.</param>
/// <param name="WaitingClicks">Clicks that wait for their paths.</param>
/// <param name="Evictions">What was forgotten before its time, at a bound.</param>
/// <param name="Names">Of the partitions that it owns.</param>
/// <param name="Trouble">What keeps results from Redis, or the last refusal; null for nothing.</param>
/// <param name="LatencyP50">From a batch taken to its verdicts acknowledged, median, ms.</param>
/// <param name="LatencyP99">The same, 99th percentile, ms.</param>
public sealed record LaneStatus(bool HasJoined, string? Waits, long BusyAt, long Lag, long WaitingClicks, long Evictions, string[] Names, string? Trouble, double LatencyP50, double LatencyP99)
{
    public static readonly LaneStatus Starting = new(false, null, 0, 0, 0, 0, [], null, 0, 0);
    public static readonly LaneStatus Ended = new(true, null, 0, 0, 0, 0, [], null, 0, 0);
}
