using Engine.Contracts.Access;
using Engine.Web.Settings;

namespace Engine.Web.Accounts;

/// <summary>The accounts of the users in the topic <c>settings</c>, for a server that needs few other settings.
/// Thread-safe.</summary>
/// <param name="own">Accounts that the server has besides the users.</param>
public sealed class UserAccounts(IReadOnlyList<Account> own) : SettingsOfKind(new UserKind()), IAccounts
{
    private volatile AccountList _current = new(own, hasUsers: false, usersWereThere: false) { AreUsersKnown = false };

    public AccountList Current => _current;

    protected internal override void Publish() =>
        _current = new AccountList(
            [.. own, .. Settings.Values.Cast<UserSetting>().SelectMany(user => user.Accounts)],
            Settings.Count > 0,
            WereThere
        );
}
