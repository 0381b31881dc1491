using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Consume;
using Engine.Pipeline.Standing;

namespace Engine.Workflows.Runtime;

/// <summary>
/// Follows <c>standings</c> and adds up what each partition of clicks says of networks and campaigns; of two sums of a partition the one
/// that covers more holds. Networks without an invalid click tell nothing and aren't kept. Written by the follower's thread, read by any.
/// </summary>
public sealed class StandingsView : IStandings, IDisposable
{
    private readonly ConcurrentDictionary<string, ImmutableDictionary<string, StandingSums>> _networks = [], _campaigns = [];
    private readonly TopicFollower _follower;
    private readonly int _bound;

    /// <param name="bound">The most networks to remember; later ones aren't known.</param>
    public StandingsView(KafkaTarget kafka, string prefix, int bound, TimeProvider clock)
    {
        _bound = bound;
        _follower = new TopicFollower(kafka, prefix + Topics.Standings, Take, clock);
    }

    public void Start() => _follower.Start();

    public ClickSums Network(string cidr) => _networks.TryGetValue(cidr, out ImmutableDictionary<string, StandingSums>? sums) ? Add(sums.Values) : default;

    public IReadOnlyList<KeyValuePair<string, ClickSums>> Campaigns => [.. _campaigns.Select(campaign => KeyValuePair.Create(campaign.Key, Add(campaign.Value.Values)))];

    private void Take(ConsumeResult<byte[], byte[]> record)
    {
        if (record.Message.Key == null || record.Message.Value is not { Length: > 0 } value) return;
        if (StandingRecord.Read(Encoding.UTF8.GetString(record.Message.Key), value, out string partition) is not { Kind: StandingKind.Network or StandingKind.Campaign } sums) return;
        ConcurrentDictionary<string, ImmutableDictionary<string, StandingSums>> all = sums.Kind == StandingKind.Network ? _networks : _campaigns;
        bool known = all.TryGetValue(sums.Name, out ImmutableDictionary<string, StandingSums>? before);
        if (!known && sums.Kind == StandingKind.Network && (sums.Invalid == 0 || all.Count >= _bound)) return;
        ImmutableDictionary<string, StandingSums> parts = before ?? ImmutableDictionary<string, StandingSums>.Empty;
        if (!parts.TryGetValue(partition, out StandingSums? earlier) || earlier.Covers <= sums.Covers) all[sums.Name] = parts.SetItem(partition, sums);
    }

    private static ClickSums Add(IEnumerable<StandingSums> sums) => sums.Aggregate(default(ClickSums), (sum, one) => new ClickSums(sum.Clicks + one.Clicks, sum.Invalid + one.Invalid, sum.CostMicros + one.CostMicros, sum.LostMicros + one.LostMicros));

    public void Dispose() => _follower.Dispose();
}
