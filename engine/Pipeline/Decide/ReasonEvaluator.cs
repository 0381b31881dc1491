using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Verdicts;

namespace Engine.Pipeline.Decide;

/// <summary>Determines the reasons that apply to a click. Pure: uses only the row and its settings.</summary>
public static class ReasonEvaluator
{
    /// <summary>Evaluates every reason except those of rules and confirmations.</summary>
    public static void Find(ClickRow row, ref Judgement judgement)
    {
        DecisionSettings settings = row.Settings;
        if (IsClean(row, settings.ReasonLimits, judgement.Score))
        {
            return;
        }

        judgement.Snoozes = settings.SnoozedAt(row.Publisher, row.Time);
        Windows(row, settings, ref judgement);
        Context(row, settings, ref judgement);
        if (row.Path != PathState.None || row.Event.Pointer == Pointer.Mouse)
        {
            Paths(row, settings, ref judgement);
        }

        Shares(row, settings, ref judgement);
        if (row.TimeOutOfRange)
        {
            AddReason(Reason.TimeOutOfRange, settings, ref judgement);
        }

        if (judgement.Score >= settings.Bands.Review)
        {
            AddReason(Reason.Model, settings, ref judgement);
        }
    }

    private static void Windows(ClickRow row, DecisionSettings settings, ref Judgement judgement)
    {
        Rate(Reason.RateIp, row, ClickFeature.Ip60, settings, ref judgement);
        Rate(Reason.RateNetwork, row, ClickFeature.Network60, settings, ref judgement);
        if (row.Visitor != 0)
        {
            Rate(Reason.RateVisitor, row, ClickFeature.Visitor60, settings, ref judgement);
        }

        ReasonSetting pair = settings[Reason.RatePair];
        if (
            !pair.Off
            && (
                PairCount(row, pair, ClickFeature.PairCampaign600) > pair.Limit
                || PairCount(row, pair, ClickFeature.PairPublisher600) > pair.Limit
            )
        )
        {
            judgement.AddReason(Reason.RatePair, pair, pair.Class);
        }

        ReasonSetting twice = settings[Reason.ClickDouble];
        if (!twice.Off && row.PairGapMs >= 0 && row.PairGapMs <= twice.Limit)
        {
            judgement.AddReason(Reason.ClickDouble, twice, twice.Class);
        }
    }

    private static void Rate(
        Reason reason,
        ClickRow row,
        ClickFeature minute,
        DecisionSettings settings,
        ref Judgement judgement
    )
    {
        ReasonSetting setting = settings[reason];
        if (!setting.Off && Count(row, minute, setting) > setting.Limit)
        {
            judgement.AddReason(reason, setting, setting.Class);
        }
    }

    /// <summary>The count of a key in the setting's window. The features of ten minutes and the hour follow that of the
    /// minute.</summary>
    public static float Count(ClickRow row, ClickFeature minute, ReasonSetting setting) =>
        row[setting.WindowFeature(minute)];

    /// <summary>The count of a pair in the setting's window: ten minutes or an hour.</summary>
    public static float PairCount(ClickRow row, ReasonSetting setting, ClickFeature tenMinutes) =>
        row[setting.PairWindowFeature(tenMinutes)];

    /// <summary>Whether certainly no reason applies: nothing about the click is notable, and all counts are within
    /// their limits.</summary>
    private static bool IsClean(ClickRow row, ReasonLimits limits, double score) =>
        row.Path == PathState.None
        && !row.TimeOutOfRange
        && score < limits.Review
        && row[limits.IpFeature] <= limits.Ip
        && row[limits.NetworkFeature] <= limits.Network
        && row[limits.VisitorFeature] <= limits.Visitor
        && row[limits.PairCampaignFeature] <= limits.Pair
        && row[limits.PairPublisherFeature] <= limits.Pair
        && (row.PairGapMs < 0 || row.PairGapMs > limits.DoubleClickMs)
        && row.DatacentreList == null
        && row.ProxyList == null
        && row.AgentInfo.CrawlerList == null
        && row.Contradiction == null
        && row[ClickFeature.PositionInside] != 0
        && row[ClickFeature.PageOdd] == 0
        && row.StandingNetwork <= limits.NetworkShare
        && row.StandingVisitor <= limits.VisitorShare
        && row.PublisherShare.Recent - row.PublisherShare.Past <= limits.PublisherShare
        && row.HistoryShare <= limits.HistoryShare;

