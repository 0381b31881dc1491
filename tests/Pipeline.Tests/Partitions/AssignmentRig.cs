using Confluent.Kafka;
using Engine.Partitions;
using Engine.Partitions.Assignment;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Pipeline.Tests.Partitions;

/// <summary>
/// An assignment without Kafka and without Redis: the test plays the group (<see cref="Assign"/>,
/// <see cref="Revoke"/>, <see cref="Lose"/>), and <see cref="Told"/> lists what host and group were told, in order.
/// </summary>
internal sealed class AssignmentRig : IGroupMember, IPartitionLeases, IPartitionHost<FakePartition>
{
    public static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(45);

    private readonly HashSet<int> _assigned = [];
    private IGroupHandler? _handler;
    private long _token;

    public AssignmentRig()
    {
        Lane = new LaneThread("rig", () => { }, () => { });
        var options = new AssignmentOptions
        {
            Topic = "interactions",
            SessionTimeout = SessionTimeout,
            LanesHaveJoined = () => LanesHaveJoined,
            MustStandAside = () => MustStandAside,
            Clock = Clock,
            Log = NullLogger.Instance,
        };
        Assignment = new PartitionAssignment<FakePartition>(options, this, this, this, Lane);
        Assignment.Join();
    }

    public FakeTimeProvider Clock { get; } = new();
    public LaneThread Lane { get; }
    public PartitionAssignment<FakePartition> Assignment { get; }
    public List<string> Told { get; } = [];
    public bool LanesHaveJoined { get; set; } = true;
    public bool MustStandAside { get; set; }

    /// <summary>Whether Kafka hears in time that the lane leaves.</summary>
    public bool LeavesInTime { get; set; } = true;

    /// <summary>What a takeover throws at a partition; null for nothing.</summary>
    public Func<int, Exception?> Trouble { get; set; } = _ => null;

    public int[] Owned => [.. Assignment.Owned.Select(partition => partition.Number).Order()];

    public TimeSpan Horizon => TimeSpan.Zero;

    public FakePartition this[int number] => Assignment.Owned.Single(partition => partition.Number == number);

    /// <summary>Kafka gives partitions; from where each is read.</summary>
    public long[] Assign(params int[] numbers)
    {
        _assigned.UnionWith(numbers);
        return [.. _handler!.Assigned([.. numbers.Select(At)]).Select(start => start.Offset.Value)];
    }

    public void Revoke(params int[] numbers)
    {
        _handler!.Revoked([.. numbers.Select(number => new TopicPartitionOffset(At(number), 0))]);
        _assigned.ExceptWith(numbers);
    }

    public void Lose(params int[] numbers)
    {
        _assigned.ExceptWith(numbers);
        _handler!.Lost([.. numbers.Select(number => new TopicPartitionOffset(At(number), 0))]);
    }

    /// <summary>Time passes, and then a turn of the lane.</summary>
    public void Turn(TimeSpan later)
    {
        Clock.Advance(later);
        Assignment.TakeDue();
    }

    public PartitionLease Acquire(TopicPartition partition) => new(partition, ++_token, "");

    /// <summary>The fencing tokens that another owner has taken over.</summary>
    public HashSet<long> Taken { get; } = [];

    /// <summary>How often Redis doesn't answer before it does.</summary>
    public int Unanswered { get; set; }

    public CommitOutcome Check(PartitionLease lease, long committed) =>
        Unanswered-- > 0 ? throw new TimeoutException()
        : Taken.Contains(lease.FencingToken) ? CommitOutcome.Fenced
        : CommitOutcome.None;

    public RebuildPlan Plan(PartitionLease lease, TimeSpan horizon, long neededFrom) => new(100, 0, 40, 0);

    public FakePartition Open(PartitionLease lease, RebuildPlan plan)
    {
        int number = lease.Partition.Partition.Value;
        if (Trouble(number) is { } trouble)
        {
            throw trouble;
        }

        Told.Add($"open {number}");
        return new FakePartition(lease, plan);
    }

    public void Drain(IReadOnlyList<FakePartition> partitions) =>
        Told.AddRange(partitions.Select(partition => $"drain {partition.Number}"));

    public void Close(FakePartition partition) => Told.Add($"close {partition.Number}");

    public void Publish() { }

    public void Join(string topic, IGroupHandler handler)
    {
        if (_handler != null)
        {
            Told.Add("join again");
        }

        _handler = handler;
    }

    public void StandAside() => Told.Add("stand aside");

    public bool IsAssigned(TopicPartition partition) => _assigned.Contains(partition.Partition.Value);

    public void ReadFrom(TopicPartitionOffset start) =>
        Told.Add($"read {start.Partition.Value} from {start.Offset.Value}");

    public void StoreOffset(TopicPartitionOffset offset) =>
        Told.Add($"store {offset.Partition.Value} at {offset.Offset.Value}");

    public bool TryLeave(TimeSpan within)
    {
        Told.Add("leave");
        return LeavesInTime;
    }

    public void Dispose() => Lane.Dispose();

    private static TopicPartition At(int number) => new("interactions", number);
}

/// <summary>A partition of which nothing is decided.</summary>
internal sealed class FakePartition(PartitionLease lease, RebuildPlan plan) : OwnedPartition(lease, plan)
{
    public override long LogTime => 0;
    public override long DueTime => long.MaxValue;
    public override long CommittedOffset => 120;
}
