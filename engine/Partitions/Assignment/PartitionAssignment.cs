using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Diagnostics;
using StackExchange.Redis;

namespace Engine.Partitions.Assignment;

/// <summary>
/// A lane's membership of its group, and the partitions that come of it. A partition that Kafka assigns is in one of
/// three states: held back (the process's lanes are still joining), owned (leased and open), or waiting to be taken
/// over (Redis or a broker was away: a second later; its fencing token was lost: a session timeout later). It leaves
/// each of them when Kafka takes it back. On the lane's thread: <see cref="Join"/>, then every turn reading from the
/// group's consumer, in which Kafka's handlers run, and <see cref="TakeDue"/>; at the end <see cref="Leave"/>.
/// </summary>
public sealed class PartitionAssignment<TPartition> : IGroupHandler, IDisposable
    where TPartition : OwnedPartition
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long a stop waits for Kafka to hear that the lane leaves its group.</summary>
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(10);

    private readonly AssignmentOptions _options;
    private readonly IPartitionHost<TPartition> _host;
    private readonly IGroupMember _group;
    private readonly IPartitionLeases _leases;
    private readonly LaneThread _lane;
    private readonly LanesJoining _joining;
    private readonly TimeProvider _clock;
    private readonly Dictionary<int, TPartition> _owned = [];
    private readonly HashSet<int> _heldBack = [];

    /// <summary>By partition, the monotonic time from which it may be taken over.</summary>
    private readonly Dictionary<int, long> _retakeAt = [];
    private volatile bool _hasJoined;

    /// <param name="group">The lane's membership, which goes with the assignment.</param>
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
    }

    /// <summary>
    /// Whether Kafka has answered that the lane is a member of the group, be it with no partition. From any thread.
    /// </summary>
    public bool HasJoined => _hasJoined;

    /// <summary>The partitions that are owned; walked every turn, so without an object for it.</summary>
    public Dictionary<int, TPartition>.ValueCollection Owned => _owned.Values;

    /// <summary>Monotonic time of the last change of what is owned; 0 for none.</summary>
    public long ChangedAt { get; private set; }

    /// <summary>
    /// What is missing until all that is assigned is owned, read to its end and committed; null where nothing is.
    /// </summary>
    public string? Waits =>
        _heldBack.Count > 0 ? "partitions are taken over once all lanes have joined"
        : _retakeAt.Count > 0 ? "partitions could not be taken over yet"
        : _owned.Values.Select(partition => partition.Waits).FirstOrDefault(waits => waits != null);

    public bool TryGet(int number, [NotNullWhen(true)] out TPartition? partition) =>
        _owned.TryGetValue(number, out partition);

    /// <summary>Whether the partition is still owned, by this very lease.</summary>
    public bool Owns(TPartition partition) => _owned.GetValueOrDefault(partition.Number) == partition;

    public void Join()
    {
        _joining.Begin();
        _group.Join(_options.Topic, this);
    }

    /// <summary>Takes over what was held back or waits to be taken over, where that is due.</summary>
    public void TakeDue()
    {
        if (_heldBack.Count > 0)
        {
            TakeHeldBack();
        }

        if (_retakeAt.Count > 0)
        {
            Retake();
        }
    }

    /// <summary>
    /// Acts on a commit's outcome: a partition that was fenced, or whose progress isn't where this owner left it, isn't
    /// owned any more, and is taken over anew if Kafka still assigns it when that is due. False then.
    /// </summary>
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
            default:
                return true;
        }
    }

    /// <summary>Lets all partitions go, and unless the lane has failed says so to Kafka.</summary>
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

        // All is written and given back by now, so a stop doesn't wait for a rebalance that is under way: the group
        // finds out by the session timeout.
        if (!_group.TryLeave(LeaveWithin))
        {
            _options.Log.LeavingLate(_options.Topic, LeaveWithin.TotalSeconds);
        }
    }

    public void Dispose() => _group.Dispose();

    IEnumerable<TopicPartitionOffset> IGroupHandler.Assigned(IReadOnlyList<TopicPartition> partitions)
    {
        _hasJoined = true;
        // While a lane leaves, Kafka may still give it what another that left before it had.
        if (partitions.Count == 0 || _lane.IsStopping)
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
            // An exception must not pass through librdkafka's frames; the lane ends with it.
            _lane.Fail(e);
            return Unread(partitions);
        }
    }

    /// <summary>
    /// Where nobody reads a partition that is assigned but not owned: at its end. Taking it over seeks.
    /// </summary>
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

    /// <summary>Kafka has taken these back, and others may own them already: nothing more is written.</summary>
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

    /// <summary>Takes over partitions that the consumer has at their ends.</summary>
    private void TakeOverAssigned(int[] numbers)
    {
        foreach (TPartition partition in TryTakeOver(numbers) ?? [])
        {
            Offset start = _host.StartReading(partition);
            if (start != Offset.End)
            {
                _group.Seek(new TopicPartitionOffset(partition.Lease.Partition, start));
            }
        }
    }

    /// <summary>
    /// Takes partitions over. Where Redis or a broker is away none of them is, null, and it is tried again a second
    /// later.
    /// </summary>
    private List<TPartition>? TryTakeOver(int[] numbers)
    {
        try
        {
            return TakeOver(numbers);
        }
        catch (Exception e)
            when (e
                    is RedisException
                        or RedisTimeoutException
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

    /// <summary>
    /// Takes partitions over. Their leases come first, so that what earlier owners still write fails; then what other
    /// partitions told is read to its present end.
    /// </summary>
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

    /// <summary>Lets a partition go. What of it isn't committed yet, the next owner decides again.</summary>
    private void Release(TPartition partition)
    {
        _owned.Remove(partition.Number);
        ChangedAt = _clock.GetTimestamp();
        _options.Log.PartitionReleased(partition.Name, Math.Max(partition.CommittedOffset, partition.LiveFromOffset));
        _host.Close(partition);
        _host.Publish();
    }
}
