using Engine.Contracts.Settings;
using Engine.Workflows.Bindings.Codes;

namespace Engine.Workflows.Bindings.Settings;

/// <summary>The settings of a reason to suspect a binding: <c>binding-reason/&lt;code&gt;</c>.</summary>
/// <param name="Limit">The reason applies above this number of bindings of one pair, or of second accounts of one
/// network, on one page.</param>
/// <param name="Window">The window in which they are counted, in log time.</param>
/// <param name="IsShadow">Whether the reason is evaluated and counted, but never acts.</param>
/// <param name="IsOff">Whether the reason isn't evaluated.</param>
public sealed record SuspectSetting(int Limit, TimeSpan Window, bool IsShadow, bool IsOff);

/// <summary>Reads <c>binding-reason/&lt;code&gt;</c>.</summary>
public sealed class SuspectKind : ISettingKind
{
    public const string Name = "binding-reason";

    /// <summary>Friends share a bill now and then, but hardly four times a day.</summary>
    public static readonly SuspectSetting Pair = new(3, TimeSpan.FromDays(1), false, false);

    /// <summary>Visitors of a café share its network: ten in an hour at one poster are still plausible.</summary>
    public static readonly SuspectSetting Network = new(10, TimeSpan.FromHours(1), false, false);

    public static readonly SuspectSetting Self = new(0, TimeSpan.Zero, false, false);

    private const int MaxLimit = 1_000_000,
        MinWindowSeconds = 60,
        MaxWindowSeconds = 604_800;

    public string Kind => Name;

    public object Parse(string id, SettingReader record)
    {
        SuspectSetting d = id switch
        {
            BindingReasons.AccountSelf => Self,
            BindingReasons.PairRepeated => Pair,
            BindingReasons.NetworkAccounts => Network,
            _ => throw record.Wrong(
                $"'{id}' isn't a reason to suspect a binding; expected {string.Join(", ", BindingReasons.Suspecting)}"
            ),
        };
        bool shadow = record.Flag("shadow"),
            off = record.Flag("off");
        if (id == BindingReasons.AccountSelf)
        {
            return d with { IsShadow = shadow, IsOff = off };
        }

        return new SuspectSetting(
            (int)(record.Integer("limit", 1, MaxLimit) ?? d.Limit),
            record.Integer("window_s", MinWindowSeconds, MaxWindowSeconds) is { } window
                ? TimeSpan.FromSeconds(window)
                : d.Window,
            shadow,
            off
        );
    }
}
