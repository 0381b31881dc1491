using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;

namespace Engine.Pipeline.Decide;

/// <summary>Writes a verdict as the contract defines it, as one line of JSON:
/// <code>
/// {["click":…,]"class":…,"score":…,"band":…,"action":…,"billable":…[,"reasons":[…],"evidence":{…}][,"path":…]
/// [,"time":…,"at":…],"model":…,"settings":…}
/// </code>
/// The parts in brackets are omitted if there are no reasons (most verdicts), and <c>path</c> if none is expected. With
/// <c>complete</c>, everything is written.</summary>
public static class VerdictWriter
{
    public static void Write(Utf8Builder into, ClickRow row, in Judgement judgement, bool complete)
    {
        bool all = complete || judgement.HasReasons;
        if (
            !all
            && row.Path == PathState.None
            && judgement
                is { Class: VerdictClass.Valid, Band: Band.Allow, Action: VerdictAction.Accept, Billable: true }
        )
        {
            into.Add("{\"class\":\"valid\",\"score\":"u8)
                .Number(judgement.Score, 4)
                .Add(row.Settings.VerdictEnd ??= EndOfAccepted(row.Settings, judgement));
            return;
        }
        into.Add("{"u8);
        if (all)
        {
            into.Add("\"click\":"u8).JsonText(row.Event.Id.Span).Add(","u8);
        }

        Head(into, judgement);
        if (all)
        {
            into.Add(",\"reasons\":["u8);
            Evidence.WriteReasons(into, row.Settings, judgement);
            into.Add("],\"evidence\":{"u8);
            Evidence.Write(into, row, judgement);
            into.Add("}"u8);
        }
        Tail(into, all, complete, row.Path, row.Time, row.Partition.Partition, row.Offset, row.Settings);
    }

    /// <summary>Keeps what a later confirmation needs to rewrite the verdict.</summary>
    public static PendingConfirmation Keep(ClickRow row, in Judgement judgement)
    {
        var reasons = new Utf8Builder(256);
        Evidence.WriteReasons(reasons, row.Settings, judgement);
        var evidence = new Utf8Builder(512);
        Evidence.Write(evidence, row, judgement);
        string id = row.Event.Id.ToString();
        return new PendingConfirmation(
            id,
            new StoredVerdict(
                judgement with
                {
                    Rules = null,
                    Allow = null,
                },
                reasons.Written.ToArray(),
                evidence.Written.ToArray(),
                row.Path,
                row.Time,
                row.Offset,
                row.Settings,
                row.Event.CostMicros,
                row.Event.Campaign.ToString(),
                row.Event.Publisher.ToString()
            )
        );
    }

    /// <summary>Rewrites the verdict of a click whose confirmation came. Class, band and action stay; the outcome
    /// decides whether the click is billable.</summary>
    public static void WriteConfirmed(
        Utf8Builder into,
        PartitionState partition,
        PendingConfirmation click,
        in InteractionEvent e,
        bool complete
    )
    {
        StoredVerdict stored = click.Verdict;
        Judgement judgement = stored.Judgement;
        judgement.Billable = e.Outcome == Outcome.Confirmed;
        string code = Reasons.Table[(int)ReasonOf(e.Outcome)].Code;
        into.Add("{\"click\":"u8).JsonText(click.Click).Add(","u8);
        Head(into, judgement);
        into.Add(",\"reasons\":["u8).Add(stored.Reasons);
        if (stored.Reasons.Length > 0)
        {
            into.Add(","u8);
        }

        into.Add("\""u8).Ascii(code).Add("\"],\"evidence\":{"u8).Add(stored.Evidence);
        if (stored.Evidence.Length > 0)
        {
            into.Add(","u8);
        }

        into.Add("\""u8)
            .Ascii(code)
            .Add("\":{\"attempts\":"u8)
            .Number(e.Attempts)
            .Add(",\"latency_ms\":"u8)
            .Number(e.LatencyMs)
            .Add(",\"at\":\""u8)
            .Ascii(partition.Name)
            .Add("@"u8)
            .Number(partition.Position)
            .Add("\"}}"u8);
        Tail(into, all: true, complete, stored.Path, stored.Time, partition.Partition, stored.Offset, stored.Settings);
    }

    /// <summary>The reason for an outcome.</summary>
    public static Reason ReasonOf(Outcome outcome) =>
        outcome switch
        {
            Outcome.Confirmed => Reason.ConfirmationConfirmed,
            Outcome.Missed => Reason.ConfirmationMissed,
            _ => Reason.ConfirmationExpired,
        };

    /// <summary>The end of the verdict, after the score, of a valid click without reasons: one text per version of the
    /// settings.</summary>
    private static byte[] EndOfAccepted(DecisionSettings settings, in Judgement judgement)
    {
        var end = new Utf8Builder(256);
        WriteAction(end, judgement);
        WriteVersions(end, settings);
        return end.Written.ToArray();
    }

    private static void Head(Utf8Builder into, in Judgement judgement)
    {
        into.Add("\"class\":\""u8)
            .Add(VerdictWords.Utf8(judgement.Class))
            .Add("\",\"score\":"u8)
            .Number(judgement.Score, 4);
        WriteAction(into, judgement);
    }

    private static void WriteAction(Utf8Builder into, in Judgement judgement) =>
        into.Add(",\"band\":\""u8)
            .Add(VerdictWords.Utf8(judgement.Band))
            .Add("\",\"action\":\""u8)
            .Add(VerdictWords.Utf8(judgement.Action))
            .Add(judgement.Billable ? "\",\"billable\":true"u8 : "\",\"billable\":false"u8);

    private static void Tail(
        Utf8Builder into,
        bool all,
        bool complete,
        PathState path,
        long time,
        int partition,
        long offset,
        DecisionSettings settings
    )
    {
        if (complete || path != PathState.None)
        {
            into.Add(",\"path\":\""u8).Add(VerdictWords.Utf8(path)).Add("\""u8);
        }

        if (all)
        {
            into.Add(",\"time\":"u8)
                .Number(time)
                .Add(",\"at\":\"interactions-"u8)
                .Number(partition)
                .Add("@"u8)
                .Number(offset)
                .Add("\""u8);
        }

        WriteVersions(into, settings);
    }

    private static void WriteVersions(Utf8Builder into, DecisionSettings settings) =>
        into.Add(",\"model\":\""u8)
            .Add(settings.ModelUtf8)
            .Add("\",\"settings\":\""u8)
            .Add(settings.VersionUtf8)
            .Add("\"}"u8);
}
