using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Diagnostics;
using StackExchange.Redis;

namespace Engine.Partitions.Assignment;

/// <summary>A lane's membership of its group, and the resulting partitions. An assigned partition is in one of three
/// states: held back (the process's lanes are still joining), owned (leased and open), or waiting for takeover (a
/// second after Redis or a broker was unavailable, a session timeout after its fencing token was lost). It leaves any
/// state when Kafka revokes it. A lane that must stand aside releases all of them and leaves the group meanwhile. On
/// the lane's thread, call <see cref="Join"/>, then on each turn read from the group's consumer, which runs Kafka's
/// handlers, and call <see cref="TakeDue"/>; at the end call <see cref="Leave"/>.</summary>
public sealed class PartitionAssignment<TPartition> : IGroupHandler, IDisposable
    where TPartition : OwnedPartition
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1),
        CheckLeasesEvery = TimeSpan.FromSeconds(5),
        LookAgainAfter = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a stop waits for the lane to leave its group.</summary>
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(10);

    private readonly AssignmentOptions _options;
    private readonly IPartitionHost<TPartition> _host;
    private readonly IGroupMember _group;
    private readonly IPartitionLeases _leases;
    private readonly LaneThread _lane;
    private readonly LanesJoining _joining;
    private readonly StandstillCheck _standstill;
    private readonly TimeProvider _clock;
    private readonly Dictionary<int, TPartition> _owned = [];
    private readonly HashSet<int> _heldBack = [];

    /// <summary>The monotonic time at which each waiting partition may be taken over.</summary>
    private readonly Dictionary<int, long> _retakeAt = [];

    /// <summary>What Redis had acknowledged of each partition when it was last released.</summary>
    private readonly Dictionary<int, (long Token, long Progress)> _acknowledged = [];
    private long _leasesCheckedAt;
    private volatile bool _hasJoined;
    private bool _isAside;

    /// <param name="group">The lane's membership, which is disposed of with the assignment.</param>
    public PartitionAssignment(
        AssignmentOptions options,
        IGroupMember group,
        IPartitionLeases leases,
        IPartitionHost<TPartition> host,
        LaneThread lane
    )
    {
        (_options, _group, _leases, _host, _lane) = (options, group, leases, host, lane);
        _clock = options.Clock;
        _joining = new LanesJoining(options.LanesHaveJoined, _clock);
        _standstill = new StandstillCheck(options.SessionTimeout / 4, _clock);
    }

    /// <summary>Whether Kafka has confirmed the membership, even if with no partitions. Thread-safe.</summary>
    public bool HasJoined => _hasJoined;

    /// <summary>The owned partitions. Every turn enumerates them, so this allocates nothing.</summary>
    public Dictionary<int, TPartition>.ValueCollection Owned => _owned.Values;

    /// <summary>Monotonic time of the last change of ownership; 0 for none.</summary>
    public long ChangedAt { get; private set; }

    /// <summary>What still has to happen before everything assigned is owned, read to its end and committed; null if
    /// nothing.</summary>
    public string? Waits =>
        _isAside ? "the engine lacks a file that the settings name"
        : _heldBack.Count > 0 ? "partitions are taken over once all lanes have joined"
        : _retakeAt.Count > 0 ? "partitions could not be taken over yet"
        : _owned.Values.Select(partition => partition.Waits).FirstOrDefault(waits => waits != null);

    public bool TryGet(int number, [NotNullWhen(true)] out TPartition? partition) =>
        _owned.TryGetValue(number, out partition);

    /// <summary>Whether the partition is still owned under this same lease.</summary>
    public bool Owns(TPartition partition) => _owned.GetValueOrDefault(partition.Number) == partition;

    public void Join()
    {
        _joining.Begin();
        _group.Join(_options.Topic, this);
    }

    /// <summary>Writes what is decided, releases all partitions and leaves the group. <see cref="TakeDue"/> joins it
    /// again.</summary>
    public void StandAside()
    {
        if (_isAside)
        {
            return;
        }

        _isAside = true;
        TPartition[] owned = [.. _owned.Values];
        _host.Drain(owned);
        foreach (TPartition partition in owned)
        {
            Release(partition);
        }

        _retakeAt.Clear();
        _heldBack.Clear();
        _group.StandAside();
        _host.Publish();
    }

    /// <summary>Leaves the group if it must, or joins it again. Otherwise takes over partitions that were held back or
    /// wait for takeover, if due. Now and then looks whether the leases still hold: without events, nothing else would
    /// notice that Redis has lost them.</summary>
    public void TakeDue()
    {
        if (_options.MustStandAside())
        {
            StandAside();
            return;
        }

        if (_isAside)
        {
            _isAside = false;
            Join();
        }

        if (_clock.GetElapsedTime(_leasesCheckedAt) > CheckLeasesEvery)
        {
            _leasesCheckedAt = _clock.GetTimestamp();
            GiveUpLost();
        }

        if (_heldBack.Count > 0)
        {
            TakeHeldBack();
        }

        if (_retakeAt.Count > 0)
        {
            Retake();
        }
    }

    /// <summary>Called at the beginning of each turn, to notice if the thread stood still.</summary>
    public void BeginTurn() => _standstill.Look();

    /// <summary>Whether what was received may be decided. If the thread stood still for so long that Kafka may have
    /// given its partitions to others, asks Redis which leases still hold, however long Redis is unavailable; what is
    /// lost is given up as after <see cref="CommitOutcome.Fenced"/>. What is in hand was received before, so if a lease
    /// still holds, the next owner leaves it to this one's marks.</summary>
    /// <returns>False if the lane is asked to stop before Redis has answered.</returns>
    public bool MayDecide() => !_standstill.TakeNoticed() || CheckLeases();

    private bool CheckLeases()
    {
        bool isRedisAway = false;
        foreach (TPartition partition in _owned.Values.ToArray())
        {
            CommitOutcome? outcome;
            while ((outcome = TryCheck(partition, out string? whyNot)) == null)
            {
                if (_lane.IsStopping)
                {
                    return false;
                }

                if (!isRedisAway)
                {
                    isRedisAway = true;
                    _options.Log.RedisAway(whyNot!);
                }

                _lane.Pause(LookAgainAfter);
            }

            Keeps(partition, outcome.Value);
        }

        if (isRedisAway)
        {
            _options.Log.RedisBack();
        }

        return true;
    }

    /// <summary>Gives up the partitions whose leases or progress Redis no longer has. While it doesn't answer,
    /// none.</summary>
    private void GiveUpLost()
    {
        foreach (TPartition partition in _owned.Values.ToArray())
        {
            if (TryCheck(partition, out _) is not { } outcome)
            {
                return;
            }

            Keeps(partition, outcome);
        }
    }

    private CommitOutcome? TryCheck(TPartition partition, out string? whyNot)
    {
        whyNot = null;
        try
        {
            return _leases.Check(partition.Lease, partition.CommittedOffset);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            whyNot = e.Message.Split('\n')[0];
            return null;
        }
    }

    /// <summary>Acts on a commit's outcome. Returns false if the partition is lost, because it was fenced, its
    /// progress was moved or a master was replaced. It is then taken over again when due, if Kafka still assigns
    /// it.</summary>
    public bool Keeps(TPartition partition, CommitOutcome outcome)
    {
        switch (outcome)
        {
            case CommitOutcome.Committed:
                _group.StoreOffset(new TopicPartitionOffset(partition.Lease.Partition, partition.CommittedOffset));
                return true;
            case CommitOutcome.Fenced:
                _options.Log.OwnerLost(partition.Name);
                Release(partition);
                RetakeIn(partition.Number, _options.SessionTimeout);
                return false;
            case CommitOutcome.ProgressMoved:
                _options.Log.ProgressMoved(partition.Name);
                Release(partition);
                RetakeIn(partition.Number, TimeSpan.Zero);
                return false;
            case CommitOutcome.MasterReplaced:
                _options.Log.MasterReplaced(partition.Name);
                Release(partition);
                RetakeIn(partition.Number, TimeSpan.Zero);
                return false;
            default:
                return true;
        }
    }

    /// <summary>Gives up a partition whose next offset is no longer in the log, and takes it over again as at a start:
    /// from the log's start if retention has passed, and not at all if the log is another one.</summary>
    public void TakeOverAgain(int number)
    {
        if (!TryGet(number, out TPartition? partition))
        {
            return;
        }

        _options.Log.OffsetGone(partition.Name, partition.Next);
        Release(partition);
        RetakeIn(partition.Number, TimeSpan.Zero);
    }

    /// <summary>Releases all partitions and, unless the lane has failed, leaves the group.</summary>
    public void Leave()
    {
        foreach (TPartition partition in _owned.Values.ToArray())
        {
            Release(partition);
        }

        if (_lane.Failure != null)
        {
            return;
        }

        // All is written and released by now, so a stop doesn't wait for a rebalance in progress: the group notices
        // after the session timeout.
        if (!_group.TryLeave(LeaveWithin))
        {
            _options.Log.LeavingLate(_options.Topic, LeaveWithin.TotalSeconds);
        }
    }

    public void Dispose() => _group.Dispose();

    IEnumerable<TopicPartitionOffset> IGroupHandler.Assigned(IReadOnlyList<TopicPartition> partitions)
    {
        _hasJoined = true;
        // While this lane leaves, Kafka may still assign it partitions of a member that left before.
        if (partitions.Count == 0 || _lane.IsStopping || _isAside)
        {
            return Unread(partitions);
        }

        try
        {
            int[] numbers = [.. partitions.Select(partition => partition.Partition.Value)];
            if (_joining.IsUnderWay())
            {
                _heldBack.UnionWith(numbers);
                _host.Publish();
                return Unread(partitions);
            }

            return TryTakeOver(numbers) is { } taken
                ? taken.ConvertAll(partition => new TopicPartitionOffset(
                    partition.Lease.Partition,
                    _host.StartReading(partition)
                ))
                : Unread(partitions);
        }
        catch (Exception e)
        {
            // An exception must not pass through librdkafka's frames; it ends the lane instead.
            _lane.Fail(e);
            return Unread(partitions);
        }
    }

    /// <summary>Starts assigned partitions that aren't owned at their end, so nothing is read. A takeover
    /// begins to read them.</summary>
    private static List<TopicPartitionOffset> Unread(IReadOnlyList<TopicPartition> partitions) =>
        [.. partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End))];

    void IGroupHandler.Revoked(IReadOnlyList<TopicPartitionOffset> partitions)
    {
        try
        {
            _host.Drain([
                .. partitions
                    .Select(partition => _owned.GetValueOrDefault(partition.Partition.Value))
                    .OfType<TPartition>(),
            ]);
        }
        catch (Exception e)
        {
            _lane.Fail(e);
        }

        LetGo(partitions);
    }

    void IGroupHandler.Lost(IReadOnlyList<TopicPartitionOffset> partitions) => LetGo(partitions);

    /// <summary>Releases partitions that Kafka has revoked. Others may own them already, so nothing more is
    /// written.</summary>
    private void LetGo(IReadOnlyList<TopicPartitionOffset> partitions)
    {
        foreach (TopicPartitionOffset partition in partitions)
        {
            int number = partition.Partition.Value;
            if (_owned.TryGetValue(number, out TPartition? owned))
            {
                Release(owned);
            }

            _retakeAt.Remove(number);
            _heldBack.Remove(number);
        }
    }

    private void TakeHeldBack()
    {
        if (!_joining.HasSettled())
        {
            return;
        }

        int[] numbers = [.. _heldBack];
        _heldBack.Clear();
        TakeOverAssigned(numbers);
    }

    private void Retake()
    {
        foreach ((int number, long at) in _retakeAt.ToArray())
        {
            if (_clock.GetTimestamp() < at)
            {
                continue;
            }

            _retakeAt.Remove(number);
            if (_group.IsAssigned(new TopicPartition(_options.Topic, number)))
            {
                TakeOverAssigned([number]);
            }
        }
    }

    private void RetakeIn(int number, TimeSpan time) =>
        _retakeAt[number] = _clock.GetTimestamp() + (long)(time.TotalSeconds * _clock.TimestampFrequency);

    /// <summary>Takes over partitions that the consumer holds at their ends.</summary>
    private void TakeOverAssigned(int[] numbers)
    {
        foreach (TPartition partition in TryTakeOver(numbers) ?? [])
        {
            Offset start = _host.StartReading(partition);
            if (start != Offset.End)
            {
                _group.ReadFrom(new TopicPartitionOffset(partition.Lease.Partition, start));
            }
        }
    }

    /// <summary>Takes partitions over. If Redis or a broker is unavailable, takes over none, returns null, and tries
    /// again a second later.</summary>
    private List<TPartition>? TryTakeOver(int[] numbers)
    {
        try
        {
            return TakeOver(numbers);
        }
        catch (Exception e)
            when (e
                    is RedisException
                        or TimeoutException
                        or OperationCanceledException
                        or KafkaException { Error.IsFatal: false }
            )
        {
            _options.Log.TakeOverWaits(
                string.Join(", ", numbers.Select(number => RedisKeys.Partition(_options.Topic, number))),
                e.Message.Split('\n')[0]
            );
            foreach (int number in numbers)
            {
                if (_owned.TryGetValue(number, out TPartition? begun))
                {
                    Release(begun);
                }

                RetakeIn(number, RetryEvery);
            }
            return null;
        }
    }

    /// <summary>Takes partitions over. The leases come first, so writes of earlier owners fail. Then the results of
    /// other partitions are read up to their current end.</summary>
    private List<TPartition> TakeOver(int[] numbers)
    {
        using Activity? trace = Traces.TakeOver(numbers);
        PartitionLease[] leases =
        [
            .. numbers.Select(number => _leases.Acquire(new TopicPartition(_options.Topic, number))),
        ];
        _host.Prepare();
        var taken = new List<TPartition>(leases.Length);
        foreach (PartitionLease lease in leases)
        {
            RebuildPlan plan = _leases.Plan(lease, _host.Horizon, _host.NeededFrom(lease));
            TellOfLoss(lease, plan);
            TPartition partition = _host.Open(lease, plan);
            _owned[partition.Number] = partition;
            _retakeAt.Remove(partition.Number);
            ChangedAt = _clock.GetTimestamp();
            taken.Add(partition);
        }

        _host.TakenOver(taken);
        _host.Publish();
        return taken;
    }

    /// <summary>Says if Redis has lost what it had acknowledged to this instance: progress, or the ownership.</summary>
    private void TellOfLoss(PartitionLease lease, RebuildPlan plan)
    {
        if (
            _acknowledged.TryGetValue(lease.Partition.Partition.Value, out (long Token, long Progress) known)
            && (lease.FencingToken <= known.Token || plan.LiveFromOffset < known.Progress)
        )
        {
            _options.Log.RedisLostWrites(lease.Name, known.Progress, plan.LiveFromOffset);
        }
    }

    /// <summary>Releases a partition. The next owner decides uncommitted results again.</summary>
    private void Release(TPartition partition)
    {
        _owned.Remove(partition.Number);
        ChangedAt = _clock.GetTimestamp();
        long progress = Math.Max(partition.CommittedOffset, partition.LiveFromOffset);
        _acknowledged[partition.Number] = (partition.Lease.FencingToken, progress);
        _options.Log.PartitionReleased(partition.Name, progress);
        _host.Close(partition);
        _host.Publish();
    }
}
