using System.Text;
using Engine.Pipeline.Standing;
using Engine.Primitives;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;
using Xunit;

namespace Workflows.Tests.Runtime;

/// <summary>Sums of clicks over partitions, as workflows see them.</summary>
public class StandingsViewTests
{
    private readonly StandingsView _view = new(bound: 2);

    private void Take(string key, int partition, long covers, double clicks, double invalid, long cost, long lost) =>
        _view.Take(
            StandingRecord
                .Read(
                    $"{key}/interactions-{partition}",
                    Encoding.ASCII.GetBytes(
                        FormattableString.Invariant(
                            $$"""{"clicks":{{clicks}},"invalid":{{invalid}},"recent_clicks":0,"recent_invalid":0,"cost_micros":{{cost}},"lost_micros":{{lost}},"time":1,"covers":{{covers}}}"""
                        )
                    ),
                    new KeyedHash(1, 2)
                )!
                .Value
        );

    [Fact]
    public void A_campaigns_sums_are_added_up_over_partitions_and_the_one_that_covers_more_holds()
    {
        Take("campaign/cmp-1", 0, 10, 30, 3, 3_000, 300);
        Take("campaign/cmp-1", 3, 10, 10, 7, 1_000, 700);
        Take("campaign/cmp-1", 0, 9, 1, 1, 1, 1);
        Assert.Equal([KeyValuePair.Create("cmp-1", new ClickSums(40, 10, 4_000, 1_000))], _view.Campaigns);
        Assert.Equal(0.25, _view.Campaigns[0].Value.InvalidShare);
        Take("campaign/cmp-1", 0, 20, 40, 3, 5_000, 300);
        Assert.Equal(new ClickSums(50, 10, 6_000, 1_000), _view.Campaigns[0].Value);
    }

    [Fact]
    public void Of_networks_those_with_invalid_clicks_are_known_up_to_a_bound()
    {
        Take("network/203.0.113.0/24", 1, 5, 10, 0, 0, 0);
        Assert.Equal(default, _view.Network("203.0.113.0/24"));
        Take("network/203.0.113.0/24", 1, 6, 11, 1, 0, 0);
        Take("network/198.51.100.0/24", 2, 6, 4, 4, 0, 0);
        Take("network/192.0.2.0/24", 2, 6, 4, 4, 0, 0);
        Assert.Equal(new ClickSums(11, 1, 0, 0), _view.Network("203.0.113.0/24"));
        Assert.Equal(1, _view.Network("198.51.100.0/24").InvalidShare);
        Assert.Equal(default, _view.Network("192.0.2.0/24"));
        // Who had invalid clicks once stays known when they fade.
        Take("network/203.0.113.0/24", 1, 9, 12, 0, 0, 0);
        Assert.Equal(new ClickSums(12, 0, 0, 0), _view.Network("203.0.113.0/24"));
    }
}
