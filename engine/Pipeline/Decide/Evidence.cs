using System.Numerics;
using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;
using Models.Scoring;

namespace Engine.Pipeline.Decide;

/// <summary>Writes the reasons of a verdict and the numbers behind each. Used only for verdicts with reasons; most have
/// none.</summary>
public static class Evidence
{
    /// <summary>Writes the codes, strongest first: the allow list, then rules and fixed reasons by class.</summary>
    public static void WriteReasons(Utf8Builder into, DecisionSettings settings, in Judgement judgement)
    {
        bool first = true;
        if (judgement.Allow is { } allow)
        {
            Code(into, "allow.", allow.Id, ref first);
        }

        Span<Reason> fixedReasons = stackalloc Reason[64];
        int count = judgement.Strongest(settings, fixedReasons),
            at = 0;
        for (int @class = (int)ReasonClass.Givt; @class >= 0; @class--)
        {
            if (judgement.Rules != null)
            {
                foreach (ClickRule rule in judgement.Rules)
                {
                    if ((int)rule.Then.Class == @class)
                    {
                        Code(into, "rule.", rule.Id, ref first);
                    }
                }
            }

            for (; at < count && (int)settings[fixedReasons[at]].Class == @class; at++)
            {
                Code(into, "", Reasons.Table[(int)fixedReasons[at]].Code, ref first);
            }
        }
    }

    /// <summary>Writes the entries of <c>evidence</c>, without braces: of the reasons that act, and of those that are
    /// snoozed, with the snooze.</summary>
    public static void Write(Utf8Builder into, ClickRow row, in Judgement judgement)
    {
        bool first = true;
        if (judgement.Allow is { } allow)
        {
            Key(into, "allow.", allow.Id, ref first);
            into.Add("{\"because\":"u8).JsonText(allow.Because ?? "").Add("}"u8);
        }
        if (judgement.Rules != null)
        {
            foreach (ClickRule rule in judgement.Rules)
            {
                Key(into, "rule.", rule.Id, ref first);
                into.Add("{\"when\":"u8).JsonText(rule.When).Add("}"u8);
            }
        }

        Span<Reason> reasons = stackalloc Reason[64];
        int count = judgement.Strongest(row.Settings, reasons);
        foreach (Reason reason in reasons[..count])
        {
            Key(into, "", Reasons.Table[(int)reason].Code, ref first);
            into.Add("{"u8);
            Entry(into, reason, row, judgement);
            into.Add("}"u8);
        }

        for (ulong left = judgement.SnoozedReasons; left != 0; left &= left - 1)
        {
            var reason = (Reason)BitOperations.TrailingZeroCount(left);
            SnoozeSetting snooze = row.Settings.SnoozeOf(reason, row.Publisher, row.Time)!;
            Key(into, "", Reasons.Table[(int)reason].Code, ref first);
            into.Add("{"u8);
            Entry(into, reason, row, judgement);
            into.Add(",\"snoozed\":"u8)
                .JsonText(snooze.Id)
                .Add(",\"until\":"u8)
                .Number(snooze.Until)
                .Add(",\"because\":"u8)
                .JsonText(snooze.Because ?? "")
                .Add("}"u8);
        }
    }

