using Engine.Contracts.Access;
using Engine.Web.Accounts;

namespace Engine.Web;

/// <summary>Finds out who sends a request: by its bearer token or by its session. Whatever they may do follows from the
/// settings in force, so a removed token ends its sessions, too.</summary>
/// <param name="accounts">The accounts in force.</param>
/// <param name="sessions">The sessions; null for a server without pages to sign in at.</param>
public sealed class Visitors(IAccounts accounts, Sessions? sessions)
{
    private const string Scheme = "Bearer ";

    /// <summary>Whether there was ever a user. Throws <see cref="RefusedException"/> with 503 while that isn't
    /// known.</summary>
    public bool UsersWereThere => Known().UsersWereThere;

    /// <summary>The visitor that a request's bearer token belongs to; null for none. Nothing is looked up
    /// elsewhere.</summary>
    public Visitor? OfToken(HttpContext http)
    {
        if (http.Features.Get<Visitor>() is { } found)
        {
            return found;
        }

        string? header = http.Request.Headers.Authorization;
        if (header == null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        Visitor? visitor = Of(AccessToken.HashOf(header[Scheme.Length..].Trim()), "");
        http.Features.Set(visitor);
        return visitor;
    }

    /// <summary>The visitor that a request's session belongs to; null for none.</summary>
    public async Task<Visitor?> OfSessionAsync(HttpContext http) =>
        sessions != null && await sessions.FindAsync(http).ConfigureAwait(false) is { } session
            ? Of(session.Credential, session.FormSecret)
            : null;

    /// <summary>The visitor that sends a request; null for none.</summary>
    public async Task<Visitor?> FindAsync(HttpContext http) =>
        OfToken(http) ?? await OfSessionAsync(http).ConfigureAwait(false);

    /// <summary>Opens a session for the holder of a token. Returns false if there is none, or if they have no business
    /// here.</summary>
    /// <param name="may">Whether a visitor may sign in here.</param>
    public async Task<bool> SignInAsync(HttpContext http, string token, Predicate<Visitor> may)
    {
        byte[]? hash = AccessToken.HashOf(token);
        if (sessions == null || Of(hash, "") is not { } visitor || !may(visitor))
        {
            return false;
        }

        await sessions.OpenAsync(http, hash!).ConfigureAwait(false);
        return true;
    }

    /// <summary>Ends the request's session, if the submitted form belongs to it.</summary>
    public async Task SignOutAsync(HttpContext http)
    {
        if (sessions != null && await sessions.FindAsync(http).ConfigureAwait(false) is { } session)
        {
            await Forms.ReadAsync(http, session.FormSecret).ConfigureAwait(false);
            await sessions.EndAsync(http).ConfigureAwait(false);
        }
    }

    private Visitor? Of(byte[]? hash, string formSecret)
    {
        if (hash == null)
        {
            return null;
        }

        IReadOnlyList<Account> held = accounts.Current.Of(hash);
        if (held.Count == 0)
        {
            // Nobody's, unless it is that of a user who isn't known yet.
            held = Known().Of(hash);
        }

        return held.Count > 0 ? new Visitor(held, formSecret) : null;
    }

    private AccountList Known() =>
        accounts.Current is { AreUsersKnown: true } known
            ? known
            : throw new RefusedException(
                StatusCodes.Status503ServiceUnavailable,
                "The users could not be read from the topic 'settings' yet. Try again in a moment."
            );
}

/// <summary>Somebody known, by the accounts of their token.</summary>
/// <param name="Accounts">At least one account; several if settings share a token.</param>
/// <param name="FormSecret">The secret that forms carry; empty for a program, as no browser adds its token
/// automatically.</param>
public sealed record Visitor(IReadOnlyList<Account> Accounts, string FormSecret)
{
    /// <summary>The sponsor for whom the visitor acts, the first of several; null for none.</summary>
    public string? Sponsor =>
        Accounts.Select(account => account.Sponsor).OfType<string>().Order(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>The account whose role reaches a role; null for none.</summary>
    public Account? As(Role role) => Accounts.FirstOrDefault(account => account.Role >= role);

    /// <summary>The account that may act for a sponsor: the sponsor's own, or an admin's; null for none.</summary>
    public Account? For(string sponsor) =>
        Accounts.FirstOrDefault(account => account.Sponsor == sponsor) ?? As(Role.Admin);
}

/// <summary>The visitor that an endpoint has admitted.</summary>
/// <param name="Account">The account that lets them in.</param>
/// <param name="FormSecret"><see cref="Visitor.FormSecret"/>.</param>
public sealed record Caller(Account Account, string FormSecret)
{
    /// <summary>The caller of an endpoint that asked for one; null at an endpoint that is open.</summary>
    public static Caller? Of(HttpContext http) => http.Features.Get<Caller>();
}
