using Engine.Contracts.Settings;

namespace Engine.Contracts.Access;

/// <summary>A person or a program that may use the HTTP endpoints: <c>user/&lt;name&gt;</c>.</summary>
/// <param name="TokenHash">The SHA-256 of its token.</param>
/// <param name="Role">Its role.</param>
/// <param name="Sponsor">The sponsor for whom it acts, in place of a role; otherwise null.</param>
public sealed record UserSetting(string Name, byte[] TokenHash, Role Role, string? Sponsor) : IHasAccounts
{
    /// <summary>The setting's kind.</summary>
    public const string Kind = "user";

    /// <summary>The key of a user's record.</summary>
    public static string KeyOf(string name) => $"{Kind}/{name}";

    public IEnumerable<Account> Accounts => [new Account($"user {Name}", Role, Sponsor, TokenHash)];
}

/// <summary>Reads <c>user/&lt;name&gt;</c>.</summary>
public sealed class UserKind : ISettingKind
{
    /// <summary>The roles that a user's setting may give.</summary>
    public static IReadOnlyList<Role> Roles { get; } = [Role.Viewer, Role.Analyst, Role.Admin];

    public string Kind => UserSetting.Kind;

    public object Parse(string id, SettingReader record)
    {
        string token = record.RequiredText("token");
        byte[] hash = AccessToken.ParseHash(token)
            ?? throw record.Wrong("'token' isn't the SHA-256 of a token, 64 hex digits; 'engine user add' makes both");
        string? role = record.Text("role"),
            sponsor = record.Text("sponsor");
        if ((role == null) == (sponsor == null))
        {
            throw record.Wrong("expected exactly one of 'role' and 'sponsor'", DeadLetterReason.MissingField);
        }

        if (sponsor != null)
        {
            return Identifier.IsOne(sponsor) && !sponsor.Contains('/')
                ? new UserSetting(id, hash, Role.Sponsor, sponsor)
                : throw record.Wrong($"'sponsor' is '{sponsor}'; expected a sponsor's id");
        }

        return RoleOf(role!) is { } given
            ? new UserSetting(id, hash, given, null)
            : throw record.Wrong(
                $"'role' is '{role}'; expected {string.Join(" or ", Roles.Select(one => one.Word()))}"
            );
    }

    /// <summary>The role of a name; null if there is none that a user may have.</summary>
    public static Role? RoleOf(string word) =>
        Roles.Where(role => role.Word() == word).Select(role => (Role?)role).FirstOrDefault();
}
