using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions;
using Engine.Partitions.Assignment;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Kafka;
using Engine.Partitions.Redis;
using Engine.Pipeline.Consume;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.Knowledge;
using Engine.Workflows.Module;
using StackExchange.Redis;

namespace Engine.Workflows.Runtime;

/// <summary>Runs one workflow on one thread with one consumer: reads records, decides them partition by partition,
/// writes the results, and goes on when they are acknowledged. It is sequential on purpose: workflows have thousands of
/// events a second, not millions, and the code is easier to read. Each workflow has its own lane and consumer group, so
/// a busy one never stalls another. Several engines share a workflow's partitions as they share those of
/// clicks.</summary>
public sealed class WorkflowLane : IDisposable
{
    private const int TurnRecords = 1000;

    private static readonly TimeSpan WaitForFirst = TimeSpan.FromMilliseconds(20),
        RetryEvery = TimeSpan.FromMilliseconds(100),
        AcknowledgedSoon = TimeSpan.FromMilliseconds(2),
        ServeAfter = TimeSpan.FromSeconds(1),
        StatusEvery = TimeSpan.FromMilliseconds(200);

    private readonly EngineContext _context;
    private readonly HostedWorkflow _workflow;
    private readonly CompiledSettings _compiled;
    private readonly IReadOnlyList<IUpkeep> _upkeep;
    private readonly FollowedWorkflow? _followed;
    private readonly LaneThread _thread;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly PartitionAssignment<WorkflowPartition> _partitions;
    private readonly FreshnessGate _settings;
    private readonly OtherPartitions _others;
    private readonly TickScheduler _ticks;
    private readonly DeliveryTracker _sent = new();
    private readonly WorkflowCounts _released = new();
    private readonly Queue<ConsumeResult<byte[], byte[]>> _early = new();

    /// <summary>The partitions whose next offset is no longer in the log.</summary>
    private readonly HashSet<int> _gone = [];
    private volatile WorkflowStatus _status = WorkflowStatus.Starting;
    private long _publishedAt;
    private bool _redisAway;

    /// <param name="upkeep">The upkeep that owners of this workflow's partitions run outside decisions.</param>
    /// <param name="compiled">Shared by everything in the process that decides.</param>
    /// <param name="followed">What the workflow's decider follows; null for nothing. The lane disposes it.</param>
    public WorkflowLane(
        EngineContext context,
        HostedWorkflow workflow,
        CompiledSettings compiled,
        IReadOnlyList<IUpkeep> upkeep,
        FollowedWorkflow? followed = null
    )
    {
        _context = context;
        _followed = followed;
        _workflow = workflow;
        _compiled = compiled;
        _upkeep = upkeep;
        _thread = new LaneThread(workflow.Topic, Run, ended: () => _status = _status with { Waits = null });
        _settings = new FreshnessGate(
            () => context.SettingsAreFresh() ? null : Topics.Settings,
            context.MustStandAside,
            context.Clock,
            context.Log,
            _thread.Stopping
        );
        _others = new OtherPartitions(context, _thread);
        _ticks = new TickScheduler(context.Clock);
        var group = new GroupConsumer(Configuration(context.Consume, workflow.Topic), _thread);
        _consumer = group.Consumer;
        _partitions = new PartitionAssignment<WorkflowPartition>(
            context.AssignmentOf(workflow.Topic),
            group,
            context.LeasesOf(group),
            new Host(this),
            _thread
        );
    }

    /// <summary>The exception that ended the lane, or null.</summary>
    public Exception? Failure => _thread.Failure;

    /// <summary>The lane's status; replaced as a whole, readable from any thread.</summary>
    public WorkflowStatus Status => _status;

    public void Start() => _thread.Start();

    /// <summary>Asks the lane to finish: it writes what is decided and gives its partitions back.</summary>
    public void Stop() => _thread.Stop();

    public void Join() => _thread.Join();

    public void Dispose()
    {
        Stop();
        Join();
        _partitions.Dispose();
        _followed?.Dispose();
        _thread.Dispose();
    }

    private IDatabase Redis => _context.Redis.Redis.GetDatabase();