    private static void Context(ClickRow row, DecisionSettings settings, ref Judgement judgement)
    {
        if (row.DatacentreList != null)
        {
            AddReason(Reason.ListDatacentre, settings, ref judgement);
        }

        if (row.ProxyList != null)
        {
            AddReason(Reason.ListProxy, settings, ref judgement);
        }

        if (row.AgentInfo.CrawlerList != null)
        {
            AddReason(Reason.ListCrawler, settings, ref judgement);
        }

        if (row.Contradiction != null)
        {
            AddReason(Reason.AgentContradiction, settings, ref judgement);
        }

        if (row[ClickFeature.PositionInside] == 0)
        {
            AddReason(Reason.ClickPosition, settings, ref judgement);
        }

        if (row[ClickFeature.PageOdd] != 0)
        {
            AddReason(Reason.ClickPage, settings, ref judgement);
        }
    }

    private static void Paths(ClickRow row, DecisionSettings settings, ref Judgement judgement)
    {
        if (row.Path == PathState.Missing)
        {
            AddReason(Reason.CursorMissing, settings, ref judgement);
        }

        if (row.Replay.Click != null)
        {
            AddReason(Reason.CursorReplay, settings, ref judgement);
        }

        Degenerate(Degeneracy.None, Reason.CursorNone, row, settings, ref judgement);
        Degenerate(Degeneracy.Straight, Reason.CursorStraight, row, settings, ref judgement);
        Degenerate(Degeneracy.Even, Reason.CursorEven, row, settings, ref judgement);
        Degenerate(Degeneracy.Forged, Reason.CursorForged, row, settings, ref judgement);
        ReasonSetting series = settings[Reason.CursorSeries];
        if (
            !series.Off
            && settings.CursorModel?.Artefact.Series is { } known
            && ProgramSeries.TryFind(row, series, known, out _, out _)
        )
        {
            judgement.AddReason(Reason.CursorSeries, series, series.Class);
        }

        if (
            row.PathProbability >= 0
            && settings.CursorModel is { } model
            && row.PathProbability >= model.Artefact.CutOff
        )
        {
            AddReason(Reason.CursorProgram, settings, ref judgement);
        }
    }

    private static void Degenerate(
        Degeneracy kind,
        Reason reason,
        ClickRow row,
        DecisionSettings settings,
        ref Judgement judgement
    )
    {
        ReasonSetting setting = settings[reason];
        if ((row.Degenerate & kind) != 0 && !setting.Off)
        {
            judgement.AddReason(reason, setting, row.DegenerateCount > setting.Limit ? setting.Over : setting.Class);
        }
    }

    private static void Shares(ClickRow row, DecisionSettings settings, ref Judgement judgement)
    {
        Share(Reason.StandingNetwork, row.StandingNetwork, row.StandingNetworkClicks, settings, ref judgement);
        Share(Reason.StandingVisitor, row.StandingVisitor, row.StandingVisitorClicks, settings, ref judgement);
        ReasonSetting publisher = settings[Reason.PublisherShare];
        if (
            !publisher.Off
            && row.PublisherShare.RecentClicks >= publisher.MinClicks
            && row.PublisherShare.Recent - row.PublisherShare.Past > publisher.Limit
        )
        {
            judgement.AddReason(Reason.PublisherShare, publisher, publisher.Class);
        }

        ReasonSetting history = settings[Reason.History];
        if (!history.Off && row.HistoryShare > history.Limit)
        {
            judgement.AddReason(Reason.History, history, history.Class);
        }
    }

    private static void Share(
        Reason reason,
        float share,
        double clicks,
        DecisionSettings settings,
        ref Judgement judgement
    )
    {
        ReasonSetting setting = settings[reason];
        if (!setting.Off && clicks >= setting.MinClicks && share > setting.Limit)
        {
            judgement.AddReason(reason, setting, setting.Class);
        }
    }

    private static void AddReason(Reason reason, DecisionSettings settings, ref Judgement judgement)
    {
        ReasonSetting setting = settings[reason];
        if (!setting.Off)
        {
            judgement.AddReason(reason, setting, setting.Class);
        }
    }
}
