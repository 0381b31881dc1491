using Microsoft.Net.Http.Headers;

namespace Engine.Web;

/// <summary>Decides whether a request wants a page or JSON.</summary>
public static class Accepts
{
    /// <summary>Whether the request wants a page: it prefers <c>text/html</c> to JSON, and its path isn't one for
    /// programs. A client that accepts anything, such as curl, gets JSON.</summary>
    public static bool Html(HttpRequest request)
    {
        if (request.Path.StartsWithSegments("/v1", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (
            MediaTypeHeaderValue type in request.GetTypedHeaders().Accept.OrderByDescending(type => type.Quality ?? 1)
        )
        {
            if (type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            if (type.MatchesAllTypes || type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return false;
    }
}
