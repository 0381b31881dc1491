using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline;
using Engine.Pipeline.Consume;
using Engine.Pipeline.Deliver;
using StackExchange.Redis;

namespace Engine.Workflows.Runtime;

/// <summary>
/// Runs every decider of a process on one thread with one consumer: takes what came, decides it partition by partition,
/// writes it, and goes on when it is acknowledged. Sequential on purpose: workflows see thousands of events a second,
/// not millions, and read better so. More engines share their partitions as they share those of clicks.
/// </summary>
public sealed partial class WorkflowLane : IDisposable
{
    private const int TurnRecords = 1000;
    private static readonly TimeSpan WaitForFirst = TimeSpan.FromMilliseconds(20),
        TickEvery = TimeSpan.FromMilliseconds(250),
        RetryEvery = TimeSpan.FromMilliseconds(100),
        AcknowledgedSoon = TimeSpan.FromMilliseconds(2),
        StatusEvery = TimeSpan.FromMilliseconds(200),
        SettingsLookEvery = TimeSpan.FromMilliseconds(10);

    private readonly EngineContext _context;
    private readonly Dictionary<string, IDecider> _deciders;
    private readonly CompiledSettings _compiled = new();
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly KafkaOut.Sender _sender = new();
    private readonly Dictionary<TopicPartition, OwnedWorkflow> _owned = [];
    private readonly Dictionary<TopicPartition, long> _retakeAt = [];
    private readonly Dictionary<string, WorkflowCounts> _released = [];
    private readonly Queue<ConsumeResult<byte[], byte[]>> _early = new();
    private readonly IReadOnlyList<IUpkeep> _upkeep;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private volatile WorkflowStatus _status = WorkflowStatus.Starting;
    private long _toldAt,
        _assignedAt;
    private bool _redisAway,
        _hasJoined;

    public WorkflowLane(EngineContext context, IReadOnlyList<IDecider> deciders, IReadOnlyList<IUpkeep> upkeep)
    {
        (_context, _upkeep) = (context, upkeep);
        _deciders = deciders.ToDictionary(decider => decider.Topic);
        foreach (IDecider decider in deciders)
        {
            _released[decider.Topic] = new WorkflowCounts();
        }

        _consumer = new ConsumerBuilder<byte[], byte[]>(
            context.Consume.Kafka.Apply(
                new ConsumerConfig
                {
                    // Members of a group must read the same topics; the lanes of clicks have theirs.
                    GroupId = context.Consume.Group + ".workflows",
                    ClientId = "engine-workflows",
                    PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
                    EnableAutoOffsetStore = false,
                    AutoOffsetReset = AutoOffsetReset.Earliest,
                    EnablePartitionEof = true,
                    SessionTimeoutMs = (int)context.Consume.SessionTimeout.TotalMilliseconds,
                    FetchWaitMaxMs = 50,
                }
            )
        )
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
            .SetPartitionsAssignedHandler((_, partitions) => Guarded(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Released(partitions))
            .SetPartitionsLostHandler((_, partitions) => Released(partitions))
            .Build();
        _thread = new Thread(Run) { Name = "workflows" };
    }

    /// <summary>What ended the lane, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Where the lane stands; replaced whole, readable from any thread.</summary>
    public WorkflowStatus Status => _status;

    public void Start() => _thread.Start();

    /// <summary>Asks the lane to finish: what is decided is written, partitions are given back.</summary>
    public void Stop() => _stop.Cancel();

    public void Join() => _thread.Join();

    private IDatabase Redis => _context.Redis.Redis.GetDatabase();

    private void Run()
    {
        try
        {
            _consumer.Subscribe(_deciders.Keys);
            while (!_stop.IsCancellationRequested && Failure == null)
            {
                Turn();
            }

            foreach (TopicPartition partition in _owned.Keys.ToArray())
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
        _status = _status with { Waits = null };
    }

    private void Turn()
    {
        TakeWhatCame();
        foreach (OwnedWorkflow partition in _owned.Values.ToArray())
        {
            if (partition.Next > partition.WrittenTo)
            {
                Write(partition);
            }
        }

        SeeToTicks();
        foreach (IUpkeep upkeep in _upkeep)
        {
            Attempt(() =>
                upkeep.Run(Redis, [.. _owned.Values.Select(partition => partition.Run)], (topic, key, json, id) =>
                    _context.Kafka.SendShared(
                        _sender,
                        topic,
                        Encoding.UTF8.GetBytes(key),
                        Encoding.UTF8.GetBytes(json),
                        id
                    )
                )
            );
        }

        Retake();
        if (_toldAt != 0 && _context.Clock.GetElapsedTime(_toldAt) < StatusEvery)
        {
            return;
        }

        _toldAt = _context.Clock.GetTimestamp();
        Tell();
    }

    private void TakeWhatCame()
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

            if (!_owned.TryGetValue(message.TopicPartition, out OwnedWorkflow? partition))
            {
                continue;
            }

            if (message.IsPartitionEOF)
            {
                if (message.Offset == partition.Next)
                {
                    partition.EndSince = _context.Clock.GetTimestamp();
                }

                continue;
            }
            if (message.Offset < partition.Next)
            {
                continue;
            }

            if (records++ == 0)
            {
                WaitUntilSettingsAreFresh();
            }

            Take(partition, message);
        }
    }

