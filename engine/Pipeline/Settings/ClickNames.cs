using Engine.Conditions;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;

namespace Engine.Pipeline.Settings;

/// <summary>The names that a rule on clicks may use. This table is documented (docs/rules.md; a test compares them),
/// and rules are checked against it when loaded. A text that the click lacks is absent: <c>has(click.visitor)</c> is
/// false, and a rule that compares it doesn't match. <c>Decide.ClickBindings</c> reads the values.</summary>
public static class ClickNames
{
    public static readonly CelNames Names = Declare();

    private static CelNames Declare()
    {
        var names = new CelNames();
        void Add(string name, CelType type, string about) => names.Add(name, type, about);
        void Text(string name, string about) => Add(name, CelType.String, about);
        void Count(string name, ClickFeature feature) =>
            Add("windows." + name, CelType.Int, ClickFeatures.Table[(int)feature].Meaning);
        void Share(string name, ClickFeature feature) =>
            Add(name, CelType.Double, ClickFeatures.Table[(int)feature].Meaning);

        Text("click.id", "the click's id");
        Text("click.ip", "the client's address, as spelled in the event");
        Text("click.ua", "the user agent");
        Text("click.visitor", "the visitor");
        Text("click.publisher", "the publisher");
        Text("click.placement", "the placement");
        Text("click.campaign", "the campaign");
        Text("click.advertiser", "the advertiser");
        Text("click.page", "the page's address");
        Text("click.referrer", "the referrer");
        Text("click.target", "the target's address");
        foreach (string field in Fields.DeviceNames)
        {
            Text("click.device." + field, $"the device's {field}");
        }

        Add("click.pointer", CelType.String, "mouse, touch, pen or keyboard");
        Add("click.time", CelType.Timestamp, "event time; log time if that is out of range");
        Add("click.cost_micros", CelType.Int, "cost in micros of the account's currency");
        Add("click.expects_path", CelType.Bool, "whether a path was announced");
        Add("click.x", CelType.Double, "position, CSS pixels");
        Add("click.y", CelType.Double, "position, CSS pixels");
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
        Add(
            "windows.since_pair_ms",
            CelType.Int,
            "time since the visitor's last click on this campaign, ms; absent if there is none within an hour"
        );
        Add("path.state", CelType.String, "present, missing or none");
        Add("path.points", CelType.Int, "number of points of the path");
        Add("path.degenerate", CelType.Bool, "none, straight, even or forged");
        Add("path.replayed", CelType.Bool, "nearly equal to an earlier click's path");
        Share("path.probability", ClickFeature.PathProbability);
        Share("network.share", ClickFeature.StandingNetwork);
        Share("network.clicks", ClickFeature.StandingNetworkClicks);
        Add("network.datacentre", CelType.Bool, "in a data centre's range");
        Add("network.proxy", CelType.Bool, "in a proxy's range");
        Share("visitor.share", ClickFeature.StandingVisitor);
        Share("publisher.share", ClickFeature.PublisherShare);
        Add("agent.crawler", CelType.Bool, "declares a crawler or a tool");
        Add("agent.contradiction", CelType.Bool, "contradicts pointer or device");
        Add("model.score", CelType.Double, "the model's probability that the click is invalid");
        return names;
    }
}