    private static ConsumerConfig Configuration(ConsumeOptions options, string topic) =>
        options.Kafka.Apply(
            new ConsumerConfig
            {
                // Members of a group must read the same topics, so each topic has its own group.
                GroupId = $"{options.Group}.{topic}",
                ClientId = "engine-" + topic,
                PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
                EnableAutoOffsetStore = false,
                // An offset that the log doesn't have is told of, instead of skipping what lies between.
                AutoOffsetReset = AutoOffsetReset.Error,
                EnablePartitionEof = true,
                SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
                TopicMetadataRefreshIntervalMs = (int)KafkaClients.LookForPartitionsEvery.TotalMilliseconds,
                FetchWaitMaxMs = 50,
                // The default would buffer 64 MB per workflow; this is the records of some thousand turns.
                QueuedMaxMessagesKbytes = 16 * 1024,
            }
        );

    private void Run()
    {
        _partitions.Join();
        while (!_thread.IsStopping)
        {
            Turn();
        }

        _partitions.Leave();
    }

    private void Turn()
    {
        _partitions.BeginTurn();
        Mark();
        Read();
        if (_settings.TakeGivenUp())
        {
            _partitions.StandAside();
        }

        foreach (WorkflowPartition partition in _partitions.Owned.ToArray())
        {
            if (partition.HasUncommitted)
            {
                Commit(partition);
            }
        }

        SendTicks();
        RunUpkeep();
        HandleGone();
        _partitions.TakeDue();
        if (_publishedAt != 0 && _context.Clock.GetElapsedTime(_publishedAt) < StatusEvery)
        {
            return;
        }

        _publishedAt = _context.Clock.GetTimestamp();
        Publish();
    }

    /// <summary>Reads and decides the records that have arrived.</summary>
    private void Read()
    {
        TimeSpan wait = WaitForFirst;
        for (int records = 0; records < TurnRecords; wait = TimeSpan.Zero)
        {
            ConsumeResult<byte[], byte[]>? message = _early.TryDequeue(out ConsumeResult<byte[], byte[]>? early)
                ? early
                : Consume(wait);
            if (message == null)
            {
                return;
            }

            if (!_partitions.TryGet(message.Partition.Value, out WorkflowPartition? partition))
            {
                continue;
            }

            if (message.IsPartitionEOF)
            {
                // Past the last record if the partition ends in a transaction marker.
                if (message.Offset.Value >= partition.Next)
                {
                    partition.EndSince = _context.Clock.GetTimestamp();
                }

                continue;
            }
            // After a seek, earlier messages may still arrive.
            if (message.Offset < partition.Next)
            {
                continue;
            }

            // Asked to stop while settings are stale: what came stays for the next owner.
            if (records++ == 0 && !(_settings.Wait() && _partitions.MayDecide()))
            {
                return;
            }

            if (_partitions.Owns(partition) && partition.Marks?.Await(message.Offset.Value, _thread) != false)
            {
                Decide(partition, message);
            }
        }
    }

    private void Mark()
    {
        foreach (WorkflowPartition partition in _partitions.Owned.ToArray())
        {
            partition.Marks?.Turn();
            if (partition.Marks is { IsLost: true })
            {
                _partitions.Keeps(partition, CommitOutcome.Fenced);
            }
        }
    }

    /// <summary>The next message; null if there is none or a broker is briefly unavailable, in which case the caller
    /// tries again.</summary>
    private ConsumeResult<byte[], byte[]>? Consume(TimeSpan wait)
    {
        try
        {
            return _consumer.Consume(wait);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            if (e.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.Local_LogTruncation)
            {
                _gone.Add(e.ConsumerRecord.Partition.Value);
            }

            return null;
        }
    }

    private void HandleGone()
    {
        foreach (int partition in _gone)
        {
            _partitions.TakeOverAgain(partition);
        }

        _gone.Clear();
    }

