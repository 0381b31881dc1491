using Engine.Contracts.Settings;
using Engine.Workflows.Bindings.Codes;

namespace Engine.Workflows.Bindings.Settings;

/// <summary>What a reason to suspect a binding goes by: <c>binding-reason/&lt;code&gt;</c>.</summary>
/// <param name="Limit">Above it the reason holds: bindings of one pair, or second accounts of one network, on one
/// page.</param>
/// <param name="Window">How far back they are counted, log time.</param>
/// <param name="IsShadow">Evaluated and counted, but never acting.</param>
/// <param name="IsOff">Not evaluated.</param>
public sealed record SuspectSetting(int Limit, TimeSpan Window, bool IsShadow, bool IsOff);

/// <summary>Reads <c>binding-reason/&lt;code&gt;</c>.</summary>
public sealed class SuspectKind : ISettingKind
{
    public const string Name = "binding-reason";

    /// <summary>Friends share a bill now and then, hardly four times a day.</summary>
    public static readonly SuspectSetting Pair = new(3, TimeSpan.FromDays(1), false, false);

    /// <summary>A café's visitors share its network: ten of them in an hour at one poster are still people.</summary>
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
                $"'{id}' is no reason to suspect a binding; there are {string.Join(", ", BindingReasons.Suspecting)}"
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
