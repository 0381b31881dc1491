using Engine.Contracts;
using Engine.Pipeline.Features;

namespace Engine.Pipeline.Settings;

/// <summary>The limits of the reasons in one object, created once per version of the settings. Most clicks are below
/// all of them. Here two cache lines show that, whereas the settings of the reasons are two dozen objects. A reason
/// that is off has an infinite limit.</summary>
public sealed class ReasonLimits
{
    internal ReasonLimits(DecisionSettings settings)
    {
        (IpFeature, Ip) = Rate(settings[Reason.RateIp], ClickFeature.Ip60);
        (NetworkFeature, Network) = Rate(settings[Reason.RateNetwork], ClickFeature.Network60);
        (VisitorFeature, Visitor) = Rate(settings[Reason.RateVisitor], ClickFeature.Visitor60);
        ReasonSetting pair = settings[Reason.RatePair];
        Pair = LimitOf(pair);
        PairCampaignFeature = pair.PairWindowFeature(ClickFeature.PairCampaign600);
        PairPublisherFeature = pair.PairWindowFeature(ClickFeature.PairPublisher600);
        ReasonSetting twice = settings[Reason.ClickDouble];
        DoubleClickMs = twice.Off ? -1 : (long)Math.Floor(twice.Limit);
        NetworkShare = LimitOf(settings[Reason.StandingNetwork]);
        VisitorShare = LimitOf(settings[Reason.StandingVisitor]);
        PublisherShare = LimitOf(settings[Reason.PublisherShare]);
        HistoryShare = LimitOf(settings[Reason.History]);
        Review = settings.Bands.Review;
    }

    internal readonly ClickFeature IpFeature,
        NetworkFeature,
        VisitorFeature,
        PairCampaignFeature,
        PairPublisherFeature;

    /// <summary>The maximum number of clicks in the window that each feature counts.</summary>
    internal readonly double Ip,
        Network,
        Visitor,
        Pair;

    /// <summary>The maximum shares, 0 to 1.</summary>
    internal readonly double NetworkShare,
        VisitorShare,
        PublisherShare,
        HistoryShare;

    /// <summary>The score at and above which a click is reviewed.</summary>
    internal readonly double Review;

    /// <summary>A click within this time of the pair's last one is a double click, ms; -1 if the reason is
    /// off.</summary>
    internal readonly long DoubleClickMs;

    private static (ClickFeature Feature, double Limit) Rate(ReasonSetting setting, ClickFeature minute) =>
        (setting.WindowFeature(minute), LimitOf(setting));

    private static double LimitOf(ReasonSetting setting) => setting.Off ? double.PositiveInfinity : setting.Limit;
}
