using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions;
using Engine.Partitions.Assignment;
using Engine.Partitions.Kafka;
using Engine.Partitions.Redis;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>One lane of clicks: a thread with its own consumer, pipeline and connections. It owns the partitions that
/// Kafka assigns to its consumer, and only this thread touches them. It reads, decides, writes, commits, takes
/// partitions over and releases them (Kafka's handlers run while it reads).</summary>
public sealed class Lane : IPartitionHost<ClickPartition>, IDisposable
{
    /// <summary>The longest window that counts clicks.</summary>
    public static readonly TimeSpan LongestWindow = TimeSpan.FromHours(1);

    private const int CommandTimeoutMs = 5;

    private static readonly TimeSpan PartitionsWithin = TimeSpan.FromSeconds(10);

    private readonly EngineContext _context;
    private readonly LaneThread _thread;
    private readonly GroupConsumer _group;
    private readonly PartitionAssignment<ClickPartition> _partitions;
    private readonly LaneReader _reader;
    private readonly ClickPipeline _pipeline;
    private readonly RedisWriter _redis;
    private readonly OutputBackpressure _backpressure;
    private readonly LaneCommits _commits;
    private readonly OtherPartitions _others;
    private readonly LabelSearch _labels;
    private readonly FreshnessGate _fresh;
    private readonly TickScheduler _ticks;
    private readonly DeliveryLatency _latency;
    private readonly DeliveryTracker _sent = new();
    private readonly Dictionary<PartitionState, PartitionCommitter> _committers = [];
    private readonly PartitionCounts _released = new();
    private readonly Action _whileStale;
    private volatile PartitionCounts _published = new();
    private volatile LaneStatus _status = LaneStatus.Starting;
    private long _lookedAt;

    public Lane(EngineContext context, int number)
    {
        string name = $"lane-{number}";
        _context = context;
        _thread = new LaneThread(name, Run, ended: () => _status = LaneStatus.Ended);
        _group = new GroupConsumer(Configuration(context.Consume, name), _thread);
        _partitions = new PartitionAssignment<ClickPartition>(
            context.AssignmentOf(Topics.Interactions, context.LanesHaveJoined),
            _group,
            context.LeasesOf(_group),
            this,
            _thread
        );
        _redis = new RedisWriter(context.Redis, context.Clock);
        _pipeline = new ClickPipeline(
            context.Hash,
            context.Timeline,
            new PathJudge(context.Replays),
            context.Limits,
            new LaneSink(_redis, context.Kafka, _sent, context.Keys, context.Deliver, _committers),
            context.Knowledge.Labels.Intake.Histories
        );
        _latency = new DeliveryLatency(context.Clock);
        _fresh = new FreshnessGate(StaleTopic, context.MustStandAside, context.Clock, context.Log, _thread.Stopping);
        _whileStale = () => _redis.Wait(CommandTimeoutMs);
        _reader = new LaneReader(context, name, _group.Consumer, _partitions, _pipeline)
        {
            MayDecide = () => _fresh.Wait(_whileStale) && _partitions.MayDecide(),
            MarkComes = (partition, offset) => partition.Marks.Await(offset, _thread, _redis.Poll),
            OffsetGone = _partitions.TakeOverAgain,
            Decided = taken => _latency.Add(_redis.Written, taken),
        };
        _backpressure = new OutputBackpressure(context, _redis, _reader, _thread, Publish);
        _commits = new LaneCommits(context, _redis, _sent, _partitions);
        _others = new OtherPartitions(context, _thread);
        _labels = new LabelSearch(context, _partitions);
        _ticks = new TickScheduler(context.Clock);
    }

    /// <summary>The exception that ended the lane, or null.</summary>
    public Exception? Failure => _thread.Failure;

    /// <summary>Whether Kafka has confirmed the lane's membership in the group, even without partitions.</summary>
    public bool HasJoined => _partitions.HasJoined;

    /// <summary>The lane's status: an immutable snapshot, readable from any thread.</summary>
    public LaneStatus Status => _status;

    /// <summary>The outcomes of this lane's records so far, as a copy that doesn't change.</summary>
    public PartitionCounts Counts => _published;

