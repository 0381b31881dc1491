using Engine.Web.Components;

namespace Engine.Web.Hosting;

/// <summary>Sets the headers that browsers honour. No response is taken for another type than it says. Of every HTML
/// response: nothing is fetched, framed, stored or sent elsewhere, and no
/// script runs, unless the page was shown with <see cref="PageNeeds"/>.</summary>
internal static class PageHeaders
{
    /// <summary>A year: browsers that have seen the server with TLS don't come without it.</summary>
    private const int MaxAgeOfTlsSeconds = 31_536_000;

    private static readonly PageNeeds Nothing = new();

    public static Task ApplyAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(static state => Add((HttpContext)state), http);
        return next(http);
    }

    private static Task Add(HttpContext http)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        if (http.Request.IsHttps)
        {
            headers.StrictTransportSecurity = $"max-age={MaxAgeOfTlsSeconds}";
        }

        if (http.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
        {
            PageNeeds needs = http.Features.Get<PageNeeds>() ?? Nothing;
            headers.ContentSecurityPolicy = PolicyOf(needs);
            headers["Permissions-Policy"] =
                $"camera={(needs.Camera ? "(self)" : "()")}, microphone=(), geolocation=(), payment=()";
            // Not no-referrer everywhere: browsers then send forms with "Origin: null", which SameOrigin rejects.
            headers["Referrer-Policy"] = needs.LeadsOn ? "no-referrer" : "same-origin";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers.XFrameOptions = "DENY";
            headers.CacheControl = "no-store";
        }

        return Task.CompletedTask;
    }

    private static string PolicyOf(PageNeeds needs) =>
        $"default-src 'none'; style-src {Layout.Style.Source}; form-action 'self'"
        + (needs.LeadsOn ? " http: https:" : "")
        + "; base-uri 'none'; "
        + "frame-ancestors 'none'"
        + (needs.Pictures ? "; img-src 'self'" : "")
        + (needs.Script == null ? "" : $"; script-src {needs.Script.Source}{(needs.OwnServer ? " 'self'" : "")}")
        + (needs.OwnServer ? "; connect-src 'self'" : "")
        + (needs.Camera ? "; media-src blob:" : "");
}
