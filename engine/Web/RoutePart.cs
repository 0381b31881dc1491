using Engine.Contracts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Engine.Web;

/// <summary>Decodes a part of a path as the client meant it. The server leaves an encoded slash encoded in route
/// values, so they don't distinguish <c>a%2Fb</c> from <c>a%252Fb</c>, but identifiers may contain both a slash and a
/// percent sign.</summary>
public static class RoutePart
{
    /// <summary>The part of a request's path for a route parameter, decoded.</summary>
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

    /// <summary>The part of a request's path for a route parameter that is an identifier. Throws
    /// <see cref="RefusedException"/> with 400 if it can't be one: whoever looks it up again would wait in
    /// vain.</summary>
    public static string Id(HttpContext http, string name)
    {
        string id = Of(http, name);
        return Identifier.IsOne(id)
            ? id
            : throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"No identifier is like this: they have {Identifier.Words}.",
                name
            );
    }
}
