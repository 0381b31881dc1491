using System.Collections.Concurrent;
using System.Collections.Immutable;
using Engine.Pipeline.Standing;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>
/// Adds up what each partition of clicks says of networks and campaigns in <c>standings</c>; of two sums of a partition
/// the one that covers more holds. Networks without an invalid click tell nothing and aren't kept. One thread adds, any
/// read.
/// </summary>
/// <param name="bound">The most networks, and the most campaigns, to remember; of more nothing is known.</param>
public sealed class StandingsView(int bound) : IStandings
{
    private readonly ConcurrentDictionary<string, ImmutableDictionary<int, StandingSums>> _networks = [],
        _campaigns = [];

    public ClickSums Network(string cidr) =>
        _networks.TryGetValue(cidr, out ImmutableDictionary<int, StandingSums>? parts) ? Add(parts.Values) : default;

    public IReadOnlyList<KeyValuePair<string, ClickSums>> Campaigns =>
        [.. _campaigns.Select(campaign => KeyValuePair.Create(campaign.Key, Add(campaign.Value.Values)))];

    /// <summary>Takes one partition's sums, absolute.</summary>
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
