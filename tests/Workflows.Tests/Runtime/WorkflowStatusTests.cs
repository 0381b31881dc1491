using Engine.Workflows.Runtime;
using Xunit;

namespace Workflows.Tests.Runtime;

/// <summary>What the lanes of several workflows come to together.</summary>
public sealed class WorkflowStatusTests
{
    [Fact]
    public void Lanes_together_wait_for_what_any_waits_for_and_were_busy_when_the_last_was()
    {
        WorkflowStatus both = WorkflowStatus.Of([
            new WorkflowStatus(null, 7, ["bindings-0"], Counts("bindings", 3)),
            new WorkflowStatus("messages wait", 5, ["messages-0", "messages-1"], Counts("messages", 4)),
        ]);
        Assert.Equal(("messages wait", 7), (both.Waits, both.BusyAt));
        Assert.Equal(["bindings-0", "messages-0", "messages-1"], both.Names);
        Assert.Equal([("bindings", 3), ("messages", 4)], both.Counts.Select(topic => (topic.Key, topic.Value.Read)));
    }

    [Fact]
    public void A_lane_that_is_joining_is_waited_for() =>
        Assert.NotNull(
            WorkflowStatus.Of([new WorkflowStatus(null, 1, [], Counts("bindings", 0)), WorkflowStatus.Starting]).Waits
        );

    [Fact]
    public void Without_workflows_nothing_is_waited_for()
    {
        WorkflowStatus none = WorkflowStatus.Of([]);
        Assert.Equal((null, 0), (none.Waits, none.BusyAt));
    }

    private static Dictionary<string, WorkflowCounts> Counts(string topic, long read) =>
        new() { [topic] = new WorkflowCounts { Read = read } };
}
