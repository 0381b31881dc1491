namespace Engine.Contracts.Settings;

/// <summary>A campaign, <c>campaign/&lt;id&gt;</c>.</summary>
/// <param name="Target">The only URL to which its clicks are redirected.</param>
/// <param name="CostMicros">What a click on it costs where a page reports the click, in millionths; null if pages'
/// clicks cost nothing.</param>
/// <param name="RefusesDenied">Whether a denied click is answered with 403, not redirected to the target.</param>
/// <param name="ReviewInvalidShare">A refund review opens above this share of invalid clicks; null for never.</param>
/// <param name="ReviewLostMicros">A refund review opens above this cost of invalid clicks; null for never.</param>
public sealed record CampaignSetting(
    string Id,
    string? Advertiser,
    string? Target,
    long? CostMicros,
    bool RefusesDenied,
    double? ReviewInvalidShare,
    long? ReviewLostMicros
)
{
    /// <summary>The setting's kind.</summary>
    public const string Kind = "campaign";
}

/// <summary>Reads <c>campaign/&lt;id&gt;</c>.</summary>
public sealed class CampaignKind : ISettingKind
{
    private const string ToTarget = "target",
        Refuse = "refuse";

    public string Kind => CampaignSetting.Kind;

    public object Parse(string id, SettingReader record)
    {
        string? target = record.Text("target");
        if (target != null && !IsPlain(target))
        {
            throw record.Wrong(
                $"'target' is '{target}'; expected an http or https address, in ASCII and without a user"
            );
        }

        string onDeny = record.Text("on_deny") ?? ToTarget;
        if (onDeny is not (ToTarget or Refuse))
        {
            throw record.Wrong($"'on_deny' is '{onDeny}'; expected {ToTarget} or {Refuse}");
        }

        SettingReader? review = record.Object("review_above");
        var campaign = new CampaignSetting(
            id,
            record.Text("advertiser"),
            target,
            record.Integer("cost_micros", 0, EventLimits.MaxCostMicros),
            onDeny == Refuse,
            review?.OptionalNumber("invalid_share", 0, 1),
            review?.Integer("lost_micros", 0, long.MaxValue)
        );
        review?.Done();
        return campaign;
    }

    /// <summary>Whether browsers take an address for what it says: they read backslashes, blanks, control characters
    /// and missing slashes each in their own way.</summary>
    private static bool IsPlain(string target) =>
        target.All(letter => letter is > ' ' and <= '~' and not '\\')
        && (
            target.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || target.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        )
        && Uri.TryCreate(target, UriKind.Absolute, out Uri? uri)
        && uri.Host.Length > 0
        && uri.UserInfo.Length == 0;
}
