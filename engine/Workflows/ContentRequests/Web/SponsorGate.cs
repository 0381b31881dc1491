using Engine.Web;
using Engine.Workflows.ContentRequests.Settings;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>
/// Lets those into a sponsor's pages who have one of its tokens, by header or by the session that they signed in with.
/// A token that is taken out of the sponsor's settings ends its sessions.
/// </summary>
internal sealed class SponsorGate(SuggestionService suggestions, Sessions sessions)
{
    private const string Kind = "sponsor";

    /// <summary>
    /// Whoever asks for a page, if one of the sponsor's tokens is theirs; null where they must sign in first. Refuses
    /// other sponsors.
    /// </summary>
    public async Task<(SponsorVisit Visit, Sponsor Sponsor)?> AdmitAsync(HttpContext http, string sponsor)
    {
        (byte[]? hash, string secret) = await CredentialOfAsync(http).ConfigureAwait(false);
        ContentSettings settings = suggestions.Settings;
        return SponsorTokens.HolderOf(settings, sponsor, hash) switch
        {
            TokenHolder.Sponsor => (
                new SponsorVisit(sponsor, settings.Sponsors[sponsor].Setting.Name, SponsorTokens.NameOf(hash!), secret),
                settings.Sponsors[sponsor]
            ),
            TokenHolder.AnotherSponsor => throw new RefusedException(
                StatusCodes.Status403Forbidden,
                "This page belongs to another sponsor.",
                "sponsor"
            )
            {
                Next = ("/sponsors", "Go to your page"),
            },
            _ => null,
        };
    }

    /// <summary>The sponsor whose token somebody has or signed in with; null for nobody.</summary>
    public async Task<string?> SponsorOfAsync(HttpContext http) =>
        SponsorTokens.SponsorOf(suggestions.Settings, (await CredentialOfAsync(http).ConfigureAwait(false)).Hash);

    /// <summary>Signs in with a token; the sponsor whose it is, null for nobody's.</summary>
    public async Task<string?> SignInAsync(HttpContext http, string token)
    {
        byte[]? hash = SponsorTokens.HashOf(token);
        if (SponsorTokens.SponsorOf(suggestions.Settings, hash) is not { } sponsor)
        {
            return null;
        }

        var who = new Principal(Kind, sponsor, Role.Sponsor, Convert.ToHexStringLower(hash!));
        await sessions.SignInAsync(http, who).ConfigureAwait(false);
        return sponsor;
    }

    /// <summary>Signs out, if the form that was sent is of the session.</summary>
    public async Task SignOutAsync(HttpContext http)
    {
        if (await sessions.FindAsync(http).ConfigureAwait(false) is { } session)
        {
            await Forms.ReadAsync(http, session.FormSecret).ConfigureAwait(false);
            await sessions.SignOutAsync(http).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The hash of the token that somebody has or signed in with, and what the session's forms carry; empty for a token
    /// in a header.
    /// </summary>
    private async Task<(byte[]? Hash, string Secret)> CredentialOfAsync(HttpContext http)
    {
        if (SponsorTokens.HashOf(http.Request) is { } hash)
        {
            return (hash, "");
        }

        return
            await sessions.FindAsync(http).ConfigureAwait(false)
                is { Who: { Kind: Kind, Role: Role.Sponsor } who, FormSecret: { } secret }
            ? (Convert.FromHexString(who.Credential), secret)
            : (null, "");
    }
}
