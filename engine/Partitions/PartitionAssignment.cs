using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Redis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Engine.Partitions;

/// <summary>What a lane's assignment needs of its process.</summary>
public sealed record AssignmentOptions
{
    /// <summary>The one topic that the lane reads.</summary>
    public required string Topic { get; init; }

    public required RedisTarget Redis { get; init; }
    public required RedisKeys Keys { get; init; }

    /// <summary>The group's session timeout: who was fenced takes the partition over anew that much later.</summary>
    public required TimeSpan SessionTimeout { get; init; }

    /// <summary>Whether the process's lanes of this group have all joined it.</summary>
    public Func<bool> LanesHaveJoined { get; init; } = () => true;

    public required TimeProvider Clock { get; init; }
    public required ILogger Log { get; init; }
}

/// <summary>
/// A lane's membership of its group, and the partitions that come of it. A partition that Kafka assigns is in one of
/// three states: held back (the process's lanes are still joining), owned (leased and open), or waiting to be taken
/// over (Redis or a broker was away: a second later; its fencing token was lost: a session timeout later). It leaves
/// each of them when Kafka takes it back. On the lane's thread: <see cref="Join"/>, then every turn reading from
/// <see cref="Consumer"/>, in which Kafka's handlers run, and <see cref="TakeDue"/>; at the end <see cref="Leave"/>.
/// </summary>
public sealed class PartitionAssignment<TPartition> : IDisposable
    where TPartition : OwnedPartition
{
    /// <summary>
    /// How long a lane that joined first waits for the process's others. Kafka gives the first to join everything, and
    /// half of it to the next a few seconds later: taking partitions over only to give them back would read their log
    /// twice.
    /// </summary>
    private static readonly TimeSpan LanesJoinWithin = TimeSpan.FromSeconds(10);

    /// <summary>Once all have joined, what Kafka takes back again for them is told within this time.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long a stop waits for Kafka to hear that the lane leaves its group.</summary>
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(10);

    private readonly AssignmentOptions _options;
    private readonly IPartitionHost<TPartition> _host;
    private readonly LaneThread _lane;
    private readonly TimeProvider _clock;
    private readonly Dictionary<int, TPartition> _owned = [];
    private readonly HashSet<int> _heldBack = [];

    /// <summary>By partition, the monotonic time from which it may be taken over.</summary>
    private readonly Dictionary<int, long> _retakeAt = [];
    private long _joinedAt,
        _allJoinedAt;
    private volatile bool _hasJoined;
    private bool _isClosing;

    public PartitionAssignment(
        AssignmentOptions options,
        ConsumerConfig config,
        IPartitionHost<TPartition> host,
        LaneThread lane
    )
    {
        _options = options;
        _host = host;
        _lane = lane;
        _clock = options.Clock;
        Consumer = new ConsumerBuilder<byte[], byte[]>(config)
            .SetErrorHandler(
                (_, error) =>
                {
                    if (error.IsFatal)
                    {
                        lane.Fail(new KafkaException(error));
                    }
                }
            )
            .SetLogHandler((_, _) => { })
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => LetGo(partitions))
            .Build();
    }

    public IConsumer<byte[], byte[]> Consumer { get; }

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
        _joinedAt = _clock.GetTimestamp();
        Consumer.Subscribe(_options.Topic);
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
                Consumer.StoreOffset(new TopicPartitionOffset(partition.Lease.Partition, partition.CommittedOffset));
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

        // Kafka's client waits for a rebalance that is under way, however long that takes. All is written and given
        // back by now, so a stop doesn't wait with it: the group finds out by the session timeout.
        var closing = Task.Run(Consumer.Close);
        _isClosing = Task.WaitAny([closing], LeaveWithin) < 0;
        if (_isClosing)
        {
            _options.Log.LeavingLate(_options.Topic, LeaveWithin.TotalSeconds);
            return;
        }

        closing.GetAwaiter().GetResult();
    }

    /// <summary>Gives the consumer back, unless it still leaves the group: that can't be interrupted.</summary>
    public void Dispose()
    {
        if (!_isClosing)
        {
            Consumer.Dispose();
        }
    }

    private List<TopicPartitionOffset> Assigned(List<TopicPartition> partitions)
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
            if (LanesAreJoining())
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
    private static List<TopicPartitionOffset> Unread(List<TopicPartition> partitions) =>
        partitions.ConvertAll(partition => new TopicPartitionOffset(partition, Offset.End));

    private void Revoked(List<TopicPartitionOffset> partitions)
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

    /// <summary>Kafka has taken these back, and others may own them already: nothing more is written.</summary>
    private void LetGo(List<TopicPartitionOffset> partitions)
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

    private bool LanesAreJoining()
    {
        if (_allJoinedAt != 0 || _clock.GetElapsedTime(_joinedAt) > LanesJoinWithin)
        {
            return false;
        }

        if (_options.LanesHaveJoined())
        {
            _allJoinedAt = _clock.GetTimestamp();
        }

        return _allJoinedAt == 0;
    }

    private void TakeHeldBack()
    {
        if (LanesAreJoining() || (_allJoinedAt != 0 && _clock.GetElapsedTime(_allJoinedAt) < Settling))
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
            if (Consumer.Assignment.Contains(new TopicPartition(_options.Topic, number)))
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
                Consumer.Seek(new TopicPartitionOffset(partition.Lease.Partition, start));
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
        IDatabase redis = _options.Redis.Redis.GetDatabase();
        PartitionLease[] leases =
        [
            .. numbers.Select(number =>
                PartitionLease.Acquire(redis, _options.Keys, new TopicPartition(_options.Topic, number))
            ),
        ];
        _host.Prepare();
        var taken = new List<TPartition>(leases.Length);
        foreach (PartitionLease lease in leases)
        {
            RebuildPlan plan = lease.Plan(
                Consumer,
                _options.Keys,
                _host.Horizon,
                _host.NeededFrom(lease),
                _clock,
                _options.Log
            );
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
