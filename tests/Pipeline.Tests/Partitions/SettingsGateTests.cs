using Engine.Partitions;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>A lane decides by fresh settings only.</summary>
public sealed class SettingsGateTests
{
    private static SettingsGate Gate(Func<bool> areFresh, CancellationToken stop) =>
        new(areFresh, TimeProvider.System, NullLogger.Instance, stop);

    [Fact]
    public void Fresh_settings_are_not_waited_for()
    {
        int turns = 0;
        Assert.True(Gate(() => true, TestContext.Current.CancellationToken).Wait(() => turns++));
        Assert.Equal(0, turns);
    }

    [Fact]
    public void Stale_ones_are_waited_for_and_replies_are_looked_at_meanwhile()
    {
        int turns = 0;
        Assert.True(Gate(() => turns == 3, TestContext.Current.CancellationToken).Wait(() => turns++));
        Assert.Equal(3, turns);
    }

    [Fact]
    public void A_lane_that_is_asked_to_stop_waits_no_longer()
    {
        using var stop = new CancellationTokenSource();
        int turns = 0;
        bool fresh = Gate(() => false, stop.Token)
            .Wait(() =>
            {
                turns++;
                stop.Cancel();
            });
        Assert.False(fresh);
        Assert.Equal(1, turns);
    }
}
