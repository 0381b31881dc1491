using Engine.Conditions;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;
using Engine.Pipeline.Settings;

namespace Engine.Pipeline.Decide;

/// <summary>Gives conditions the values of a click, by the slots of <see cref="ClickNames"/>.</summary>
internal readonly struct ClickBindings(ClickRow row, float score) : ICelBindings
{
    private delegate CelValue Read(ClickRow row, float score);

    private static readonly string[] PointerWords = ["", "mouse", "touch", "pen", "keyboard"];
    private static readonly string[] PathWords = ["none", "missing", "present"];
    private static readonly Read[] Readers = Declare();

    public CelValue Get(int slot) => Readers[slot](row, score);

    private static Read[] Declare()
    {
        var readers = new Dictionary<string, Read>(StringComparer.Ordinal);
        void Text(string name, Func<InteractionEvent, Text> text) =>
            readers.Add(name, (row, _) =>
                text(row.Event) is { IsEmpty: false } value ? CelValue.Of(value.ToString()) : CelValue.Absent
            );
        void Count(string name, ClickFeature feature) =>
            readers.Add("windows." + name, (row, _) => CelValue.Of((long)row[feature]));
        void Share(string name, ClickFeature feature) =>
            readers.Add(name, (row, _) => row[feature] < 0 ? CelValue.Absent : CelValue.Of((double)row[feature]));

        Text("click.id", e => e.Id);
        Text("click.ip", e => e.Ip);
        Text("click.ua", e => e.Ua);
        Text("click.visitor", e => e.Visitor);
        Text("click.publisher", e => e.Publisher);
        Text("click.placement", e => e.Placement);
        Text("click.campaign", e => e.Campaign);
        Text("click.advertiser", e => e.Advertiser);
        Text("click.page", e => e.Page);
        Text("click.referrer", e => e.Referrer);
        Text("click.target", e => e.Target);
        for (int i = 0; i < Fields.DeviceNames.Length; i++)
        {
            int field = i;
            Text("click.device." + Fields.DeviceNames[i], e => e.Device[field]);
        }
        readers.Add("click.pointer", (row, _) =>
            row.Event.Pointer == Pointer.Unknown ? CelValue.Absent : CelValue.Of(PointerWords[(int)row.Event.Pointer])
        );
        readers.Add("click.time", (row, _) =>
            CelValue.Timestamp(Math.DivRem(row.Time, 1000, out long ms), (int)ms * 1_000_000)
        );
        readers.Add("click.cost_micros", (row, _) => CelValue.Of(row.Event.CostMicros));
        readers.Add("click.expects_path", (row, _) => CelValue.Of(row.Event.ExpectsPath));
        readers.Add("click.x", (row, _) => row.Event.HasPosition ? CelValue.Of(row.Event.X) : CelValue.Absent);
        readers.Add("click.y", (row, _) => row.Event.HasPosition ? CelValue.Of(row.Event.Y) : CelValue.Absent);
        Count("ip_60s", ClickFeature.Ip60);
        Count("ip_600s", ClickFeature.Ip600);
        Count("ip_3600s", ClickFeature.Ip3600);
        Count("network_60s", ClickFeature.Network60);
        Count("network_600s", ClickFeature.Network600);
        Count("network_3600s", ClickFeature.Network3600);
        Count("visitor_60s", ClickFeature.Visitor60);
        Count("visitor_600s", ClickFeature.Visitor600);
        Count("visitor_3600s", ClickFeature.Visitor3600);
        Count("pair_campaign_600s", ClickFeature.PairCampaign600);
        Count("pair_campaign_3600s", ClickFeature.PairCampaign3600);
        Count("pair_publisher_600s", ClickFeature.PairPublisher600);
        Count("pair_publisher_3600s", ClickFeature.PairPublisher3600);
        Count("degenerate_visitor_3600s", ClickFeature.DegenerateVisitor3600);
        Count("degenerate_network_3600s", ClickFeature.DegenerateNetwork3600);
        readers.Add("windows.since_pair_ms", (row, _) =>
            row.PairGapMs < 0 ? CelValue.Absent : CelValue.Of(row.PairGapMs)
        );
        readers.Add("path.state", (row, _) => CelValue.Of(PathWords[(int)row.Path]));
        readers.Add("path.points", (row, _) => CelValue.Of((long)row.PathCount));
        readers.Add("path.degenerate", (row, _) => CelValue.Of(row.Degenerate != Degeneracy.Sound));
        readers.Add("path.replayed", (row, _) => CelValue.Of(row.Replay.Click != null));
        Share("path.probability", ClickFeature.PathProbability);
        Share("network.share", ClickFeature.StandingNetwork);
        Share("network.clicks", ClickFeature.StandingNetworkClicks);
        readers.Add("network.datacentre", (row, _) => CelValue.Of(row.DatacentreList != null));
        readers.Add("network.proxy", (row, _) => CelValue.Of(row.ProxyList != null));
        Share("visitor.share", ClickFeature.StandingVisitor);
        Share("publisher.share", ClickFeature.PublisherShare);
        readers.Add("agent.crawler", (row, _) => CelValue.Of(row.AgentInfo.CrawlerList != null));
        readers.Add("agent.contradiction", (row, _) => CelValue.Of(row.Contradiction != null));
        readers.Add("model.score", (_, score) => CelValue.Of((double)score));
        // A name without a reader is a programming error: it fails here, when the first rule is loaded, not on a click.
        return [.. ClickNames.Names.Select(name => readers[name.Name])];
    }
}
