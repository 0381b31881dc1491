using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Xunit;

namespace Pipeline.Tests.Deliver;

/// <summary>When a step of counts and progress is due, and when totals' time is renewed with it.</summary>
public sealed class ProgressStepTests : IDisposable
{
    private const long Interval = 5000,
        Quiet = 250;

    private readonly List<PartitionState> _states = [];

    [Fact]
    public void Steps_come_once_an_interval_and_partitions_steps_lie_apart()
    {
        long[][] times = [.. Enumerable.Range(0, 8).Select(Steps)];
        Assert.All(times, steps =>
        {
            Assert.Equal(4, steps.Length);
            Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.Equal(Interval, pair.Second - pair.First));
        });
        long[] places = [.. times.Select(steps => steps[0] % Interval).Order()];
        Assert.All(places.Zip([.. places.Skip(1), places[0] + Interval]), pair =>
            Assert.True(pair.Second - pair.First >= Interval / 16)
        );

        long[] Steps(int number)
        {
            ClickPartition partition = Partition(number);
            return
            [
                .. Enumerable
                    .Range(100_001, (int)(4 * Interval))
                    .Select(now => (long)now)
                    .Where(now => partition.TakeCommitDue(now, Interval, Quiet)),
            ];
        }
    }

    [Fact]
    public void Where_nothing_comes_any_more_a_step_doesn_t_wait_for_its_interval()
    {
        ClickPartition partition = Partition(0);
        Assert.False(partition.TakeCommitDue(10_001, Interval, Quiet));
        (partition.EndSince, partition.Next) = (10_002, 1);
        Assert.False(partition.TakeCommitDue(10_251, Interval, Quiet));
        Assert.True(partition.TakeCommitDue(10_252, Interval, Quiet));
        partition.Next = 0;
        Assert.False(partition.TakeCommitDue(10_600, Interval, Quiet));
    }

    [Fact]
    public void A_total_s_time_is_renewed_with_its_first_change_and_then_once_in_a_while_of_acknowledged_ones()
    {
        var ttl = new TtlRenewal();
        Assert.True(ttl.IsDue(1_000, 60_000));
        // not acknowledged: sent again, it is due again
        Assert.True(ttl.IsDue(1_000, 60_000));
        ttl.Acknowledge(1_000, 60_000);
        Assert.False(ttl.IsDue(60_999, 60_000));
        ttl.Acknowledge(60_999, 60_000);
        Assert.True(ttl.IsDue(61_000, 60_000));
    }

    public void Dispose() => _states.ForEach(state => state.Dispose());

    private ClickPartition Partition(int number)
    {
        var state = new PartitionState(number, new PipelineLimits { WindowKeys = 100 }, TimeLimits.Default);
        _states.Add(state);
        var lease = new PartitionLease(new TopicPartition(Topics.Interactions, number), 1, "");
        return new ClickPartition(
            lease,
            default,
            state,
            new PartitionCommitter(
                state,
                lease,
                new RedisKeys("", "engine"),
                new KeyedHash(1, 2),
                TimeSpan.FromDays(35),
                replaced: 0
            )
        );
    }
}
