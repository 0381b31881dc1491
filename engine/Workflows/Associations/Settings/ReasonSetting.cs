using Engine.Contracts.Settings;

namespace Engine.Workflows.Associations.Settings;

/// <summary>When a reason suspects an association: <c>association-reason/&lt;code&gt;</c>.</summary>
/// <param name="Limit">The reason applies above this number of accounts.</param>
/// <param name="Window">The window in which they are counted, in log time.</param>
/// <param name="IsShadow">Whether the reason is evaluated and counted, but never acts.</param>
/// <param name="IsOff">Whether the reason isn't evaluated.</param>
public sealed record ReasonSetting(int Limit, TimeSpan Window, bool IsShadow, bool IsOff)
{
    public long WindowMs => (long)Window.TotalMilliseconds;
}

/// <summary>Reads <c>association-reason/&lt;code&gt;</c>.</summary>
public sealed class ReasonKind : ISettingKind
{
    public const string Name = "association-reason";

    /// <summary>The longest window, ms.</summary>
    public const long MaxWindowMs = MaxWindowSeconds * 1000L;

    private const int MaxLimit = 1_000_000,
        MinWindowSeconds = 60,
        MaxWindowSeconds = 604_800;

    private static readonly ReasonSetting Always = new(0, TimeSpan.Zero, false, false);

    /// <summary>The setting of each reason that has none.</summary>
    public static readonly IReadOnlyDictionary<string, ReasonSetting> Defaults = new Dictionary<string, ReasonSetting>
    {
        [AssociationReasons.AccountSelf] = Always,
        [AssociationReasons.Ring] = Always,
        // A poster in a shop brings more, but hardly so many new accounts in ten minutes.
        [AssociationReasons.Burst] = new(20, TimeSpan.FromMinutes(10), false, false),
        [AssociationReasons.NetworkAccounts] = new(10, TimeSpan.FromMinutes(10), false, false),
    };

    public string Kind => Name;

    public object Parse(string id, SettingReader record)
    {
        if (!Defaults.TryGetValue(id, out ReasonSetting? d))
        {
            throw record.Wrong(
                $"'{id}' isn't a reason to suspect an association; expected "
                    + $"{string.Join(", ", AssociationReasons.Suspecting)}"
            );
        }

        bool shadow = record.Flag("shadow"),
            off = record.Flag("off");
        if (d.Window == TimeSpan.Zero)
        {
            return d with { IsShadow = shadow, IsOff = off };
        }

        return new ReasonSetting(
            (int)(record.Integer("limit", 1, MaxLimit) ?? d.Limit),
            record.Integer("window_s", MinWindowSeconds, MaxWindowSeconds) is { } window
                ? TimeSpan.FromSeconds(window)
                : d.Window,
            shadow,
            off
        );
    }
}
