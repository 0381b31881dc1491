namespace Engine.Web;

/// <summary>Checks that a form was sent from one of our pages: a foreign page must not make a visitor's browser act in
/// the visitor's name (CSRF). Browsers state where a request comes from, and pages can't forge that: current ones with
/// Fetch metadata (<c>Sec-Fetch-Site</c>), older ones with <c>Origin</c>. A request with neither is rejected. So there
/// is no token to keep, and any instance accepts any form.</summary>
public static class SameOrigin
{
    public static bool Holds(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site == "same-origin";
        }

        return Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out Uri? origin)
            && origin.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a browser says that a page of another site sent the request.</summary>
    public static bool IsCrossSite(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() == "cross-site";

    /// <summary>Throws <see cref="RefusedException"/> with 403 unless a request was sent from one of our
    /// pages.</summary>
    public static void Require(HttpRequest request)
    {
        if (!Holds(request))
        {
            throw new RefusedException(
                StatusCodes.Status403Forbidden,
                "This form was sent from another site, or not by a browser. Open the page on this site and send it "
                    + "again; programs use the endpoints under /v1.",
                "Origin"
            )
            {
                Title = "Form sent from another site",
            };
        }
    }
}
