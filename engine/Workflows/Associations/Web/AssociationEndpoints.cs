using System.Text.Json.Nodes;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.Workflows.Associations.Decision;
using Engine.Workflows.Module;

namespace Engine.Workflows.Associations.Web;

/// <summary>The endpoints of associations for programs. <see cref="ItemPages"/> has the pages for people.</summary>
internal static class AssociationEndpoints
{
    public static void Map(WorkflowEndpoints endpoints, AssociationReader associations)
    {
        IEndpointRouteBuilder app = endpoints.Routes;
        app.MapPost("/v1/associations", async (HttpContext http) =>
            {
                int wait = StoredResults.WaitOf(http.Request);
                ReceivedEvent received = await endpoints.Events.ReceiveAsync(http.Request).ConfigureAwait(false);
                await endpoints
                    .Events.SendAcknowledgedAsync(received.Event, received.Body, received.ContentType)
                    .ConfigureAwait(false);
                string id = received.Event.Id!;
                http.Response.Headers.Location = $"/v1/associations/{Uri.EscapeDataString(id)}";
                return
                    wait > 0
                    && await associations.FindAsync(id, wait, http.RequestAborted).ConfigureAwait(false) is { } found
                    ? Answers.Json(WithPicture(found))
                    : Answers.Json(new JsonObject { ["id"] = id }, StatusCodes.Status202Accepted);
            })
            .ForRole(Role.Analyst)
            .Describe(
                "Accepts an association; with ?wait=<ms>, returns its outcome with its code as text and picture."
            );
        app.MapGet("/v1/associations/{id}", async (HttpContext http) =>
            {
                string id = RoutePart.Id(http, "id");
                return
                    await associations
                        .FindAsync(id, StoredResults.WaitOf(http.Request), http.RequestAborted)
                        .ConfigureAwait(false)
                        is { } found
                    ? Answers.Json(found)
                    : throw NotFound(id);
            })
            .ForRole(Role.Viewer)
            .Describe("Returns the outcome of an association.");
        app.MapGet("/v1/associations/{id}/chain", async (HttpContext http) =>
            {
                string id = RoutePart.Id(http, "id");
                JsonObject found = await associations.FindAsync(id, 0, http.RequestAborted).ConfigureAwait(false)
                    ?? throw NotFound(id);
                return Answers.Json(
                    new JsonObject
                    {
                        ["chain"] = await associations
                            .ChainAsync((string)found["item"]!, (string?)found["of"] ?? id)
                            .ConfigureAwait(false),
                    }
                );
            })
            .ForRole(Role.Viewer)
            .Describe("Returns the associations from the first scan to this one.");
        app.MapGet("/v1/items/{item}/associations", async (HttpContext http) =>
            {
                string item = RoutePart.Id(http, "item"),
                    account = ItemNode.Fold(http.Request.Query["account"].ToString());
                IReadOnlyList<(string Id, string? Parent, string Account)> all = await associations
                    .OfItemAsync(item)
                    .ConfigureAwait(false);
                HashSet<string> own =
                [
                    .. all.Where(one => ItemNode.Fold(one.Account) == account).Select(one => one.Id),
                ];
                return Answers.Json(
                    new JsonObject
                    {
                        ["associations"] = new JsonArray([
                            .. all.Where(one => account.Length == 0 || (one.Parent != null && own.Contains(one.Parent)))
                                .OrderBy(one => one.Id, StringComparer.Ordinal)
                                .Select(one => new JsonObject
                                {
                                    ["association"] = one.Id,
                                    ["from"] = one.Parent,
                                    ["account"] = one.Account,
                                }),
                        ]),
                    }
                );
            })
            .ForRole(Role.Viewer)
            .Describe("Returns the associations of an item, or with ?account= those that an account brought.");
    }

    /// <summary>Adds the picture of the code.</summary>
    private static JsonObject WithPicture(JsonObject found)
    {
        if ((string?)found["code"] is { } code)
        {
            found["svg"] = QrPicture.Svg(code);
        }

        return found;
    }

    private static RefusedException NotFound(string id) =>
        new(
            StatusCodes.Status404NotFound,
            $"there is no result for '{id}': it isn't decided yet, or its result has expired"
        );
}
