using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Engine.Web;

/// <summary>
/// A part of a path as whoever sent it meant it. The server leaves an encoded slash encoded in route values, so that
/// there <c>a%2Fb</c> and <c>a%252Fb</c> are the same; identifiers may hold both a slash and a percent sign.
/// </summary>
public static class RoutePart
{
    /// <summary>The part of a request's path that its route calls by a name, decoded.</summary>
    public static string Of(HttpContext http, string name)
    {
        string path = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        IReadOnlyList<RoutePatternPathSegment> segments = (http.GetEndpoint() as RouteEndpoint)
            ?.RoutePattern
            .PathSegments
            ?? [];
        for (int i = 0; i < Math.Min(segments.Count, parts.Length); i++)
        {
            if (segments[i].Parts is [RoutePatternParameterPart part] && part.Name == name)
            {
                return Uri.UnescapeDataString(parts[i]);
            }
        }

        throw new ArgumentException($"the route has no part {name}", nameof(name));
    }
}
