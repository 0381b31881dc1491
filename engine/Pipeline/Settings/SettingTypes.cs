using Engine.Contracts;
using Engine.Pipeline.Features;

namespace Engine.Pipeline.Settings;

/// <summary>The setting of a reason, <c>reason/&lt;code&gt;</c>.</summary>
/// <param name="Class">The class that it gives a click.</param>
/// <param name="Limit">The reason applies above this; the unit is the reason's (clicks, ms, a share).</param>
/// <param name="WindowSeconds">The window that counts: 60, 600 or 3600.</param>
/// <param name="Over">The class once the window's count is over the limit, for reasons that a single event gives
/// (cursor.*).</param>
/// <param name="MinClicks">The minimum number of clicks for a share to count.</param>
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
    /// <summary>The feature of this reason's window, relative to that of the minute.</summary>
    internal ClickFeature WindowFeature(ClickFeature minute) =>
        minute
        + (
            WindowSeconds == 60 ? 0
            : WindowSeconds == 600 ? 1
            : 2
        );

    /// <summary>The same for pairs, which have windows of ten minutes and an hour.</summary>
    internal ClickFeature PairWindowFeature(ClickFeature tenMinutes) => tenMinutes + (WindowSeconds == 3600 ? 1 : 0);
}

/// <summary>Cut-offs on the score, <c>bands/default</c>. Each is 0 to 1 and not below the one before.</summary>
public sealed record Bands(double Review, double Challenge, double Block)
{
    public static readonly Bands Default = new(0.5, 0.7, 0.9);

    public Band Of(double score) =>
        score >= Block ? Band.Block
        : score >= Challenge ? Band.Challenge
        : score >= Review ? Band.Review
        : Band.Allow;
}

/// <summary>Times and bounds of joining and deduplication, <c>limits/time</c>.</summary>
/// <param name="JoinMs">The maximum distance of a path from its click in log time.</param>
/// <param name="OutOfRangeMs">The maximum distance of a claimed time from log time.</param>
/// <param name="DuplicatesMs">How long an id is remembered, in log time.</param>
/// <param name="DuplicatesMax">The maximum number of ids that a partition remembers.</param>
public sealed record TimeLimits(long JoinMs, long OutOfRangeMs, long DuplicatesMs, int DuplicatesMax)
{
    public static readonly TimeLimits Default = new(2_000, 300_000, 3_600_000, 1_000_000);
}

/// <summary>An allow list, <c>allow/&lt;id&gt;</c>: an address range, a visitor or a campaign.</summary>
/// <param name="Until">The event time, ms, at which it expires; null for never.</param>
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

/// <summary>A snooze, <c>snooze/&lt;id&gt;</c>: a reason doesn't act for a publisher's clicks until an event
/// time.</summary>
/// <param name="Until">In ms; clicks before it are meant.</param>
/// <param name="Because">Why; null if the record doesn't say.</param>
public sealed record SnoozeSetting(string Id, Reason Reason, string Publisher, long Until, string? Because);
