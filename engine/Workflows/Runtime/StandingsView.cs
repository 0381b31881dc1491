using System.Collections.Concurrent;
using System.Collections.Immutable;
using Engine.Pipeline.Standing;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>Adds up the sums of networks and campaigns in <c>standings</c> over the partitions of clicks. Of two sums
/// of one partition, the one that covers more wins. Networks without an invalid click aren't kept, as they add no
/// information. One thread writes, any thread reads.</summary>
/// <param name="bound">The maximum number of networks, and of campaigns, to remember; further ones are ignored.</param>
public sealed class StandingsView(int bound) : IStandings
{
    private readonly ConcurrentDictionary<string, ImmutableDictionary<int, StandingSums>> _networks = [],
        _campaigns = [];

    public ClickSums Network(string cidr) =>
        _networks.TryGetValue(cidr, out ImmutableDictionary<int, StandingSums>? parts) ? Add(parts.Values) : default;

    public IReadOnlyList<KeyValuePair<string, ClickSums>> Campaigns =>
        [.. _campaigns.Select(campaign => KeyValuePair.Create(campaign.Key, Add(campaign.Value.Values)))];

    /// <summary>Adds one partition's sums, which are absolute.</summary>
    public void Take(WrittenSums written)
    {
        StandingSums sums = written.Sums;
        if (sums.Kind is not (StandingKind.Network or StandingKind.Campaign))
        {
            return;
        }

        ConcurrentDictionary<string, ImmutableDictionary<int, StandingSums>> all =
            sums.Kind == StandingKind.Network ? _networks : _campaigns;
        bool known = all.TryGetValue(sums.Name, out ImmutableDictionary<int, StandingSums>? before);
        if (!known && (sums.Invalid == 0 || all.Count >= bound))
        {
            return;
        }

        ImmutableDictionary<int, StandingSums> parts = before ?? ImmutableDictionary<int, StandingSums>.Empty;
        if (!parts.TryGetValue(written.Partition, out StandingSums? earlier) || earlier.Covers <= sums.Covers)
        {
            all[sums.Name] = parts.SetItem(written.Partition, sums);
        }
    }

    private static ClickSums Add(IEnumerable<StandingSums> sums) =>
        sums.Aggregate(default(ClickSums), (sum, one) =>
            new ClickSums(
                sum.Clicks + one.Clicks,
                sum.Invalid + one.Invalid,
                sum.CostMicros + one.CostMicros,
                sum.LostMicros + one.LostMicros
            )
        );
}
