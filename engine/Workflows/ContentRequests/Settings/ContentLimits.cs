using Engine.Contracts.Settings;

namespace Engine.Workflows.ContentRequests.Settings;

/// <summary>By what a network's requests are spam: <c>content/limits</c>.</summary>
/// <param name="NetworkRequests">The most requests of one client network in the last minute of log time.</param>
/// <param name="StandingShare">From this share of invalid clicks on a network's standing is bad.</param>
/// <param name="StandingClicks">Of fewer clicks, a share says nothing.</param>
public sealed record ContentLimits(long NetworkRequests, double StandingShare, double StandingClicks)
{
    /// <summary>
    /// A /24 of a carrier's NAT holds thousands of people whose pages ask for a few items each; fifty a second, all
    /// minute long, is more than they do. The standing is stricter than what makes a click suspect (0.6), since here it
    /// denies.
    /// </summary>
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