    public void Start() => _thread.Start();

    /// <summary>Requests that the lane finish: it writes what is decided and releases its partitions.</summary>
    public void Stop() => _thread.Stop();

    public void Join() => _thread.Join();

    public void Dispose()
    {
        Stop();
        Join();
        _reader.Dispose();
        _partitions.Dispose();
        _pipeline.Dispose();
        _redis.Dispose();
        _thread.Dispose();
    }

    private static ConsumerConfig Configuration(ConsumeOptions options, string name) =>
        options.Kafka.Apply(
            new ConsumerConfig
            {
                GroupId = options.Group,
                ClientId = "engine-" + name,
                PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
                EnableAutoOffsetStore = false,
                EnableAutoCommit = true,
                AutoCommitIntervalMs = 5000,
                // An offset that the log doesn't have is told of, instead of skipping what lies between.
                AutoOffsetReset = AutoOffsetReset.Error,
                EnablePartitionEof = true,
                SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
                // A member learns of a rebalance from a heartbeat's response. With the default of 3 s, each of the two
                // rounds of a cooperative rebalance takes that long.
                HeartbeatIntervalMs = 500,
                TopicMetadataRefreshIntervalMs = (int)KafkaClients.LookForPartitionsEvery.TotalMilliseconds,
                FetchWaitMaxMs = 100,
                FetchMinBytes = 1,
                // The queue holds some tens of milliseconds of work. More would only use memory, and be out of the
                // caches when its turn comes. The default back-off of a second before refilling a full queue would let
                // it run dry.
                FetchQueueBackoffMs = 1,
                QueuedMinMessages = 10_000,
                QueuedMaxMessagesKbytes = 8 * 1024,
                MaxPartitionFetchBytes = 512 * 1024,
                FetchMaxBytes = 1024 * 1024,
            }
        );

    private void Run()
    {
        _partitions.Join();
        while (!_thread.IsStopping)
        {
            Turn();
        }

        if (Failure == null)
        {
            _commits.Drain(_partitions.Owned);
            _commits.SendLastStandings();
        }

        _partitions.Leave();
    }

    /// <summary>One turn: reads and decides what has arrived, then does the periodic work.</summary>
    private void Turn()
    {
        _partitions.BeginTurn();
        _reader.ReadBatch();
        _reader.Fetch(_redis.IsIdle);
        if (_fresh.TakeGivenUp())
        {
            _partitions.StandAside();
        }

        _redis.Poll();
        _latency.Measure(_redis.Acknowledged);
        _backpressure.Wait();
        long now = _context.Clock.GetTimestamp();
        if (_commits.Advance(now) && now - _lookedAt >= Math.Min(_commits.Interval, _context.Clock.TimestampFrequency))
        {
            _lookedAt = now;
            _labels.Look(now);
            Publish();
            _backpressure.LogChange();
        }

        Mark();
        SendTicks();
        _partitions.TakeDue();
    }

    private void Mark()
    {
        foreach (ClickPartition partition in _partitions.Owned)
        {
            partition.Marks.Turn();
            if (partition.Marks.IsLost)
            {
                _partitions.Keeps(partition, CommitOutcome.Fenced);
                return;
            }
        }
    }

    private void SendTicks()
    {
        foreach (ClickPartition partition in _partitions.Owned)
        {
            if (_ticks.TakeDue(partition, out long logTime))
            {
                _context.Kafka.Tick(_sent, Topics.Interactions, partition.Number, logTime);
            }
        }
    }

    TimeSpan IPartitionHost<ClickPartition>.Horizon => RebuildHorizon.For(LongestWindow, _context.Timeline);

    void IPartitionHost<ClickPartition>.Prepare() => _others.CatchUp();

    /// <summary>If sums covered by a commit weren't sent before the former owner ended, they must be summed up again:
    /// hours of log time, if an engine was catching up.</summary>
    long IPartitionHost<ClickPartition>.NeededFrom(PartitionLease lease) =>
        _context.Knowledge.Standings.WrittenUpTo(lease.Partition.Partition.Value);

