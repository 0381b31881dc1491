using Engine.Workflows.Bindings.Codes;
using Engine.Workflows.Bindings.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Bindings.Decision;

/// <summary>
/// Binding statistics (US10084660B2): whether a binding relation counts. Everything that it is judged by is in its
/// code, in the settings in force and in what was remembered of earlier ones. docs/bindings.md has it in words.
/// </summary>
/// <param name="keys">What codes are verified by.</param>
public sealed class BindingDecider(CodeKeys keys) : IDecider
{
    /// <summary>
    /// None: what windows count is remembered, since the log alone doesn't tell which bindings were good.
    /// </summary>
    public TimeSpan LongestWindow => TimeSpan.Zero;

    public object Compile(SettingRecords records) => BindingSettings.Of(records);

    public IDeciderPartition Open(string partition) => new BindingPartition(partition, keys);
}

/// <summary>What a version of the settings means for bindings.</summary>
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
