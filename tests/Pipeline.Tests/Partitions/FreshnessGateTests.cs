using Engine.Contracts;
using Engine.Partitions;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>A lane decides only while the topics that it needs are fresh.</summary>
public sealed class FreshnessGateTests
{
    private static FreshnessGate Gate(
        Func<string?> staleTopic,
        CancellationToken stop,
        Func<bool>? givesUp = null
    ) => new(staleTopic, givesUp ?? (() => false), TimeProvider.System, NullLogger.Instance, stop);

    [Fact]
    public void Fresh_topics_are_not_waited_for()
    {
        int turns = 0;
        Assert.True(Gate(() => null, TestContext.Current.CancellationToken).Wait(() => turns++));
        Assert.Equal(0, turns);
    }

    [Fact]
    public void Stale_ones_are_waited_for_and_replies_are_looked_at_meanwhile()
    {
        int turns = 0;
        Assert.True(
            Gate(() => turns == 3 ? null : Topics.Settings, TestContext.Current.CancellationToken).Wait(() => turns++)
        );
        Assert.Equal(3, turns);
    }

    [Fact]
    public void A_wait_in_vain_is_given_up_and_said_once()
    {
        bool inVain = false;
        FreshnessGate gate = Gate(() => Topics.Settings, TestContext.Current.CancellationToken, () => inVain);
        Assert.False(gate.Wait(() => inVain = true));
        Assert.True(gate.TakeGivenUp());
        Assert.False(gate.TakeGivenUp());
    }

    [Fact]
    public void A_lane_that_is_asked_to_stop_waits_no_longer()
    {
        using var stop = new CancellationTokenSource();
        int turns = 0;
        bool fresh = Gate(() => Topics.Labels, stop.Token)
            .Wait(() =>
            {
                turns++;
                stop.Cancel();
            });
        Assert.False(fresh);
        Assert.Equal(1, turns);
    }
}
