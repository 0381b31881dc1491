using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Engine.Web;

/// <summary>Describes a server's endpoints as OpenAPI 3.0, generated from the endpoints themselves: paths, methods,
/// parameters, summaries and who may.</summary>
public static class OpenApiDocument
{
    private const string Token = "token",
        SessionCookie = "session";

    /// <summary>The document of all endpoints that have a summary, ordered by path.</summary>
    /// <param name="title">The server's name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="endpoints">The server's endpoints.</param>
    public static JsonObject Of(string title, string version, IEnumerable<Endpoint> endpoints)
    {
        var paths = new JsonObject();
        foreach (
            RouteEndpoint endpoint in endpoints
                .OfType<RouteEndpoint>()
                .Where(one => one.Metadata.GetMetadata<IEndpointSummaryMetadata>() != null)
                .OrderBy(one => PathOf(one.RoutePattern), StringComparer.Ordinal)
        )
        {
            string path = PathOf(endpoint.RoutePattern);
            JsonObject methods = paths[path] as JsonObject ?? [];
            paths[path] ??= methods;
            foreach (string method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                methods[method.ToLowerInvariant()] = Operation(endpoint);
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.3",
            ["info"] = new JsonObject { ["title"] = title, ["version"] = version },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject { ["Error"] = ErrorSchema() },
                ["securitySchemes"] = new JsonObject
                {
                    [Token] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    [SessionCookie] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "cookie",
                        ["name"] = Sessions.Cookie,
                    },
                },
            },
        };
    }

    private static JsonObject Operation(RouteEndpoint endpoint)
    {
        var parameters = new JsonArray();
        foreach (RoutePatternParameterPart parameter in endpoint.RoutePattern.Parameters)
        {
            parameters.Add(
                new JsonObject
                {
                    ["name"] = parameter.Name,
                    ["in"] = "path",
                    ["required"] = true,
                    ["schema"] = new JsonObject { ["type"] = "string" },
                }
            );
        }

        var access = endpoint.Metadata.GetRequiredMetadata<EndpointAccess>();
        return new JsonObject
        {
            ["summary"] = endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()!.Summary,
            ["parameters"] = parameters,
            ["security"] =
                access.Role == null ? new JsonArray() : new JsonArray(Requires(Token), Requires(SessionCookie)),
            // OpenAPI 3.0 has no place for the roles of bearer tokens.
            ["x-for"] = access.Words,
            ["responses"] = new JsonObject
            {
                ["2XX"] = new JsonObject { ["description"] = "Done." },
                ["default"] = new JsonObject
                {
                    ["description"] = "The error, and the field or path concerned.",
                    ["content"] = new JsonObject
                    {
                        ["application/json"] = new JsonObject
                        {
                            ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Error" },
                        },
                    },
                },
            },
        };
    }

    private static JsonObject Requires(string scheme) => new() { [scheme] = new JsonArray() };

    private static JsonObject ErrorSchema() =>
        new()
        {
            ["type"] = "object",
            ["required"] = new JsonArray("error"),
            ["properties"] = new JsonObject
            {
                ["error"] = new JsonObject { ["type"] = "string" },
                ["where"] = new JsonObject { ["type"] = "string" },
            },
        };

    private static string PathOf(RoutePattern pattern) => "/" + (pattern.RawText ?? "").TrimStart('/');
}
