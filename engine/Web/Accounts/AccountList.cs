using System.Security.Cryptography;
using Engine.Contracts.Access;

namespace Engine.Web.Accounts;

/// <summary>The accounts in force at one moment. Immutable.</summary>
/// <param name="accounts">All accounts: users', and sponsors' own.</param>
/// <param name="hasUsers">Whether a user's record is in force.</param>
/// <param name="usersWereThere">Whether a user's record was ever in force, even if none is now.</param>
public sealed class AccountList(IEnumerable<Account> accounts, bool hasUsers, bool usersWereThere)
{
    private readonly Account[] _accounts = [.. accounts];

    /// <summary>Whether a user's record was ever in force, even if none is now: from then on nothing is open that asks
    /// for a token.</summary>
    public bool UsersWereThere => usersWereThere;

    /// <summary>Whether the users are known; false while their settings haven't been read yet, when only accounts of
    /// the server's own are there.</summary>
    public bool AreUsersKnown { get; init; } = true;

    /// <summary>Whether a user's record is in force.</summary>
    public bool HasUsers => hasUsers;

    /// <summary>The accounts of a token: none, or several if their settings share it. The token's hash is compared with
    /// those of all accounts, each in constant time, so that the time of a response tells nothing about them.</summary>
    /// <param name="hash">The SHA-256 of the token.</param>
    public IReadOnlyList<Account> Of(byte[] hash)
    {
        List<Account> found = [];
        foreach (Account account in _accounts)
        {
            if (CryptographicOperations.FixedTimeEquals(account.TokenHash, hash))
            {
                found.Add(account);
            }
        }

        return found;
    }
}

/// <summary>The source of the accounts in force. Thread-safe.</summary>
public interface IAccounts
{
    /// <summary>The accounts of the latest settings. A change counts as soon as it is read, without the activation
    /// delay: it decides no event, and a removed token must not wait.</summary>
    AccountList Current { get; }
}
