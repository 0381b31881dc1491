namespace Engine.Web;

/// <summary>
/// Whether a form was sent from a page of ours: a foreign page must not make a visitor's browser bind in its name
/// (CSRF). Browsers say where a request comes from, and no page can make them lie: by Fetch metadata
/// (<c>Sec-Fetch-Site</c>), older ones by <c>Origin</c>. One that says neither isn't believed. So there is no token to
/// keep, and any instance takes any form.
/// </summary>
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
}