    /// <summary>What comes next; null where nothing did, or a broker is away for a while: it is asked again.</summary>
    private ConsumeResult<byte[], byte[]>? Consume(TimeSpan wait)
    {
        try
        {
            return _consumer.Consume(wait);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            return null;
        }
    }

    private void Take(OwnedWorkflow partition, ConsumeResult<byte[], byte[]> message)
    {
        WorkflowRecord record = KafkaRecord.Of(message);
        partition.Delivery.Results.Begin(record.Offset);
        long read = partition.Run.Counts.Read;
        Refusal? refusal = partition.Run.Take(record, partition.Delivery.Results);
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
        _context.Kafka.SendOwn(
            _sender,
            Topics.DeadLetters,
            message.Message.Key,
            message.Message.Value,
            $"{partition.Run.Name}-{record.Offset}-{partition.Delivery.Results.NextNumber()}",
            headers
        );
    }

    /// <summary>
    /// Writes what a turn resulted in, however long Redis is away; given up only where the partition has gone to
    /// somebody else, or the process ends.
    /// </summary>
    private void Write(OwnedWorkflow partition)
    {
        TopicPartition where = new(partition.Run.Decider.Topic, partition.Run.Number);
        if (partition.Next <= partition.ResultsFrom)
        {
            partition.WrittenTo = partition.Next;
            return;
        }
        bool written = false;
        CommitOutcome outcome = CommitOutcome.None;
        long since = _context.Clock.GetTimestamp();
        bool paused = false;
        while (_owned.ContainsValue(partition))
        {
            bool taken = Attempt(() =>
            {
                if (!written)
                {
                    partition.Delivery.WriteValues(Redis);
                    partition.Delivery.SendOut(_context.Kafka, _sender);
                }
                written = true;
                if (_sender.IsReached(_sender.Count))
                {
                    outcome = partition.Delivery.Commit(Redis, partition.Next, partition.Run.LogTime);
                }
            });
            if (outcome != CommitOutcome.None || (_stop.IsCancellationRequested && !taken))
            {
                break;
            }

            _stop.Token.WaitHandle.WaitOne(taken ? AcknowledgedSoon : RetryEvery);
            if (_context.Clock.GetElapsedTime(since) > TimeSpan.FromSeconds(1))
            {
                paused = Serve(paused);
            }
        }
        if (paused)
        {
            _consumer.Resume(_consumer.Assignment);
        }

        switch (outcome)
        {
            case CommitOutcome.Done:
                partition.WrittenTo = partition.Next;
                _consumer.StoreOffset(new TopicPartitionOffset(where, partition.Next));
                break;
            case CommitOutcome.NotOwner:
                _context.Log.OwnerLost(partition.Run.Name);
                Release(where);
                _retakeAt[where] =
                    _context.Clock.GetTimestamp()
                    + (long)(_context.Consume.SessionTimeout.TotalSeconds * _context.Clock.TimestampFrequency);
                break;
            case CommitOutcome.OtherOffset:
                _context.Log.ProgressMoved(partition.Run.Name);
                Release(where);
                _retakeAt[where] = _context.Clock.GetTimestamp();
                break;
        }
    }

