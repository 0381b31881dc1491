namespace Engine.Contracts.Access;

/// <summary>The holder of one token, and what the token is good for.</summary>
/// <param name="Name">Who acted, in records and messages: <c>user ada</c>, <c>token 5e884898</c>.</param>
/// <param name="Role">The holder's role.</param>
/// <param name="Sponsor">The sponsor for whom the holder acts; null unless the role is
/// <see cref="Role.Sponsor"/>.</param>
/// <param name="TokenHash">The SHA-256 of the token.</param>
public sealed record Account(string Name, Role Role, string? Sponsor, byte[] TokenHash);

/// <summary>A setting that says whose tokens are good. An implementation is the value of a setting, so a removed or
/// changed setting ends what its tokens may do.</summary>
public interface IHasAccounts
{
    /// <summary>The accounts of this setting.</summary>
    IEnumerable<Account> Accounts { get; }
}
