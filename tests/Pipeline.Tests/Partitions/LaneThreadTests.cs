using Engine.Partitions;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>How a lane ends, as whoever watches the process sees it.</summary>
public sealed class LaneThreadTests
{
    [Fact]
    public void A_lane_that_was_asked_to_stop_has_ended_without_a_failure()
    {
        bool ended = false;
        LaneThread? lane = null;
        lane = new LaneThread("lane", () => lane!.Pause(TimeSpan.FromMinutes(1)), () => ended = true);
        lane.Start();
        lane.Stop();
        lane.Join();
        Assert.True(ended);
        Assert.Null(lane.Failure);
        lane.Dispose();
    }

    [Fact]
    public void Who_sees_that_a_lane_has_ended_sees_its_failure_too()
    {
        Exception? seen = null;
        LaneThread? lane = null;
        lane = new LaneThread("lane", () => throw new InvalidOperationException("first"), () => seen = lane!.Failure);
        lane.Start();
        lane.Join();
        Assert.Equal("first", seen?.Message);
        lane.Fail(new InvalidOperationException("second"));
        Assert.Equal("first", lane.Failure?.Message);
        Assert.True(lane.IsStopping);
        lane.Dispose();
    }

    [Fact]
    public void One_that_was_never_started_can_be_waited_for()
    {
        using var lane = new LaneThread("lane", () => { }, () => { });
        lane.Join();
        Assert.Null(lane.Failure);
    }
}
