using Engine.Contracts;
using Engine.Pipeline.Features;

namespace Engine.Pipeline.Settings;

/// <summary>What a reason goes by: <c>reason/&lt;code&gt;</c>.</summary>
/// <param name="Class">What it is a ground for.</param>
/// <param name="Limit">Above it the reason holds; its unit is the reason's (clicks, ms, a share).</param>
/// <param name="WindowSeconds">60, 600 or 3600: the window that counts.</param>
/// <param name="Over">The class once the count of the window is over the limit, where a single one already is a reason
/// (cursor.*).</param>
/// <param name="MinClicks">Shares say nothing of fewer clicks.</param>
/// <param name="Shadow">Evaluated and counted, but never acting.</param>
/// <param name="Off">Not evaluated.</param>
public sealed record ReasonSetting(
    ReasonClass Class,
    double Limit,
    int WindowSeconds,
    ReasonClass Over,
    double MinClicks,
    bool Shadow,
    bool Off
)
{
    /// <summary>The feature that counts this reason's window, given that of the minute.</summary>
    internal ClickFeature WindowFeature(ClickFeature minute) =>
        minute
        + (
            WindowSeconds == 60 ? 0
            : WindowSeconds == 600 ? 1
            : 2
        );

    /// <summary>The same for pairs, which have windows of ten minutes and of an hour.</summary>
    internal ClickFeature PairWindowFeature(ClickFeature tenMinutes) => tenMinutes + (WindowSeconds == 3600 ? 1 : 0);
}

/// <summary>Cut-offs on the score: <c>bands/default</c>. Each in 0 to 1, none below the one before.</summary>
public sealed record Bands(double Review, double Challenge, double Block)
{
    public static readonly Bands Default = new(0.5, 0.7, 0.9);

    public Band Of(double score) =>
        score >= Block ? Band.Block
        : score >= Challenge ? Band.Challenge
        : score >= Review ? Band.Review
        : Band.Allow;
}

/// <summary>Times and bounds of joining and remembering: <c>limits/time</c>.</summary>
/// <param name="JoinMs">How far apart in log time a path and its click may lie.</param>
/// <param name="OutOfRangeMs">How far from log time a claimed time may lie and still be believed.</param>
/// <param name="DuplicatesMs">How long an id is remembered, log time.</param>
/// <param name="DuplicatesMax">How many ids a partition remembers.</param>
public sealed record TimeLimits(long JoinMs, long OutOfRangeMs, long DuplicatesMs, int DuplicatesMax)
{
    public static readonly TimeLimits Default = new(2_000, 300_000, 3_600_000, 1_000_000);
}

/// <summary>A campaign: <c>campaign/&lt;id&gt;</c>.</summary>
/// <param name="Target">The only address that its confirmed clicks are sent on to.</param>
/// <param name="ReviewInvalidShare">Above this share of invalid clicks a refund review opens; null for never.</param>
/// <param name="ReviewLostMicros">Above this cost of invalid clicks a refund review opens; null for never.</param>
public sealed record CampaignSetting(
    string Id,
    string? Advertiser,
    string? Target,
    double? ReviewInvalidShare,
    long? ReviewLostMicros
);

/// <summary>An allow list: <c>allow/&lt;id&gt;</c>. One of address range, visitor or campaign.</summary>
/// <param name="Until">Event time, ms, from which it holds no more; null for never.</param>
public sealed record AllowSetting(
    string Id,
    IpAddress First,
    IpAddress Last,
    string? Visitor,
    string? Campaign,
    string? Because,
    long? Until
)
{
    public bool IsRange => Visitor == null && Campaign == null;
}
