using Confluent.Kafka;
using Engine.Partitions;
using StackExchange.Redis;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>How partitions come and go: the states of a lane's assignment, without Kafka and Redis.</summary>
public sealed class PartitionAssignmentTests : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1),
        Second = TimeSpan.FromSeconds(1);

    private readonly AssignmentRig _rig = new();

    public void Dispose()
    {
        _rig.Assignment.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public void What_is_assigned_is_owned_and_read_from_where_its_plan_says()
    {
        Assert.False(_rig.Assignment.HasJoined);
        Assert.Equal([40, 40], _rig.Assign(2, 5));
        Assert.True(_rig.Assignment.HasJoined);
        Assert.Equal([2, 5], _rig.Owned);
        Assert.Equal(["open 2", "open 5"], _rig.Told);
    }

    [Fact]
    public void A_member_without_partitions_has_joined()
    {
        Assert.Empty(_rig.Assign());
        Assert.True(_rig.Assignment.HasJoined);
        Assert.Null(_rig.Assignment.Waits);
    }

    [Fact]
    public void Partitions_are_held_back_until_all_lanes_have_joined_and_settled()
    {
        _rig.LanesHaveJoined = false;
        Assert.Equal([Offset.End.Value], _rig.Assign(2));
        _rig.Turn(TimeSpan.FromSeconds(3));
        Assert.Empty(_rig.Owned);
        Assert.Equal("partitions are taken over once all lanes have joined", _rig.Assignment.Waits);
        _rig.LanesHaveJoined = true;
        _rig.Turn(Moment);
        Assert.Empty(_rig.Owned);
        _rig.Turn(TimeSpan.FromMilliseconds(200));
        Assert.Equal(["open 2", "read 2 from 40"], _rig.Told);
    }

    [Fact]
    public void A_lane_that_must_stand_aside_releases_everything_and_joins_again_once_it_may()
    {
        _rig.Assign(2, 5);
        _rig.Told.Clear();
        _rig.MustStandAside = true;
        _rig.Turn(Moment);
        _rig.Turn(Moment);
        Assert.Equal(["drain 2", "drain 5", "close 2", "close 5", "stand aside"], _rig.Told);
        Assert.NotNull(_rig.Assignment.Waits);

        // Kafka takes note meanwhile, and may still have assigned something.
        _rig.Revoke(2, 5);
        Assert.Equal([Offset.End.Value], _rig.Assign(3));
        _rig.Revoke(3);
        Assert.Empty(_rig.Owned);
        _rig.Told.Clear();
        _rig.MustStandAside = false;
        _rig.Turn(Moment);
        _rig.Assign(2);
        Assert.Equal(["join again", "open 2"], _rig.Told);
        Assert.Equal([2], _rig.Owned);
    }

    [Fact]
    public void A_lane_that_never_joins_is_waited_for_ten_seconds()
    {
        _rig.LanesHaveJoined = false;
        _rig.Assign(2);
        _rig.Turn(TimeSpan.FromSeconds(10));
        Assert.Empty(_rig.Owned);
        _rig.Turn(Moment);
        Assert.Equal([2], _rig.Owned);
    }

    [Fact]
    public void What_Kafka_takes_back_while_it_is_held_back_is_never_opened()
    {
        _rig.LanesHaveJoined = false;
        _rig.Assign(2, 5);
        _rig.Revoke(2);
        _rig.LanesHaveJoined = true;
        _rig.Turn(Moment);
        _rig.Turn(Second);
        Assert.Equal(["open 5", "read 5 from 40"], _rig.Told);
    }

    [Fact]
    public void While_Redis_is_away_nothing_is_owned_and_a_second_later_all_is_tried_again()
    {
        _rig.Trouble = number => number == 5 ? new RedisException("away") : null;
        Assert.Equal([Offset.End.Value, Offset.End.Value], _rig.Assign(2, 5));
        Assert.Equal(["open 2", "close 2"], _rig.Told);
        Assert.Equal("partitions could not be taken over yet", _rig.Assignment.Waits);
        _rig.Trouble = _ => null;
        _rig.Turn(Second - Moment);
        Assert.Empty(_rig.Owned);
        _rig.Turn(Moment);
        Assert.Equal([2, 5], _rig.Owned);
        Assert.Null(_rig.Lane.Failure);
    }

    [Fact]
    public void What_waits_to_be_taken_over_and_is_revoked_is_not_tried_again()
    {
        _rig.Trouble = _ => new RedisException("away");
        _rig.Assign(2);
        _rig.Revoke(2);
        _rig.Trouble = _ => null;
        _rig.Turn(Second);
        Assert.Empty(_rig.Told);
        Assert.Null(_rig.Assignment.Waits);
    }

    [Fact]
    public void Trouble_that_does_not_pass_ends_the_lane_and_not_Kafka_s_client()
    {
        _rig.Trouble = _ => new InvalidOperationException("progress is past the log's end");
        Assert.Equal([Offset.End.Value], _rig.Assign(2));
        Assert.IsType<InvalidOperationException>(_rig.Lane.Failure);
    }

    [Fact]
    public void A_partition_that_is_revoked_is_drained_and_then_closed()
    {
        _rig.Assign(2, 5);
        _rig.Told.Clear();
        _rig.Revoke(2);
        Assert.Equal(["drain 2", "close 2"], _rig.Told);
        Assert.Equal([5], _rig.Owned);
    }

    [Fact]
    public void A_partition_that_is_lost_while_it_rebuilds_is_closed_and_nothing_of_it_is_written()
    {
        _rig.Assign(2);
        Assert.True(_rig[2].Next < _rig[2].LiveFromOffset);
        _rig.Told.Clear();
        _rig.Lose(2);
        _rig.Turn(AssignmentRig.SessionTimeout);
        Assert.Equal(["close 2"], _rig.Told);
    }

    [Fact]
    public void What_was_lost_may_come_back_under_a_new_lease()
    {
        _rig.Assign(2);
        FakePartition before = _rig[2];
        _rig.Lose(2);
        _rig.Assign(2);
        Assert.False(_rig.Assignment.Owns(before));
        Assert.True(_rig.Assignment.Owns(_rig[2]));
        Assert.True(_rig[2].Lease.FencingToken > before.Lease.FencingToken);
    }

    [Fact]
    public void A_commit_is_told_to_the_group()
    {
        _rig.Assign(2);
        Assert.True(_rig.Assignment.Keeps(_rig[2], CommitOutcome.Committed));
        Assert.Equal("store 2 at 120", _rig.Told[^1]);
    }

    [Fact]
    public void Who_is_fenced_takes_over_anew_a_session_timeout_later()
    {
        _rig.Assign(2);
        Assert.False(_rig.Assignment.Keeps(_rig[2], CommitOutcome.Fenced));
        Assert.Empty(_rig.Owned);
        _rig.Turn(AssignmentRig.SessionTimeout - Moment);
        Assert.Empty(_rig.Owned);
        _rig.Turn(Moment);
        Assert.Equal([2], _rig.Owned);
        Assert.Equal(["open 2", "close 2", "open 2", "read 2 from 40"], _rig.Told);
    }

    [Fact]
    public void Who_is_fenced_by_the_new_owner_leaves_the_partition_to_it()
    {
        _rig.Assign(2);
        _rig.Assignment.Keeps(_rig[2], CommitOutcome.Fenced);
        _rig.Lose(2);
        _rig.Turn(AssignmentRig.SessionTimeout);
        Assert.Empty(_rig.Owned);
        Assert.Null(_rig.Assignment.Waits);
    }

    [Fact]
    public void Who_stood_still_asks_whether_others_own_its_partitions_now()
    {
        _rig.Assign(2, 3);
        _rig.Taken.Add(_rig[3].Lease.FencingToken);
        Assert.True(_rig.Assignment.MayDecide());
        Assert.Equal([2, 3], _rig.Owned);
        _rig.Clock.Advance(AssignmentRig.SessionTimeout / 2);
        _rig.Unanswered = 2;
        Assert.True(_rig.Assignment.MayDecide());
        Assert.Equal([2], _rig.Owned);
        _rig.Turn(AssignmentRig.SessionTimeout);
        Assert.Equal([2, 3], _rig.Owned);
    }

    [Fact]
    public void Who_is_asked_to_stop_before_Redis_answers_decides_nothing_more()
    {
        _rig.Assign(2);
        _rig.Clock.Advance(AssignmentRig.SessionTimeout / 2);
        _rig.Unanswered = int.MaxValue;
        _rig.Lane.Stop();
        Assert.False(_rig.Assignment.MayDecide());
    }

    [Fact]
    public void Where_a_topic_cannot_be_read_in_time_the_takeover_is_tried_again()
    {
        bool failed = false;
        _rig.Trouble = _ => (failed = !failed) ? new TimeoutException("marks could not be read") : null;
        _rig.Assign(2);
        Assert.Empty(_rig.Owned);
        Assert.Null(_rig.Lane.Failure);
        _rig.Turn(TimeSpan.FromSeconds(1));
        Assert.Equal([2], _rig.Owned);
    }

    [Fact]
    public void Where_progress_moved_the_partition_is_taken_over_anew_at_once()
    {
        _rig.Assign(2);
        Assert.False(_rig.Assignment.Keeps(_rig[2], CommitOutcome.ProgressMoved));
        _rig.Turn(TimeSpan.Zero);
        Assert.Equal([2], _rig.Owned);
    }

    [Fact]
    public void Who_leaves_closes_everything_first()
    {
        _rig.Assign(2);
        _rig.Assignment.Leave();
        Assert.Equal(["open 2", "close 2", "leave"], _rig.Told);
    }

    [Fact]
    public void A_leave_that_Kafka_does_not_hear_of_in_time_fails_nobody()
    {
        _rig.LeavesInTime = false;
        _rig.Assign(2);
        _rig.Assignment.Leave();
        Assert.Empty(_rig.Owned);
        Assert.Null(_rig.Lane.Failure);
    }

    [Fact]
    public void A_lane_that_failed_does_not_say_that_it_leaves()
    {
        _rig.Assign(2);
        _rig.Lane.Fail(new InvalidOperationException("failed"));
        _rig.Assignment.Leave();
        Assert.Equal(["open 2", "close 2"], _rig.Told);
    }

    [Fact]
    public void While_a_lane_stops_it_takes_nothing_over()
    {
        _rig.Lane.Stop();
        Assert.Equal([Offset.End.Value], _rig.Assign(2));
        Assert.Empty(_rig.Told);
    }
}
