using System.Net;
using Engine.Contracts.Access;

namespace Engine.Web.Hosting;

/// <summary>To whom endpoints that ask for a role are open while there has never been a user. Sponsors' endpoints are
/// never open.</summary>
public enum OpenTo : byte
{
    Nobody,

    /// <summary>Requests to a loopback name or address. Others are a proxy's, or those of a web page that has its own
    /// name resolve to this machine (DNS rebinding). Nor may another site's page send requests here.</summary>
    ThisMachine,

    Everyone,
}

/// <summary>Admits to each endpoint those who may use it (<see cref="EndpointAccess"/>): 401 for who isn't known, 403
/// for who is but may not.</summary>
internal sealed class AccessGate(Visitors visitors, OpenTo open)
{
    public async Task ApplyAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<EndpointAccess>() is not { Role: { } role } access)
        {
            // Everyone may; or there is no such endpoint, which the next one answers.
            await next(http).ConfigureAwait(false);
            return;
        }

        if (await visitors.FindAsync(http).ConfigureAwait(false) is { } visitor)
        {
            Admit(http, visitor, role, access);
        }
        else if (access.SponsorPart != null || !IsOpen(http))
        {
            if (access.SignIn is { } signIn && Accepts.Html(http.Request))
            {
                http.Response.Headers.WWWAuthenticate = ErrorAnswers.Challenge;
                await signIn.Page(http.Request).ExecuteAsync(http).ConfigureAwait(false);
                return;
            }

            throw new RefusedException(
                StatusCodes.Status401Unauthorized,
                access.SponsorPart != null
                    ? "This needs a token of the sponsor, or an admin's: send it as 'Authorization: Bearer <token>'."
                    : $"This needs a token with role {role.Word()} or above, which 'engine user add' makes: send it as "
                        + "'Authorization: Bearer <token>'.",
                "Authorization"
            );
        }

        await next(http).ConfigureAwait(false);
    }

    private static void Admit(HttpContext http, Visitor visitor, Role role, EndpointAccess access)
    {
        Account account = access.SponsorPart is { } part
            ? visitor.For(RoutePart.Of(http, part)) ?? throw AnotherSponsor(access.SignIn, part)
            : visitor.As(role)
                ?? throw new RefusedException(
                    StatusCodes.Status403Forbidden,
                    $"This needs the role {role.Word()} or above; the token's is "
                        + $"{visitor.Accounts.Max(held => held.Role).Word()}.",
                    "Authorization"
                );
        // Browsers send the cookie by themselves, also when another site asks them to.
        if (visitor.FormSecret.Length > 0 && !HttpMethods.IsGet(http.Request.Method))
        {
            SameOrigin.Require(http.Request);
        }

        http.Features.Set(new Caller(account, visitor.FormSecret));
    }

    private static RefusedException AnotherSponsor(SignIn? signIn, string part) =>
        new(
            StatusCodes.Status403Forbidden,
            $"This {(signIn == null ? "token" : "page")} belongs to another sponsor.",
            part
        )
        {
            Next = signIn == null ? null : (signIn.Home, "Go to your page"),
        };

    private bool IsOpen(HttpContext http) =>
        !visitors.UsersWereThere
        && open switch
        {
            OpenTo.Everyone => true,
            OpenTo.ThisMachine => IsLoopback(http.Request.Host.Host) && !SameOrigin.IsCrossSite(http.Request),
            _ => false,
        };

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