    private void Decide(WorkflowPartition partition, ConsumeResult<byte[], byte[]> message)
    {
        WorkflowRecord record = KafkaRecord.Of(message);
        PendingCommit pending = partition.Delivery.Pending;
        pending.Begin(record.Offset);
        long read = partition.Run.Counts.Read;
        Refusal? refusal = partition.Run.Take(record, pending);
        partition.Next = record.Offset + 1;
        partition.EndSince = 0;
        if (partition.Run.Counts.Read > read)
        {
            partition.BusyAt = _context.Clock.GetTimestamp();
        }

        if (refusal is not { } why)
        {
            return;
        }

        Headers headers = message.Message.Headers ?? [];
        DeadLetters.AddHeaders(headers, why.Reason, why.Detail, message.Topic, message.Partition.Value, record.Offset);
        _context.Kafka.SendPrefixed(
            _sent,
            Topics.DeadLetters,
            message.Message.Key,
            message.Message.Value,
            $"{partition.Name}-{record.Offset}-{pending.NextNumber()}",
            headers
        );
    }

    /// <summary>Writes and commits a turn's results, however long Redis is unavailable. Gives up only if another owner
    /// has the partition or the lane must stop.</summary>
    private void Commit(WorkflowPartition partition)
    {
        RedisMap? writtenTo = null;
        bool sent = false,
            paused = false;
        CommitOutcome outcome = CommitOutcome.None;
        long since = _context.Clock.GetTimestamp();
        while (_partitions.Owns(partition))
        {
            bool taken = Attempt(() =>
            {
                // A master that was replaced since may have lost what it acknowledged.
                RedisMap masters = _context.Redis.Map;
                if (writtenTo != masters)
                {
                    partition.Delivery.WriteValues(Redis, partition.Next);
                    writtenTo = masters;
                }

                if (!sent)
                {
                    partition.Delivery.SendOut(_context.Kafka, _sent);
                    sent = true;
                }

                if (_sent.IsReached(_sent.Count))
                {
                    outcome = partition.Delivery.Commit(Redis, partition.Next);
                    if (outcome == CommitOutcome.ResultsMissing)
                    {
                        (outcome, writtenTo) = (CommitOutcome.None, null);
                    }
                }
            });
            if (outcome != CommitOutcome.None || (_thread.IsStopping && !taken))
            {
                break;
            }

            if (!taken)
            {
                writtenTo = null;
                _context.Redis.RefreshSoon();
            }

            _thread.Pause(taken ? AcknowledgedSoon : RetryEvery);
            if (_context.Clock.GetElapsedTime(since) > ServeAfter)
            {
                ServeAssignments(paused);
                paused = true;
            }
        }
        if (paused)
        {
            _consumer.Resume(_consumer.Assignment);
        }

        _partitions.Keeps(partition, outcome);
    }

    /// <summary>Serves assignments while reading is paused, so the group doesn't drop this member. Messages that still
    /// arrive are queued.</summary>
    private void ServeAssignments(bool paused)
    {
        if (!paused)
        {
            _consumer.Pause(_consumer.Assignment);
        }

        if (Consume(TimeSpan.Zero) is { } early)
        {
            _early.Enqueue(early);
        }
    }

    /// <summary>Drops early messages of a partition. If the partition comes back it is reread from its progress, and an
    /// older message must not jump ahead of that.</summary>
    private void ForgetEarly(int partition)
    {
        for (int left = _early.Count; left > 0; left--)
        {
            ConsumeResult<byte[], byte[]> message = _early.Dequeue();
            if (message.Partition.Value != partition)
            {
                _early.Enqueue(message);
            }
        }
    }

    /// <summary>Does something with Redis. Returns false if Redis is unavailable or refuses for now.</summary>
    private bool Attempt(Action work)
    {
        try
        {
            work();
            if (_redisAway)
            {
                _context.Log.RedisBack();
            }

            _redisAway = false;
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or OperationCanceledException)
        {
            if (!_redisAway)
            {
                _context.Log.RedisAway(e.Message);
            }

            _redisAway = true;
            return false;
        }
    }

    private void SendTicks()
    {
        foreach (WorkflowPartition partition in _partitions.Owned)
        {
            if (_ticks.TakeDue(partition, out long logTime))
            {
                _context.Kafka.Tick(_sent, _workflow.Topic, partition.Number, logTime);
            }
        }
    }

    private void RunUpkeep()
    {
        OwnedMemory[] owned =
        [
            .. _partitions.Owned.Select(partition => new OwnedMemory(partition.Run.Number, partition.Run.Memory)),
        ];
        foreach (IUpkeep upkeep in _upkeep)
        {
            Attempt(() => upkeep.Run(Redis, owned, Send));
        }
    }

