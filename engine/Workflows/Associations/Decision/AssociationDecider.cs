using Engine.Workflows.Associations.Codes;
using Engine.Workflows.Associations.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Associations.Decision;

/// <summary>Merchandise associations (US20150120462A1): who showed which item to whom. See
/// docs/associations.md.</summary>
/// <param name="keys">The keys that make codes and verify them.</param>
public sealed class AssociationDecider(AssociationKeys keys) : IDecider
{
    /// <summary>Zero: chains are remembered rather than rebuilt, as they reach further back than the log.</summary>
    public TimeSpan LongestWindow => TimeSpan.Zero;

    public object Compile(SettingRecords records) => AssociationSettings.Of(records);

    public IDeciderPartition Open(string partition) => new AssociationPartition(partition, keys);
}

/// <summary>A version of the settings, compiled for associations.</summary>
internal sealed record AssociationSettings(
    IReadOnlyDictionary<string, ItemSetting> Items,
    IReadOnlyDictionary<string, ReasonSetting> Reasons
)
{
    public ReasonSetting Self => Reasons[AssociationReasons.AccountSelf];

    public ReasonSetting Ring => Reasons[AssociationReasons.Ring];

    public ReasonSetting Burst => Reasons[AssociationReasons.Burst];

    public ReasonSetting Network => Reasons[AssociationReasons.NetworkAccounts];

    public static AssociationSettings Of(SettingRecords records)
    {
        Dictionary<string, ReasonSetting> reasons = new(ReasonKind.Defaults);
        foreach ((string id, ReasonSetting setting) in records.Of<ReasonSetting>(ReasonKind.Name))
        {
            reasons[id] = setting;
        }

        return new AssociationSettings(records.Of<ItemSetting>(ItemKind.Name).ToDictionary(), reasons);
    }
}
