using Bench.Micro.Priority;
using Xunit;

namespace Workflows.Tests.Priority;

/// <summary>Queues under load, by the real decider: nothing starves, nothing flaps, and the urgent go first.</summary>
public sealed class SimulationTests
{
    private const int Count = 2000;

    /// <summary>From the lowest level that this load starts at to the top: three steps of a minute.</summary>
    private const long ToTheTop = 3 * 60_000;

    private static PriorityLoad Overload => PriorityLoad.Of(Count, 11, i => i is >= 600 and < 1400 ? 1.3 : 0.9);

    [Fact]
    public void Nothing_starves()
    {
        // At the top only older ones go before it: what overtook it did so on the way up, and a longest service may be
        // under way.
        PriorityLoad load = Overload;
        Served[] ours = PrioritySimulation.Run(load, Policy.Engine),
            first = PrioritySimulation.Run(load, Policy.FirstComeFirstServed),
            @static = PrioritySimulation.Run(load, Policy.StaticPriority);
        Assert.All(ours.Zip(first), pair => Assert.InRange(pair.First.Wait, 0, pair.Second.Wait + ToTheTop));
        Assert.True(ours.Max(one => one.Wait) < @static.Max(one => one.Wait));
    }

    [Fact]
    public void Nothing_flaps()
    {
        PriorityLoad load = Overload;
        Served[] ours = PrioritySimulation.Run(load, Policy.Engine),
            bare = PrioritySimulation.Run(
                load,
                Policy.Engine,
                PriorityLoad.Definition.Replace(
                    "\"hold_off_ms\":1000,\"lower_after_ms\":5000",
                    "\"hold_off_ms\":0,\"lower_after_ms\":0",
                    StringComparison.Ordinal
                )
            );
        Assert.All(ours, one => Assert.True(one.ClosestChanges >= 1000));
        Assert.Contains(bare, one => one.ClosestChanges < 1000);
        Assert.True(ours.Sum(one => one.Changes) * 2 < bare.Sum(one => one.Changes));
    }

    [Fact]
    public void The_urgent_go_first()
    {
        PriorityLoad load = PriorityLoad.Of(Count, 12, _ => 0.95);
        double Mean(Policy policy) =>
            PrioritySimulation
                .Run(load, policy)
                .Where(one => one.UrgentWait != null)
                .Average(one => one.UrgentWait!.Value);
        double ours = Mean(Policy.Engine);
        Assert.True(ours * 3 < Mean(Policy.FirstComeFirstServed), $"{ours} ms");
        Assert.True(ours * 3 < Mean(Policy.StaticPriority), $"{ours} ms");
    }

    [Fact]
    public void The_same_load_gives_the_same_waits() =>
        Assert.Equal(PrioritySimulation.Run(Overload, Policy.Engine), PrioritySimulation.Run(Overload, Policy.Engine));
}
