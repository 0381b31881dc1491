using Engine.Contracts.Settings;

namespace Engine.Workflows.ContentRequests.Settings;

/// <summary>The limits above which a network's requests are spam: <c>content/limits</c>.</summary>
/// <param name="NetworkRequests">The maximum number of requests of one client network in the last minute of log
/// time.</param>
/// <param name="StandingShare">The share of invalid clicks from which a network's standing is bad.</param>
/// <param name="StandingClicks">The minimum number of clicks for the share to count.</param>
public sealed record ContentLimits(long NetworkRequests, double StandingShare, double StandingClicks)
{
    /// <summary>A carrier-grade NAT's /24 has thousands of people whose pages send a few requests each; fifty a second
    /// for a whole minute exceeds that. The standing is stricter than for a suspect click (0.6), since it denies
    /// here.</summary>
    public static readonly ContentLimits Default = new(3000, 0.8, 20);
}

/// <summary>Reads <c>content/limits</c>.</summary>
public sealed class ContentLimitsKind : ISettingKind
{
    public string Kind => "content";

    public object Parse(string id, SettingReader record)
    {
        if (id != "limits")
        {
            throw record.Wrong("there is only content/limits");
        }

        ContentLimits d = ContentLimits.Default;
        return new ContentLimits(
            record.Integer("network_requests", 1, 1_000_000_000) ?? d.NetworkRequests,
            record.Number("standing_share", 0, 1, d.StandingShare),
            record.Number("standing_clicks", 0, 1e12, d.StandingClicks)
        );
    }
}