    private static void Entry(Utf8Builder into, Reason reason, ClickRow row, in Judgement judgement)
    {
        ReasonSetting setting = row.Settings[reason];
        ref InteractionEvent e = ref row.Event;
        switch (reason)
        {
            case Reason.RateIp:
                Count(into, ReasonEvaluator.Count(row, ClickFeature.Ip60, setting), setting);
                break;
            case Reason.RateNetwork:
                Count(into, ReasonEvaluator.Count(row, ClickFeature.Network60, setting), setting);
                break;
            case Reason.RateVisitor:
                Count(into, ReasonEvaluator.Count(row, ClickFeature.Visitor60, setting), setting);
                break;
            case Reason.RatePair:
                float campaign = ReasonEvaluator.PairCount(row, setting, ClickFeature.PairCampaign600),
                    publisher = ReasonEvaluator.PairCount(row, setting, ClickFeature.PairPublisher600);
                into.Add(campaign >= publisher ? "\"pair\":\"campaign\","u8 : "\"pair\":\"publisher\","u8);
                Count(into, Math.Max(campaign, publisher), setting);
                break;
            case Reason.ClickDouble:
                into.Add("\"since_ms\":"u8).Number(row.PairGapMs).Add(",\"limit_ms\":"u8).Number(setting.Limit, 0);
                break;
            case Reason.ListDatacentre:
                into.Add("\"list\":"u8).JsonText(row.DatacentreList!);
                break;
            case Reason.ListProxy:
                into.Add("\"list\":"u8).JsonText(row.ProxyList!);
                break;
            case Reason.ListCrawler:
                into.Add("\"list\":"u8)
                    .JsonText(row.AgentInfo.CrawlerList!)
                    .Add(",\"pattern\":"u8)
                    .JsonText(row.AgentInfo.CrawlerEntry!);
                break;
            case Reason.AgentContradiction:
                into.Add("\"claim\":"u8)
                    .JsonText(row.AgentInfo.IsPhone ? "phone" : row.AgentInfo.System.ToString().ToLowerInvariant())
                    .Add(",\"but\":"u8)
                    .JsonText(row.Contradiction!);
                break;
            case Reason.ClickPosition:
                into.Add("\"x\":"u8)
                    .Number(e.X, 2)
                    .Add(",\"y\":"u8)
                    .Number(e.Y, 2)
                    .Add(",\"viewport\":["u8)
                    .Number(e.ViewportWidth, 2)
                    .Add(","u8)
                    .Number(e.ViewportHeight, 2)
                    .Add("]"u8);
                break;
            case Reason.ClickPage:
                into.Add("\"page\":"u8).JsonText(Cut(e.Page.Span));
                break;
            case Reason.CursorNone or Reason.CursorStraight or Reason.CursorEven or Reason.CursorForged:
                into.Add("\"points\":"u8).Number(row.PathCount).Add(","u8);
                Count(into, row.DegenerateCount, setting);
                break;
            case Reason.CursorMissing:
                into.Add("\"waited_ms\":"u8).Number(row.Settings.Limits.JoinMs);
                break;
            case Reason.CursorReplay:
                into.Add("\"click\":"u8)
                    .JsonText(row.Replay.Click!)
                    .Add(",\"residual_px\":"u8)
                    .Number(row.Replay.ResidualPx, 2)
                    .Add(",\"at\":\"interactions-"u8)
                    .Number(row.Replay.Partition)
                    .Add("@"u8)
                    .Number(row.Replay.Offset)
                    .Add(row.Replay.IsTransformed ? "\",\"transformed\":true"u8 : "\""u8);
                break;
            case Reason.CursorSeries:
                Series(into, row, setting);
                break;
            case Reason.CursorProgram:
                Program(into, row);
                break;
            case Reason.StandingNetwork:
                Share(into, row.StandingNetwork, row.StandingNetworkClicks, setting);
                break;
            case Reason.StandingVisitor:
                Share(into, row.StandingVisitor, row.StandingVisitorClicks, setting);
                Elsewhere(into, row.VisitorElsewhere);
                break;
            case Reason.PublisherShare:
                into.Add("\"share\":"u8)
                    .Number(row.PublisherShare.Recent, 4)
                    .Add(",\"past\":"u8)
                    .Number(row.PublisherShare.Past, 4)
                    .Add(",\"clicks\":"u8)
                    .Number(row.PublisherShare.RecentClicks, 1);
                Elsewhere(into, row.PublisherElsewhere);
                break;
            case Reason.History:
                Share(into, row.HistoryShare, row.HistoryClicks, setting);
                break;
            case Reason.Model:
                into.Add("\"score\":"u8)
                    .Number(judgement.Score, 4)
                    .Add(",\"review\":"u8)
                    .Number(row.Settings.Bands.Review, 4)
                    .Add(","u8);
                Weighed(into, row.ModelEvidence);
                break;
            case Reason.TimeOutOfRange:
                into.Add("\"claimed\":"u8)
                    .Number(e.Time)
                    .Add(",\"limit_ms\":"u8)
                    .Number(row.Settings.Limits.OutOfRangeMs);
                break;
        }
    }

