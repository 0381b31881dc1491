using System.Text.Json.Nodes;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.Workflows.Messages.Decision;
using Engine.Workflows.Messages.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Messages.Web;

/// <summary>The endpoints of messages for programs.</summary>
internal static class MessageEndpoints
{
    public static void Map(WorkflowEndpoints endpoints)
    {
        new SuggestionEndpoints(endpoints).Map();
        endpoints
            .Routes.MapPost("/v1/messages", async (HttpContext http) =>
            {
                return await TakeAsync(endpoints, http).ConfigureAwait(false);
            })
            .ForRole(Role.Analyst)
            .Describe("Accepts a message; with ?wait=<ms>, returns what was done with it.");
        endpoints.MapResult("/v1/messages/{id}", MessageKeys.Handled).Describe("Returns what was done with a message.");
        endpoints
            .Routes.MapGet("/v1/people/{id}/message-rules", (HttpContext http) =>
                RulesOf(endpoints, RoutePart.Id(http, "id"))
            )
            .ForRole(Role.Viewer)
            .Describe("Returns the rules that hold for a person, for programs that log the person in.");
    }

    private static async Task<IResult> TakeAsync(WorkflowEndpoints endpoints, HttpContext http)
    {
        int wait = StoredResults.WaitOf(http.Request);
        ReceivedEvent received = await endpoints.Events.ReceiveAsync(http.Request).ConfigureAwait(false);
        await endpoints
            .Events.SendAcknowledgedAsync(received.Event, received.Body, received.ContentType)
            .ConfigureAwait(false);
        string id = received.Event.Id!;
        http.Response.Headers.Location = $"/v1/messages/{Uri.EscapeDataString(id)}";
        return
            wait > 0
            && await endpoints.FindAsync(MessageKeys.Handled(id), wait, http.RequestAborted).ConfigureAwait(false)
                is { } handled
            ? Answers.Json(handled)
            : Answers.Json(new JsonObject { ["id"] = id }, StatusCodes.Status202Accepted);
    }

    private static IResult RulesOf(WorkflowEndpoints endpoints, string person)
    {
        long now = endpoints.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var rules = (MessageRules)endpoints.Settings.At(now, out string version);
        return Answers.Json(
            new JsonObject
            {
                ["person"] = person,
                ["rules"] = new JsonArray([
                    .. rules
                        .Of(person)
                        .Select(rule => new JsonObject
                        {
                            ["rule"] = rule.Id,
                            ["when"] = rule.When.Source,
                            ["actions"] = new JsonArray([
                                .. rule.Actions.Select(action => JsonValue.Create(action.Name)),
                            ]),
                            ["because"] = rule.Because,
                            ["order"] = rule.Order,
                            ["shadow"] = rule.IsShadow,
                        }),
                ]),
                ["settings"] = version,
            }
        );
    }
}
