namespace Engine.Contracts;

/// <summary>The class of a reason, weakest first. <see cref="None"/> is only evidence.</summary>
public enum ReasonClass : byte
{
    None,
    Suspect,
    Sivt,
    Givt,
}

/// <summary>The class of a verdict, in the Media Rating Council's terms.</summary>
public enum VerdictClass : byte
{
    Valid,
    Suspect,
    Givt,
    Sivt,
}

/// <summary>The band that the score or the reasons put a click in.</summary>
public enum Band : byte
{
    Allow,
    Review,
    Challenge,
    Block,
}

/// <summary>What the ad server should do.</summary>
public enum VerdictAction : byte
{
    Accept,
    Flag,
    Confirm,
    Deny,
}

/// <summary>What happened to a click's path.</summary>
public enum PathState : byte
{
    None,
    Missing,
    Present,
}

/// <summary>The reasons with a fixed code, strongest first within a class.</summary>
public enum Reason : byte
{
    CursorReplay,
    CursorForged,
    CursorSeries,
    RateVisitor,
    RateIp,
    RateNetwork,
    RatePair,
    ClickDouble,
    ListDatacentre,
    ListCrawler,
    CursorNone,
    CursorStraight,
    CursorEven,
    CursorMissing,
    AgentContradiction,
    ClickPosition,
    ClickPage,
    ListProxy,
    PublisherShare,
    StandingNetwork,
    StandingVisitor,
    CursorProgram,
    History,
    Model,
    TimeOutOfRange,
    ConfirmationConfirmed,
    ConfirmationMissed,
    ConfirmationExpired,
}

/// <summary>One row of the reason table. Code, settings and docs/reasons.md all use this one table; a test compares
/// them.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Code">The code that appears in verdicts and statistics.</param>
/// <param name="Class">The class, unless <c>reason/&lt;code&gt;</c> sets another.</param>
/// <param name="Meaning">What it means that the reason applies.</param>
/// <param name="Evidence">The fields of the reason's entry in <c>evidence</c>.</param>
public sealed record ReasonEntry(Reason Reason, string Code, ReasonClass Class, string Meaning, string Evidence);

