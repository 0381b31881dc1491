using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>contract.md, "Time": when an owner carries reckoned log time into the log.</summary>
public sealed class TickSchedulerTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TickScheduler _ticks;
    private readonly WaitingPartition _partition = new() { Time = 1000, Due = 3000 };

    public TickSchedulerTests()
    {
        _ticks = new TickScheduler(_clock);
        _partition.Next = 10;
        _partition.EndSince = _clock.GetTimestamp();
    }

    [Fact]
    public void A_tick_is_sent_once_reckoned_log_time_has_passed_what_falls_due()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(2000));
        Assert.False(_ticks.TakeDue(_partition, out _));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_ticks.TakeDue(_partition, out long logTime));
        Assert.Equal(3001, logTime);
    }

    [Fact]
    public void It_is_sent_again_every_250_ms_until_log_time_is_there()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(2001));
        Assert.True(_ticks.TakeDue(_partition, out _));
        _clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(_ticks.TakeDue(_partition, out _));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_ticks.TakeDue(_partition, out long logTime));
        Assert.Equal(3251, logTime);
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        _partition.Due = long.MaxValue;
        Assert.False(_ticks.TakeDue(_partition, out _));
    }

    [Fact]
    public void No_tick_is_stamped_later_than_records_may_be()
    {
        (_partition.Time, _partition.Due) = (RecordTime.Last, RecordTime.Last - 1);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_ticks.TakeDue(_partition, out long logTime));
        Assert.Equal(RecordTime.Last, logTime);

        _partition.Due = RecordTime.Last;
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(_ticks.TakeDue(_partition, out _));
    }

    [Fact]
    public void Before_the_partition_s_end_the_log_s_own_records_carry_time_on()
    {
        _partition.EndSince = 0;
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_ticks.TakeDue(_partition, out _));
    }

    [Fact]
    public void While_the_state_is_rebuilt_nothing_falls_due()
    {
        _partition.Next = WaitingPartition.LiveFrom - 1;
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_ticks.TakeDue(_partition, out _));
        _partition.Next = WaitingPartition.LiveFrom;
        Assert.True(_ticks.TakeDue(_partition, out _));
    }

    /// <summary>A partition in which something waits.</summary>
    private sealed class WaitingPartition()
        : OwnedPartition(
            new PartitionLease(new TopicPartition("interactions", 0), 1, ""),
            new RebuildPlan(LiveFrom, 0, 0, 0)
        )
    {
        public const long LiveFrom = 5;

        public long Time { get; set; }

        public long Due { get; set; }

        public override long LogTime => Time;

        public override long DueTime => Due;

        public override long CommittedOffset => -1;
    }
}
