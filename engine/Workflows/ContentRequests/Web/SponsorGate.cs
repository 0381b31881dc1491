using Engine.Web;
using Engine.Workflows.ContentRequests.Settings;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>Admits to a sponsor's pages whoever has one of its tokens, in a header or through a session. Removing a
/// token from the sponsor's settings ends its sessions.</summary>
internal sealed class SponsorGate(SuggestionService suggestions, Sessions sessions)
{
    private const string Kind = "sponsor";

    /// <summary>Admits a visitor with one of the sponsor's tokens. Returns null if the visitor must sign in first, and
    /// refuses other sponsors.</summary>
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

    /// <summary>The sponsor of the visitor's token or session; null for none.</summary>
    public async Task<string?> SponsorOfAsync(HttpContext http) =>
        SponsorTokens.SponsorOf(suggestions.Settings, (await CredentialOfAsync(http).ConfigureAwait(false)).Hash);

    /// <summary>Signs in with a token. Returns the token's sponsor, or null for none.</summary>
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

    /// <summary>Signs out, if the submitted form belongs to the session.</summary>
    public async Task SignOutAsync(HttpContext http)
    {
        if (await sessions.FindAsync(http).ConfigureAwait(false) is { } session)
        {
            await Forms.ReadAsync(http, session.FormSecret).ConfigureAwait(false);
            await sessions.SignOutAsync(http).ConfigureAwait(false);
        }
    }

    /// <summary>The hash of the visitor's token, from a header or a session, and the form secret of the session; empty
    /// for a token in a header.</summary>
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
