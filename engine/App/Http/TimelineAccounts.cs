using Engine.Contracts.Access;
using Engine.Pipeline.Settings;
using Engine.Web.Accounts;

namespace Engine.App.Http;

/// <summary>The accounts of the latest settings that the engine has read: users', and those of the workflows'
/// settings.</summary>
/// <param name="own">An account of this process's own besides; null for none.</param>
internal sealed class TimelineAccounts(SettingsTimeline timeline, Account? own) : IAccounts
{
    private volatile Version? _latest;

    private sealed record Version(DecisionSettings Settings, AccountList Accounts);

    public AccountList Current
    {
        get
        {
            DecisionSettings settings = timeline.Latest;
            Version? latest = _latest;
            if (latest?.Settings != settings)
            {
                _latest = latest = new Version(settings, Of(settings, own));
            }

            return latest.Accounts;
        }
    }

    /// <summary>The accounts of a version of the settings.</summary>
    public static AccountList Of(DecisionSettings settings, Account? own = null) =>
        new(
            settings
                .AllOthers.Select(record => record.Value)
                .OfType<IHasAccounts>()
                .SelectMany(setting => setting.Accounts)
                .Concat(own == null ? [] : [own]),
            settings.Others(UserSetting.Kind).Count > 0,
            settings.KindsEver.Contains(UserSetting.Kind)
        );
}