    ClickPartition IPartitionHost<ClickPartition>.Open(PartitionLease lease, RebuildPlan plan)
    {
        var state = new PartitionState(
            lease.Partition.Partition.Value,
            _context.Limits,
            _context.Timeline.Latest.Limits,
            _context.Knowledge.Marks.Of(lease.Name)
        )
        {
            LiveFromOffset = plan.LiveFromOffset,
        };
        var committer = new PartitionCommitter(
            state,
            lease,
            _context.Keys,
            _context.Hash,
            _context.Deliver.TotalsTtl,
            _redis.Replaced
        )
        {
            Decided = _context.Deliver.OnlyNoteworthy ? DecidedIn(state, plan) : null,
        };
        _committers[state] = committer;
        var partition = new ClickPartition(lease, plan, state, committer);
        partition.Marks = new OwnMarks(partition, state.Knowledge, _context, _sent, _context.Knowledge.Read);
        return partition;
    }

    private DecidedClicks DecidedIn(PartitionState state, RebuildPlan plan)
    {
        var decided = new DecidedClicks(
            state,
            _context.Keys,
            _context.Deliver,
            KafkaClients.Partitions(_group.Consumer, Topics.Interactions, PartitionsWithin, _context.Clock),
            new PartitionProgress(plan.LiveFromOffset, plan.LogTime),
            _context.Clock
        );
        decided.Resume(_context.Redis.Redis.GetDatabase());
        return decided;
    }

    void IPartitionHost<ClickPartition>.TakenOver(IReadOnlyList<ClickPartition> partitions)
    {
        IReadOnlyList<WrittenSums> told = _others.TakeOver([.. partitions.Select(partition => partition.Marks)]);
        // A log that is read from its first record yields all its own sums itself.
        foreach (ClickPartition partition in partitions.Where(partition => partition.Next > 0))
        {
            partition.State.Standings.Restore(told.Where(sums => sums.Partition == partition.Number));
        }

        _labels.StartOver();
    }

    Offset IPartitionHost<ClickPartition>.StartReading(ClickPartition partition) => _reader.Start(partition);

    void IPartitionHost<ClickPartition>.Drain(IReadOnlyList<ClickPartition> partitions) => _commits.Drain(partitions);

    void IPartitionHost<ClickPartition>.Close(ClickPartition partition)
    {
        _reader.End(partition);
        _committers.Remove(partition.State);
        _others.Leave(partition.Marks);
        partition.State.Counts.AddTo(_released);
        partition.State.Dispose();
    }

    void IPartitionHost<ClickPartition>.Publish() => Publish();

    /// <summary>While a partition is at its end, its log time goes on with the clock.</summary>
    private long LogTimeOf(ClickPartition partition) =>
        partition.EndSince != 0 ? partition.ReckonedLogTime(_context.Clock) : partition.LogTime;

    private void Publish()
    {
        Dictionary<int, ClickPartition>.ValueCollection owned = _partitions.Owned;
        var counts = new PartitionCounts();
        _released.AddTo(counts);
        foreach (ClickPartition partition in owned)
        {
            partition.State.Counts.AddTo(counts);
        }

        _published = counts;
        _context.LogTimes.Report(this, owned.Select(LogTimeOf).DefaultIfEmpty(long.MaxValue).Min());
        _status = new LaneStatus(
            HasJoined,
            _partitions.Waits ?? (_redis.IsIdle ? null : "waiting for replies from Redis"),
            owned.Select(partition => partition.BusyAt).Append(_partitions.ChangedAt).Max(),
            owned.Sum(partition => partition.EndSince != 0 ? 0 : _reader.Lag(partition)),
            owned.Sum(partition => (long)partition.State.WaitingClicks.Count),
            owned.Sum(partition =>
                partition.State.Clicks.Evictions + partition.State.Pairs.Evictions + partition.State.Standings.Evictions
            ),
            [.. owned.Select(partition => partition.Name)],
            _redis.Trouble,
            _latency.Quantile(0.5),
            _latency.Quantile(0.99)
        );
    }

    private string? StaleTopic() =>
        !_context.SettingsAreFresh() ? Topics.Settings
        : !_context.Knowledge.Labels.IsFresh ? Topics.Labels
        : null;
}
