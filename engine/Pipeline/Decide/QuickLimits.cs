using Engine.Contracts;
using Engine.Pipeline.Features;
using Engine.Pipeline.Settings;

namespace Engine.Pipeline.Decide;

/// <summary>
/// The limits of the reasons side by side, made once a version of the settings: most clicks are under all of them, and
/// are told by two cache lines where the settings of the reasons are two dozen objects. Says only that no reason can
/// hold; which do, <see cref="Grounds"/> says.
/// </summary>
public sealed class QuickLimits
{
    private readonly ClickFeature _ip,
        _network,
        _visitor,
        _pairCampaign,
        _pairPublisher;
    private readonly double _ipLimit,
        _networkLimit,
        _visitorLimit,
        _pairLimit,
        _networkShare,
        _visitorShare,
        _publisherShare,
        _historyShare,
        _review;
    private readonly long _doubleMs;

    public QuickLimits(DecisionSettings settings)
    {
        (_ip, _ipLimit) = Rate(settings[Reason.RateIp], ClickFeature.Ip60);
        (_network, _networkLimit) = Rate(settings[Reason.RateNetwork], ClickFeature.Network60);
        (_visitor, _visitorLimit) = Rate(settings[Reason.RateVisitor], ClickFeature.Visitor60);
        ReasonSetting pair = settings[Reason.RatePair];
        _pairLimit = LimitOf(pair);
        (_pairCampaign, _pairPublisher) = (
            Grounds.PairFeature(pair, ClickFeature.PairCampaign600),
            Grounds.PairFeature(pair, ClickFeature.PairPublisher600)
        );
        ReasonSetting twice = settings[Reason.ClickDouble];
        _doubleMs = twice.Off ? -1 : (long)Math.Floor(twice.Limit);
        _networkShare = LimitOf(settings[Reason.StandingNetwork]);
        _visitorShare = LimitOf(settings[Reason.StandingVisitor]);
        _publisherShare = LimitOf(settings[Reason.PublisherShare]);
        _historyShare = LimitOf(settings[Reason.History]);
        _review = settings.Bands.Review;
    }

    /// <summary>
    /// Whether surely no reason holds for a click: nothing in it is of note, and everything counted lies within its
    /// limit.
    /// </summary>
    public bool IsClean(ClickRow row, double score) =>
        row.Path == PathState.None
        && !row.TimeOutOfRange
        && score < _review
        && row[_ip] <= _ipLimit
        && row[_network] <= _networkLimit
        && row[_visitor] <= _visitorLimit
        && row[_pairCampaign] <= _pairLimit
        && row[_pairPublisher] <= _pairLimit
        && (row.PairGapMs < 0 || row.PairGapMs > _doubleMs)
        && row.DatacentreList == null
        && row.ProxyList == null
        && row.AgentInfo.CrawlerList == null
        && row.Contradiction == null
        && row[ClickFeature.PositionInside] != 0
        && row[ClickFeature.PageOdd] == 0
        && row.StandingNetwork <= _networkShare
        && row.StandingVisitor <= _visitorShare
        && row.PublisherShare.Recent - row.PublisherShare.Past <= _publisherShare
        && row.HistoryShare <= _historyShare;

    private static (ClickFeature Feature, double Limit) Rate(ReasonSetting setting, ClickFeature minute) =>
        (Grounds.RateFeature(setting, minute), LimitOf(setting));

    private static double LimitOf(ReasonSetting setting) => setting.Off ? double.PositiveInfinity : setting.Limit;
}
