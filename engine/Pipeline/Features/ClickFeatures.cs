namespace Engine.Pipeline.Features;

/// <summary>The features of a click, in the order of the forest's columns. docs/features.md lists them (a test
/// compares).</summary>
public enum ClickFeature
{
    Ip60,
    Ip600,
    Ip3600,
    Network60,
    Network600,
    Network3600,
    Visitor60,
    Visitor600,
    Visitor3600,
    PairCampaign600,
    PairCampaign3600,
    PairPublisher600,
    PairPublisher3600,
    ActorGap,
    IpGap,
    HasVisitor,
    HasPage,
    HasReferrer,
    AgentLength,
    Pointer,
    PositionInside,
    PositionX,
    PositionY,
    IsPhone,
    ListDatacentre,
    ListProxy,
    ListCrawler,
    AgentContradiction,
    PageOdd,
    PathState,
    PathProbability,
    PathPoints,
    PathDegenerate,
    PathReplayed,
    SeriesVisitor,
    SeriesNetwork,
    SeriesPublisher,
    SeriesCampaign,
    DegenerateVisitor3600,
    DegenerateNetwork3600,
    StandingNetwork,
    StandingNetworkClicks,
    StandingVisitor,
    PublisherShare,
    HistoryPublisher,
    HistoryPlacement,
    HistoryDevice,
}

/// <summary>Names, units and meanings of the click forest's features.</summary>
public static class ClickFeatures
{
    /// <summary>Means "unknown" in a feature that is a share, a position or a probability.</summary>
    public const float Unknown = -1;

    /// <summary>Stands for no earlier click within the hour, as a gap in seconds.</summary>
    public const float NoGapSeconds = 86_400;

    public static readonly (string Name, string Unit, string Meaning)[] Table =
    [
        ("ip_60s", "clicks", "clicks of the address in the last minute, this one included"),
        ("ip_600s", "clicks", "the same in ten minutes"),
        ("ip_3600s", "clicks", "the same in an hour"),
        ("network_60s", "clicks", "clicks of the client network (/24, /56) in the last minute"),
        ("network_600s", "clicks", "the same in ten minutes"),
        ("network_3600s", "clicks", "the same in an hour"),
        (
            "visitor_60s",
            "clicks",
            "clicks of the visitor in the last minute; of address and user agent if there is no visitor"
        ),
        ("visitor_600s", "clicks", "the same in ten minutes"),
        ("visitor_3600s", "clicks", "the same in an hour"),
        ("pair_campaign_600s", "clicks", "clicks of the visitor on this campaign in ten minutes"),
        ("pair_campaign_3600s", "clicks", "the same in an hour"),
        ("pair_publisher_600s", "clicks", "clicks of the visitor at this publisher in ten minutes"),
        ("pair_publisher_3600s", "clicks", "the same in an hour"),
        ("visitor_gap", "s", "time since the visitor's previous click; 86,400 if there is none within an hour"),
        ("ip_gap", "s", "time since the address's previous click; 86,400 if there is none within an hour"),
        ("has_visitor", "0, 1", "whether the click names a visitor"),
        ("has_page", "0, 1", "whether it names a page"),
        ("has_referrer", "0, 1", "whether it names a referrer"),
        ("agent_length", "bytes", "length of the user agent"),
        ("pointer", "0 to 4", "unknown, mouse, touch, pen, keyboard"),
        ("position_inside", "-1, 0, 1", "whether the position is inside the viewport; -1 if either is unknown"),
        ("position_x", "share", "position over the viewport's width; -1 if unknown"),
        ("position_y", "share", "position over the viewport's height; -1 if unknown"),
        ("is_phone", "0, 1", "whether the user agent claims to be a phone"),
        ("list_datacentre", "0, 1", "whether the address is in a data centre's range and in no relay's"),
        ("list_proxy", "0, 1", "whether the address is in a proxy's range"),
        ("list_crawler", "0, 1", "whether the user agent declares a crawler or a tool"),
        ("agent_contradiction", "0, 1", "whether the user agent contradicts pointer or device"),
        ("page_odd", "0, 1", "whether the page is present but isn't an http or https URL"),
        ("path_state", "0 to 2", "no path expected, missing, present"),
        ("path_probability", "probability", "probability that a program moved the pointer; -1 without a path"),
        ("path_points", "points", "number of points of the path"),
        ("path_degenerate", "0, 1", "whether the path is none, straight, even or forged"),
        ("path_replayed", "0, 1", "whether the path nearly equals an earlier click's"),
        (
            "series_visitor",
            "probability",
            "probability of a program by the mean log-odds of the visitor's paths in an hour, with two usual people's "
                + "paths added; -1 without a path"
        ),
        ("series_network", "probability", "the same of the network's paths"),
        ("series_publisher", "probability", "the same of the publisher's paths in this partition"),
        ("series_campaign", "probability", "the same of the campaign's paths in this partition"),
        ("degenerate_visitor_3600s", "clicks", "the visitor's clicks with degenerate paths in an hour"),
        ("degenerate_network_3600s", "clicks", "the network's clicks with degenerate paths in an hour"),
        ("standing_network", "share", "invalid share of the network's earlier clicks, decayed; -1 if unknown"),
        ("standing_network_clicks", "clicks", "number of clicks behind that share, decayed"),
        ("standing_visitor", "share", "invalid share of the visitor's earlier clicks; -1 if unknown"),
        ("publisher_share", "share", "invalid share of the publisher's recent clicks; -1 if unknown"),
        (
            "history_publisher",
            "share",
            "share of the publisher's labelled clicks that were invalid, smoothed; -1 without labels"
        ),
        ("history_placement", "share", "the same of the placement, smoothed towards its publisher"),
        ("history_device", "share", "the same of the publisher and device model together"),
    ];

    public static readonly string[] Names = Array.ConvertAll(Table, feature => feature.Name);

    public static readonly int Count = Table.Length;
}