    /// <summary>
    /// Serves assignments while nothing is read, so that the group doesn't give this member up. What comes all the same
    /// is taken later.
    /// </summary>
    private bool Serve(bool paused)
    {
        if (!paused)
        {
            _consumer.Pause(_consumer.Assignment);
        }

        if (Consume(TimeSpan.Zero) is { } early)
        {
            _early.Enqueue(early);
        }

        return true;
    }

    /// <summary>Does something with Redis; false where Redis is away or refuses for now.</summary>
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

    private void WaitUntilSettingsAreFresh()
    {
        while (!_context.SettingsAreFresh() && !_stop.IsCancellationRequested)
        {
            _stop.Token.WaitHandle.WaitOne(SettingsLookEvery);
        }
    }

    /// <summary>
    /// Where something that waits falls due by reckoned log time, a tick carries that time into the log.
    /// </summary>
    private void SeeToTicks()
    {
        foreach (OwnedWorkflow partition in _owned.Values)
        {
            if (partition.EndSince == 0 || partition.Next < partition.ResultsFrom || partition.Run.Due == long.MaxValue)
            {
                continue;
            }

            long reckoned =
                partition.Run.LogTime + (long)_context.Clock.GetElapsedTime(partition.EndSince).TotalMilliseconds;
            if (
                reckoned <= partition.Run.Due
                || (partition.TickedAt != 0 && _context.Clock.GetElapsedTime(partition.TickedAt) < TickEvery)
            )
            {
                continue;
            }

            partition.TickedAt = _context.Clock.GetTimestamp();
            _context.Kafka.Tick(_sender, partition.Run.Decider.Topic, partition.Run.Number, reckoned);
        }
    }

    private void Tell()
    {
        Dictionary<string, WorkflowCounts> counts = [];
        foreach ((string topic, WorkflowCounts released) in _released)
        {
            released.AddTo(counts[topic] = new WorkflowCounts());
        }

        foreach (OwnedWorkflow partition in _owned.Values)
        {
            partition.Run.Counts.AddTo(counts[partition.Run.Decider.Topic]);
        }

        _status = new WorkflowStatus(
            _hasJoined
                ? _owned.Values.Select(partition => partition.Waits).FirstOrDefault(waits => waits != null)
                : "the workflows join their group",
            _owned.Values.Select(partition => partition.BusyAt).Append(_assignedAt).Max(),
            [.. _owned.Values.Select(partition => partition.Run.Name)],
            counts
        );
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

        _consumer.Dispose();
        _stop.Dispose();
    }
}

/// <summary>Where the workflows of a process stand.</summary>
/// <param name="Waits">What is missing until all partitions that it owns are read to their end, and all is
/// acknowledged; null where nothing is.</param>
/// <param name="BusyAt">Monotonic time of the last record that was no tick, or of the last change of what is owned; 0
/// for none.</param>
/// <param name="Names">Of the partitions that it owns, or owned at its end.</param>
/// <param name="Counts">What became of the records, by topic.</param>
public sealed record WorkflowStatus(
    string? Waits,
    long BusyAt,
    IReadOnlyList<string> Names,
    IReadOnlyDictionary<string, WorkflowCounts> Counts
)
{
    public static readonly WorkflowStatus Starting = new(
        "the workflows join their group",
        0,
        [],
        new Dictionary<string, WorkflowCounts>()
    );
}
