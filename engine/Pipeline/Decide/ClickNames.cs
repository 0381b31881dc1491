using Engine.Conditions;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;

namespace Engine.Pipeline.Decide;

/// <summary>
/// What a rule on clicks may name: one documented table, checked when a rule is loaded (docs/rules.md lists it; a test
/// compares). A text that the click doesn't have is absent: <c>has(click.visitor)</c> is false, and a comparison with
/// it makes the rule not match.
/// </summary>
public static class ClickNames
{
    private delegate CelValue Read(ClickRow row, float score);

    private static readonly List<Read> Readers = [];

    public static readonly CelNames Names = Declare();

    /// <summary>The value of a name for a click.</summary>
    public static CelValue Get(int slot, ClickRow row, float score) => Readers[slot](row, score);

    private static CelNames Declare()
    {
        var names = new CelNames();
        void Add(string name, CelType type, string about, Read read)
        {
            names.Add(name, type, about);
            Readers.Add(read);
        }
        void Text(string name, string about, Func<InteractionEvent, Text> text) =>
            Add(name, CelType.String, about, (row, _) =>
                text(row.Event) is { IsEmpty: false } value ? CelValue.Of(value.ToString()) : CelValue.Absent
            );
        void Count(string name, ClickFeature feature) =>
            Add("windows." + name, CelType.Int, ClickFeatures.Table[(int)feature].Meaning, (row, _) =>
                CelValue.Of((long)row[feature])
            );
        void Share(string name, ClickFeature feature) =>
            Add(name, CelType.Double, ClickFeatures.Table[(int)feature].Meaning, (row, _) =>
                row[feature] < 0 ? CelValue.Absent : CelValue.Of((double)row[feature])
            );

        Text("click.id", "the click's id", e => e.Id);
        Text("click.ip", "the client's address, as sent", e => e.Ip);
        Text("click.ua", "the user agent", e => e.Ua);
        Text("click.visitor", "the visitor", e => e.Visitor);
        Text("click.publisher", "the publisher", e => e.Publisher);
        Text("click.placement", "the placement", e => e.Placement);
        Text("click.campaign", "the campaign", e => e.Campaign);
        Text("click.advertiser", "the advertiser", e => e.Advertiser);
        Text("click.page", "the page's address", e => e.Page);
        Text("click.referrer", "the referrer", e => e.Referrer);
        Text("click.target", "the target's address", e => e.Target);
        for (int i = 0; i < Fields.DeviceNames.Length; i++)
        {
            int field = i;
            Text("click.device." + Fields.DeviceNames[i], $"the device's {Fields.DeviceNames[i]}", e =>
                e.Device[field]
            );
        }
        Add("click.pointer", CelType.String, "mouse, touch, pen or keyboard", (row, _) =>
            row.Event.Pointer == Pointer.Unknown ? CelValue.Absent : CelValue.Of(PointerWords[(int)row.Event.Pointer])
        );
        Add("click.time", CelType.Timestamp, "event time, as believed", (row, _) =>
            CelValue.Timestamp(Math.DivRem(row.Time, 1000, out long ms), (int)ms * 1_000_000)
        );
        Add("click.cost_micros", CelType.Int, "cost in micros of the account's currency", (row, _) =>
            CelValue.Of(row.Event.CostMicros)
        );
        Add("click.expects_path", CelType.Bool, "whether a path was announced", (row, _) =>
            CelValue.Of(row.Event.ExpectsPath)
        );
        Add("click.x", CelType.Double, "position, CSS pixels", (row, _) =>
            row.Event.HasPosition ? CelValue.Of(row.Event.X) : CelValue.Absent
        );
        Add("click.y", CelType.Double, "position, CSS pixels", (row, _) =>
            row.Event.HasPosition ? CelValue.Of(row.Event.Y) : CelValue.Absent
        );
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
        Add("windows.since_pair_ms", CelType.Int, "since the visitor's last click on this campaign, ms", (row, _) =>
            row.PairGapMs < 0 ? CelValue.Absent : CelValue.Of(row.PairGapMs)
        );
        Add("path.state", CelType.String, "present, missing or none", (row, _) =>
            CelValue.Of(PathWords[(int)row.Path])
        );
        Add("path.points", CelType.Int, "points of the path", (row, _) => CelValue.Of((long)row.PathCount));
        Add("path.degenerate", CelType.Bool, "none, straight, even or forged", (row, _) =>
            CelValue.Of(row.Degenerate != Degeneracy.Sound)
        );
        Add("path.replayed", CelType.Bool, "nearly equal to an earlier click's path", (row, _) =>
            CelValue.Of(row.Replay.Click != null)
        );
        Share("path.probability", ClickFeature.PathProbability);
        Share("network.share", ClickFeature.StandingNetwork);
        Share("network.clicks", ClickFeature.StandingNetworkClicks);
        Add("network.datacentre", CelType.Bool, "in a data centre's range", (row, _) =>
            CelValue.Of(row.DatacentreList != null)
        );
        Add("network.proxy", CelType.Bool, "in a proxy's range", (row, _) => CelValue.Of(row.ProxyList != null));
        Share("visitor.share", ClickFeature.StandingVisitor);
        Share("publisher.share", ClickFeature.PublisherShare);
        Add("agent.crawler", CelType.Bool, "declares a crawler or a tool", (row, _) =>
            CelValue.Of(row.AgentInfo.CrawlerList != null)
        );
        Add("agent.contradiction", CelType.Bool, "contradicts pointer or device", (row, _) =>
            CelValue.Of(row.Contradiction != null)
        );
        Add("model.score", CelType.Double, "the model's probability that the click is invalid", (_, score) =>
            CelValue.Of((double)score)
        );
        return names;
    }

    private static readonly string[] PointerWords = ["", "mouse", "touch", "pen", "keyboard"];
    private static readonly string[] PathWords = ["none", "missing", "present"];
}

/// <summary>A click's values for a condition.</summary>
internal readonly struct ClickBindings(ClickRow row, float score) : ICelBindings
{
    public CelValue Get(int slot) => ClickNames.Get(slot, row, score);
}
