using Engine.Workflows.Bindings.Codes;
using Engine.Workflows.Bindings.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Bindings.Decision;

/// <summary>Binding statistics (US10084660B2): decides whether a binding counts, from its code, the settings in force
/// and the memory of earlier bindings. See docs/bindings.md.</summary>
/// <param name="keys">The keys that verify codes.</param>
public sealed class BindingDecider(CodeKeys keys) : IDecider
{
    /// <summary>Zero: windows are remembered rather than rebuilt, since the log alone doesn't say which bindings were
    /// valid.</summary>
    public TimeSpan LongestWindow => TimeSpan.Zero;

    public object Compile(SettingRecords records) => BindingSettings.Of(records);

    public IDeciderPartition Open(string partition) => new BindingPartition(partition, keys);
}

/// <summary>A version of the settings, compiled for bindings.</summary>
internal sealed record BindingSettings(
    IReadOnlyDictionary<string, PageSetting> Pages,
    SuspectSetting Self,
    SuspectSetting Pair,
    SuspectSetting Network
)
{
    public static BindingSettings Of(SettingRecords records)
    {
        Dictionary<string, SuspectSetting> reasons = records.Of<SuspectSetting>(SuspectKind.Name).ToDictionary();
        return new BindingSettings(
            records.Of<PageSetting>(PageKind.Name).ToDictionary(),
            reasons.GetValueOrDefault(BindingReasons.AccountSelf, SuspectKind.Self),
            reasons.GetValueOrDefault(BindingReasons.PairRepeated, SuspectKind.Pair),
            reasons.GetValueOrDefault(BindingReasons.NetworkAccounts, SuspectKind.Network)
        );
    }
}