    private void Send(string topic, string key, string json, string id) =>
        _context.Kafka.SendUnprefixed(_sent, topic, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(json), id);

    private void Publish()
    {
        var counts = new WorkflowCounts();
        long now = _context.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        _released.AddTo(counts);
        foreach (WorkflowPartition partition in _partitions.Owned)
        {
            partition.Run.Counts.AddTo(counts);
            if (partition.Run.DueUnsent(now) is { } due)
            {
                counts.DueUnsent = (counts.DueUnsent ?? 0) + due;
            }
        }

        _status = new WorkflowStatus(
            _partitions.HasJoined ? _partitions.Waits : WorkflowStatus.Starting.Waits,
            _partitions.Owned.Select(partition => partition.BusyAt).Append(_partitions.ChangedAt).Max(),
            [.. _partitions.Owned.Select(partition => partition.Name)],
            new Dictionary<string, WorkflowCounts> { [_workflow.Topic] = counts }
        );
    }

    /// <summary>Opens and closes the lane's partitions, with the decider's memory.</summary>
    private sealed class Host(WorkflowLane lane) : IPartitionHost<WorkflowPartition>
    {
        public TimeSpan Horizon => RebuildHorizon.For(lane._workflow.Decider.LongestWindow, lane._context.Timeline);

        private bool UsesStandings => lane._workflow.Decider.UsesStandings;

        private bool UsesMarks => UsesStandings || lane._followed != null;

        public void Prepare()
        {
            if (UsesMarks)
            {
                lane._followed?.CatchUp();
                lane._others.CatchUp();
            }
        }

        public void TakenOver(IReadOnlyList<WorkflowPartition> partitions)
        {
            if (!UsesMarks)
            {
                return;
            }

            OwnMarks[] taken = [.. partitions.Select(partition => partition.Marks!)];
            lane._others.Begin(taken);
            if (UsesStandings)
            {
                lane._others.Tell(taken);
            }

            lane._followed?.Join([.. taken.Select(marks => marks.Knowledge)]);
        }

        public WorkflowPartition Open(PartitionLease lease, RebuildPlan plan)
        {
            EngineContext context = lane._context;
            var standings = new StandingsView(UsesStandings ? context.Limits.Standings : 0);
            IDeciderPartition? memory = null;
            PartitionKnowledge? knowledge = UsesMarks
                ? new PartitionKnowledge(context.Knowledge.Marks.Of(lease.Name), standings.Take, _ => UsesStandings)
                {
                    Followed = new(fields => PartitionRun.Learn(memory!, fields)),
                }
                : null;
            var run = new PartitionRun(
                lane._workflow,
                lease.Partition.Partition.Value,
                context.Timeline,
                lane._compiled,
                context.Hash,
                plan.LiveFromOffset,
                plan.LogTime
            )
            {
                Standings = standings,
                Knowledge = knowledge,
            };
            memory = run.Memory;
            foreach (
                HashEntry entry in lease.TakeMemory().OrderBy(entry => (string)entry.Name!, StringComparer.Ordinal)
            )
            {
                run.Restore(entry.Name!, entry.Value!);
            }

            var delivery = new WorkflowDelivery(
                lease,
                run,
                context.Keys,
                context.Deliver.VerdictTtl,
                context.Deliver.TotalsTtl
            );
            var partition = new WorkflowPartition(lease, plan, run, delivery);
            partition.Marks =
                knowledge == null
                    ? null
                    : new OwnMarks(
                        partition,
                        knowledge,
                        context,
                        lane._sent,
                        lane._followed == null ? context.Knowledge.Read : lane._followed.Read
                    );
            return partition;
        }

        public void Close(WorkflowPartition partition)
        {
            lane.ForgetEarly(partition.Run.Number);
            if (partition.Marks is { } marks)
            {
                lane._others.Leave(marks);
                lane._followed?.Leave(marks.Knowledge);
            }

            partition.Run.Counts.AddTo(lane._released);
            partition.Run.Dispose();
        }

        public void Publish() => lane.Publish();
    }
}