    private static void Series(Utf8Builder into, ClickRow row, ReasonSetting setting)
    {
        ArtefactSeries series = row.Settings.CursorModel!.Artefact.Series!;
        ProgramSeries.TryFind(row, setting, series, out SeriesFound found, out double limit);
        into.Add(found == row.VisitorSeries ? "\"by\":\"visitor\",\"paths\":"u8 : "\"by\":\"network\",\"paths\":"u8)
            .Number(found.Paths)
            .Add(",\"mean_log_odds\":"u8)
            .Number(found.Mean, 2)
            .Add(",\"limit\":"u8)
            .Number(limit, 2)
            .Add(",\"window_s\":"u8)
            .Number(setting.WindowSeconds);
    }

    private static void Program(Utf8Builder into, ClickRow row)
    {
        into.Add("\"probability\":"u8)
            .Number(row.PathProbability, 4)
            .Add(",\"cut_off\":"u8)
            .Number(row.Settings.CursorModel!.Artefact.CutOff, 4)
            .Add(","u8);
        Weighed(into, row.PathEvidence);
    }

    private static void Weighed(Utf8Builder into, in WeighedFeatures features)
    {
        into.Add("\"features\":{"u8);
        bool first = true;
        Weighed(into, features.First, ref first);
        Weighed(into, features.Second, ref first);
        Weighed(into, features.Third, ref first);
        into.Add("}"u8);
    }

    private static void Weighed(Utf8Builder into, in WeighedFeature feature, ref bool first)
    {
        if (feature.Name == null)
        {
            return;
        }

        into.Add(first ? ""u8 : ","u8)
            .JsonText(feature.Name)
            .Add(":{\"value\":"u8)
            .Number(feature.Value, 4)
            .Add(",\"usual\":["u8)
            .Number(feature.UsualLow, 4)
            .Add(","u8)
            .Number(feature.UsualHigh, 4)
            .Add("]}"u8);
        first = false;
    }

    private static void Count(Utf8Builder into, float count, ReasonSetting setting) =>
        into.Add("\"count\":"u8)
            .Number(count, 0)
            .Add(",\"window_s\":"u8)
            .Number(setting.WindowSeconds)
            .Add(",\"limit\":"u8)
            .Number(setting.Limit, 2);

    private static void Share(Utf8Builder into, float share, double clicks, ReasonSetting setting) =>
        into.Add("\"share\":"u8)
            .Number(share, 4)
            .Add(",\"clicks\":"u8)
            .Number(clicks, 1)
            .Add(",\"limit\":"u8)
            .Number(setting.Limit, 4);

    /// <summary>Writes the other partitions that contributed to the numbers.</summary>
    private static void Elsewhere(Utf8Builder into, int[]? partitions)
    {
        if (partitions == null)
        {
            return;
        }

        into.Add(",\"partitions\":["u8);
        for (int i = 0; i < partitions.Length; i++)
        {
            into.Add(i > 0 ? ",\"interactions-"u8 : "\"interactions-"u8).Number(partitions[i]).Add("\""u8);
        }

        into.Add("]"u8);
    }

    /// <summary>Truncates a text to at most 200 bytes, at a character boundary.</summary>
    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text)
    {
        if (text.Length <= 200)
        {
            return text;
        }

        int end = 200;
        while ((text[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return text[..end];
    }

    private static void Code(Utf8Builder into, string prefix, string id, ref bool first)
    {
        if (!first)
        {
            into.Add(","u8);
        }

        first = false;
        into.JsonText(prefix, id);
    }

    private static void Key(Utf8Builder into, string prefix, string id, ref bool first)
    {
        Code(into, prefix, id, ref first);
        into.Add(":"u8);
    }
}
