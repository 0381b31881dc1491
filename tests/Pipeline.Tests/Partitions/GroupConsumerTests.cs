using Confluent.Kafka;
using Engine.Partitions;
using Engine.Partitions.Assignment;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>A member of a group reads what it is assigned, whatever was done with the partition before.</summary>
public sealed class GroupConsumerTests : IDisposable
{
    private const string Topic = "read";

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30),
        PollFor = TimeSpan.FromMilliseconds(50);

    private readonly MockBroker _broker = new();
    private readonly LaneThread _lane = new("test", () => { }, () => { });
    private int _read;

    /// <summary>A lane pauses its partitions while Redis is away. One that it loses meanwhile, and is assigned again
    /// later, was never read.</summary>
    [Fact]
    public async Task A_partition_that_was_paused_when_it_went_is_read_when_it_comes_back()
    {
        _broker.Create(Topic);
        using var log = new LiveLog(_broker.Address);
        using var member = new GroupConsumer(
            new ConsumerConfig
            {
                BootstrapServers = _broker.Address,
                GroupId = "test",
                EnableAutoCommit = false,
                // The test cluster forgets members only then.
                SessionTimeoutMs = 3000,
                HeartbeatIntervalMs = 500,
                PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            },
            _lane
        );
        var handler = new FromBeginning();
        member.Join(Topic, handler);
        Until(member, "it is assigned", () => handler.Assigned == 1);
        member.Consumer.Pause(member.Consumer.Assignment);
        member.StandAside();
        Until(member, "it is revoked", () => handler.Assigned == 0);

        member.Join(Topic, handler);
        Until(member, "it is assigned", () => handler.Assigned == 1);
        await log.SendAsync(new LiveRecord(Topic, "a", "1"));
        Until(member, "it is read", () => _read > 0);
    }

    private void Until(GroupConsumer member, string what, Func<bool> isSo)
    {
        long since = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Within, $"not within {Within}: {what}");
            _read += member.Consumer.Consume(PollFor) == null ? 0 : 1;
        }
    }

    public void Dispose()
    {
        _lane.Dispose();
        _broker.Dispose();
    }

    private sealed class FromBeginning : IGroupHandler
    {
        public int Assigned { get; private set; }

        IEnumerable<TopicPartitionOffset> IGroupHandler.Assigned(IReadOnlyList<TopicPartition> partitions)
        {
            Assigned += partitions.Count;
            return partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning));
        }

        public void Revoked(IReadOnlyList<TopicPartitionOffset> partitions) => Assigned -= partitions.Count;

        public void Lost(IReadOnlyList<TopicPartitionOffset> partitions) => Revoked(partitions);
    }
}
