using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Consume.Fetch;
using Engine.Pipeline.Deliver;

namespace Engine.Pipeline.Consume;

/// <summary>
/// One lane: a thread with a consumer, a pipeline and connections of its own. It owns the partitions that Kafka assigns
/// to its consumer, and everything of them is touched by this thread only: consuming, deciding, writing, and taking
/// partitions over and giving them back (Kafka's handlers run within <see cref="MessageBatch.Take"/>).
/// </summary>
public sealed unsafe partial class Lane : IDisposable
{
    private const int CommandTimeoutMs = 5,
        PauseMs = 2;

    private static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(10),
        SettingsLookEvery = TimeSpan.FromMilliseconds(10),
        StaleSettingsToldAfter = TimeSpan.FromSeconds(2);

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
    private long _lookedAt,
        _assignedAt;
    private bool _redisAway;

    public Lane(EngineContext context, int number)
    {
        _context = context;
        _name = $"lane-{number}";
        _redis = new RedisWriter(context.Redis, context.Clock);
        _consumer = new ConsumerBuilder<byte[], byte[]>(Configuration(context.Consume, _name))
            .SetErrorHandler(
                (_, error) =>
                {
                    if (error.IsFatal)
                    {
                        Fail(new KafkaException(error));
                    }
                }
            )
            .SetLogHandler((_, _) => { })
            .SetPartitionsAssignedHandler((_, partitions) => Guarded(() => Assigned(partitions), partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => Lost(partitions))
            .Build();
        _batch = new MessageBatch(_consumer, context.Consume.BatchMessages);
        _records = new Record[context.Consume.BatchMessages];
        var sink = new LaneSink(_redis, context.Kafka, _sender, context.Keys, context.Deliver, _deliveries);
        _reader = new RecordSetReader(_decompressed);
        _fetch = context.Consume.FetchesDirectly
            ? new DirectFetch(Leaders, "engine-" + _name, Topics.Interactions, context.Clock)
            : null;
        _pipeline = new ClickPipeline(
            context.Hash,
            context.Timeline,
            new PathJudge(context.Replays),
            context.Limits,
            sink,
            context.Labels.Intake.Histories
        );
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

    private static ConsumerConfig Configuration(ConsumeOptions options, string name)
    {
        return options.Kafka.Apply(
            new ConsumerConfig
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
                // A member learns of a rebalance by the answer to a heartbeat; with the default of 3 s each of a
                // cooperative one's two rounds takes that long.
                HeartbeatIntervalMs = 500,
                FetchWaitMaxMs = 100,
                FetchMinBytes = 1,
                // What lies ready is some tens of milliseconds' work: more is only memory, and would be cold when its
                // turn comes. The default of a second before a full queue is filled again would let it run dry.
                FetchQueueBackoffMs = 1,
                QueuedMinMessages = 10_000,
                QueuedMaxMessagesKbytes = 8 * 1024,
                MaxPartitionFetchBytes = 512 * 1024,
                FetchMaxBytes = 1024 * 1024,
            }
        );
    }

    private void Run()
    {
        try
        {
            _startedAt = _context.Clock.GetTimestamp();
            _consumer.Subscribe(Topics.Interactions);
            while (!_stop.IsCancellationRequested && Failure == null)
            {
                Turn();
            }

            if (Failure == null)
            {
                Drain([.. _owned.Values]);
                SendLastStandings();
            }
            foreach (OwnedPartition partition in _owned.Values.ToArray())
            {
                Release(partition);
            }

            if (Failure == null)
            {
                _consumer.Close();
            }
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
        // Where nothing is librdkafka's to read, what is fetched is waited for.
        int count = _batch.Take(FetchesAll ? 0 : _context.Consume.BatchWaitMs);
        PauseFetched();
        if (count > 0)
        {
            WaitUntilSettingsAreFresh();
            long taken = _context.Clock.GetTimestamp();
            int records = Collect(count);
            if (records > 0)
            {
                _pipeline.Process(_records.AsSpan(0, records));
            }

            _batch.Release();
            _underWay.Enqueue((_redis.Written, taken));
        }
        Fetch();
        _redis.Poll();
        MeasureLatency();
        if (_redis.BytesUnderWay > _context.Consume.MaxBytesUnderWay || _redis.HasRefused)
        {
            WaitForRedis();
        }

        SeeToProgress();
        SeeToTicks();
        TakeHeldBack();
        Retake();
    }

    /// <summary>From a batch taken to its verdicts acknowledged.</summary>
    private void MeasureLatency()
    {
        if (_underWay.Count == 0)
        {
            return;
        }

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
            {
                if (!_owned.TryGetValue(message->Partition, out partition))
                {
                    continue;
                }
            }
            // What it had on its way before it was paused.
            if (partition.Fetched != null)
            {
                continue;
            }

            if (message->Error != 0)
            {
                if (message->Error == LibrdkafkaNative.PartitionEof && message->Offset == partition.Next)
                {
                    partition.EndSince = _context.Clock.GetTimestamp();
                }

                continue;
            }
            // A seek leaves messages of before on their way.
            if (message->Offset < partition.Next)
            {
                continue;
            }

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
            if (!IsTick(record))
            {
                partition.BusyAt = now == 0 ? now = _context.Clock.GetTimestamp() : now;
            }
        }
        return records;
    }

    private static bool IsTick(in Record record) => Tick.Is(new ReadOnlySpan<byte>(record.Value, record.Length));

    /// <summary>
    /// Lanes decide only while <c>settings</c> was read to its end a moment ago; else all instances wouldn't change
    /// over at the same event.
    /// </summary>
    private void WaitUntilSettingsAreFresh()
    {
        if (_context.SettingsAreFresh())
        {
            return;
        }

        long since = _context.Clock.GetTimestamp();
        bool told = false;
        while (!_context.SettingsAreFresh() && !_stop.IsCancellationRequested)
        {
            _redis.Wait(CommandTimeoutMs);
            _stop.Token.WaitHandle.WaitOne(SettingsLookEvery);
            if (told || _context.Clock.GetElapsedTime(since) < StaleSettingsToldAfter)
            {
                continue;
            }

            told = true;
            _context.Log.SettingsStale(_context.Clock.GetElapsedTime(since).TotalSeconds);
        }
    }

    /// <summary>
    /// Redis is slower than Kafka, or has refused something for now: nothing is read until it has caught up, and has
    /// taken what it refused, for a later result under the same key must not come before it. Assignments are served
    /// meanwhile.
    /// </summary>
    private void WaitForRedis()
    {
        long since = _context.Clock.GetTimestamp();
        bool paused = false,
            refused = _redis.HasRefused;
        while (
            (_redis.BytesUnderWay > _context.Consume.MaxBytesUnderWay / 2 || (refused && !_redis.IsIdle))
            && Failure == null
        )
        {
            // Waiting for replies would wake this thread for every few of them; half of what is under way takes Redis
            // longer than this.
            if (_stop.IsCancellationRequested)
            {
                _redis.Wait(CommandTimeoutMs);
            }
            else
            {
                _stop.Token.WaitHandle.WaitOne(PauseMs);
            }

            _redis.Poll();
            if (_stop.IsCancellationRequested && (_redis.Down != null || _redis.HasRefused))
            {
                return;
            }

            if (_context.Clock.GetElapsedTime(since) < TimeSpan.FromSeconds(1))
            {
                continue;
            }

            if (!paused)
            {
                _consumer.Pause(AssignedAndFetched(false));
                paused = true;
            }
            // Only operations come out of paused partitions, and messages that were on their way: those are read again
            // after the seek.
            _batch.Take(0);
            _batch.Release();
            TellRedis();
        }
        if (!paused)
        {
            return;
        }

        foreach (OwnedPartition partition in _owned.Values)
        {
            if (partition.Fetched == null)
            {
                _consumer.Seek(
                    new TopicPartitionOffset(Topics.Interactions, partition.State.Partition, partition.Next)
                );
            }
        }

        _consumer.Resume(AssignedAndFetched(false));
        TellRedis();
    }

    private void TellRedis()
    {
        string? down = _redis.Down;
        if (down != null == _redisAway)
        {
            return;
        }

        _redisAway = down != null;
        if (_redisAway)
        {
            _context.Log.RedisAway(down!);
        }
        else
        {
            _context.Log.RedisBack();
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
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _batch.Dispose();
        _fetch?.Dispose();
        _decompressed.Dispose();
        _consumer.Dispose();
        _pipeline.Dispose();
        _redis.Dispose();
        _stop.Dispose();
    }
}