/// <summary>The reason table, indexed by <see cref="Reason"/>. Rules and allow lists add <c>rule.&lt;id&gt;</c> and
/// <c>allow.&lt;id&gt;</c>.</summary>
public static class Reasons
{
    public static readonly ReasonEntry[] Table =
    [
        new(
            Reason.CursorReplay,
            "cursor.replay",
            ReasonClass.Sivt,
            "the path nearly equals that of an earlier click: a recording played again",
            "click, residual_px, at, transformed"
        ),
        new(
            Reason.CursorForged,
            "cursor.forged",
            ReasonClass.Sivt,
            "the path's times can't come from a recorder",
            "points, count, window_s, limit"
        ),
        new(
            Reason.CursorSeries,
            "cursor.series",
            ReasonClass.Sivt,
            "several paths of the visitor, or of the network if the visitor's are doubtful and too few, are together a "
                + "program's",
            "by, paths, mean_log_odds, limit, window_s"
        ),
        new(
            Reason.RateVisitor,
            "rate.visitor",
            ReasonClass.Sivt,
            "more clicks of the visitor in the window than the limit",
            "count, window_s, limit"
        ),
        new(
            Reason.RateIp,
            "rate.ip",
            ReasonClass.Sivt,
            "more clicks of the address in the window than the limit",
            "count, window_s, limit"
        ),
        new(
            Reason.RateNetwork,
            "rate.network",
            ReasonClass.Sivt,
            "more clicks of the client network in the window than the limit",
            "count, window_s, limit"
        ),
        new(
            Reason.RatePair,
            "rate.pair",
            ReasonClass.Sivt,
            "more clicks of one visitor (or address) on one campaign, or at one publisher, than the limit",
            "pair, count, window_s, limit"
        ),
        new(
            Reason.ClickDouble,
            "click.double",
            ReasonClass.Givt,
            "the same visitor (or address and user agent) clicked the same campaign a moment before",
            "since_ms, limit_ms"
        ),
        new(
            Reason.ListDatacentre,
            "list.datacentre",
            ReasonClass.Givt,
            "the address is in a data centre's range, but not in that of a relay that people use",
            "list"
        ),
        new(
            Reason.ListCrawler,
            "list.crawler",
            ReasonClass.Givt,
            "the user agent declares a crawler or an automation tool",
            "list, pattern"
        ),
        new(
            Reason.CursorNone,
            "cursor.none",
            ReasonClass.Suspect,
            "a mouse click whose path holds no movement",
            "points, count, window_s, limit"
        ),
        new(
            Reason.CursorStraight,
            "cursor.straight",
            ReasonClass.Suspect,
            "all vectors of the path point the same way",
            "points, count, window_s, limit"
        ),
        new(
            Reason.CursorEven,
            "cursor.even",
            ReasonClass.Suspect,
            "the path's time steps and lengths are constant",
            "points, count, window_s, limit"
        ),
        new(
            Reason.CursorMissing,
            "cursor.missing",
            ReasonClass.Suspect,
            "a path was announced but never arrived",
            "waited_ms"
        ),
        new(
            Reason.AgentContradiction,
            "agent.contradiction",
            ReasonClass.Suspect,
            "the user agent contradicts the pointer or the device",
            "claim, but"
        ),
        new(
            Reason.ClickPosition,
            "click.position",
            ReasonClass.Suspect,
            "the click is outside its viewport",
            "x, y, viewport"
        ),
        new(
            Reason.ClickPage,
            "click.page",
            ReasonClass.Suspect,
            "the page is given but isn't an http or https address",
            "page"
        ),
        new(
            Reason.ListProxy,
            "list.proxy",
            ReasonClass.Suspect,
            "the address is in the range of a proxy or a relay",
            "list"
        ),
        new(
            Reason.PublisherShare,
            "publisher.share",
            ReasonClass.Suspect,
            "the publisher's share of invalid clicks departs from its own past",
            "share, past, clicks, partitions"
        ),
        new(
            Reason.StandingNetwork,
            "standing.network",
            ReasonClass.Suspect,
            "most of the network's earlier clicks were invalid",
            "share, clicks, limit"
        ),
        new(
            Reason.StandingVisitor,
            "standing.visitor",
            ReasonClass.Suspect,
            "most of the visitor's earlier clicks were invalid",
            "share, clicks, limit, partitions"
        ),
        new(
            Reason.CursorProgram,
            "cursor.program",
            ReasonClass.None,
            "the movement is more like a program's than a person's",
            "probability, cut_off, features"
        ),
        new(
            Reason.History,
            "history",
            ReasonClass.None,
            "labels, confirmations and conversions called many of this publisher's, placement's or device's clicks "
                + "invalid",
            "share, clicks, limit"
        ),
        new(Reason.Model, "model", ReasonClass.None, "the score alone", "score, review, features"),
        new(
            Reason.TimeOutOfRange,
            "time.out-of-range",
            ReasonClass.None,
            "the claimed time is too far from log time, which is used instead",
            "claimed, limit_ms"
        ),
        new(
            Reason.ConfirmationConfirmed,
            "confirmation.confirmed",
            ReasonClass.None,
            "the click was confirmed, and is billable",
            "attempts, latency_ms, at"
        ),
        new(
            Reason.ConfirmationMissed,
            "confirmation.missed",
            ReasonClass.None,
            "the confirmation was attempted and failed",
            "attempts, latency_ms, at"
        ),
        new(
            Reason.ConfirmationExpired,
            "confirmation.expired",
            ReasonClass.None,
            "the confirmation was never answered",
            "attempts, latency_ms, at"
        ),
    ];

    /// <summary>The number of reasons with a fixed code. A set of them fits in 64 bits.</summary>
    public static readonly int Count = Table.Length;

    /// <summary>Gets the reason with a code, or null.</summary>
    public static Reason? Of(string code) => Array.Find(Table, entry => entry.Code == code)?.Reason;
}

/// <summary>The contract's words for the values of a verdict.</summary>
public static class VerdictWords
{
    public static ReadOnlySpan<byte> Utf8(VerdictClass value) =>
        value switch
        {
            VerdictClass.Valid => "valid"u8,
            VerdictClass.Suspect => "suspect"u8,
            VerdictClass.Givt => "givt"u8,
            _ => "sivt"u8,
        };

    public static ReadOnlySpan<byte> Utf8(Band value) =>
        value switch
        {
            Band.Allow => "allow"u8,
            Band.Review => "review"u8,
            Band.Challenge => "challenge"u8,
            _ => "block"u8,
        };

    public static ReadOnlySpan<byte> Utf8(VerdictAction value) =>
        value switch
        {
            VerdictAction.Accept => "accept"u8,
            VerdictAction.Flag => "flag"u8,
            VerdictAction.Confirm => "confirm"u8,
            _ => "deny"u8,
        };

    public static ReadOnlySpan<byte> Utf8(PathState value) =>
        value switch
        {
            PathState.Present => "present"u8,
            PathState.Missing => "missing"u8,
            _ => "none"u8,
        };
}
