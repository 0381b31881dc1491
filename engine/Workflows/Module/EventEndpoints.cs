using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Web;
using StackExchange.Redis;
using Role = Engine.Contracts.Access.Role;

namespace Engine.Workflows.Module;

/// <summary>The two endpoints that most workflows offer to programs: one accepts their events, the other serves their
/// results.</summary>
public static class EventEndpoints
{
    private const string Json = "application/json";

    private static readonly TimeSpan AcknowledgedWithin = TimeSpan.FromSeconds(10);

    /// <summary>Accepts the workflow's events at a path, in JSON or Protobuf, and answers once Kafka has acknowledged
    /// them: 202 with the event's id and the location of its result, 400 with what is wrong, 413, or 503. For analysts
    /// and above.</summary>
    /// <param name="path">For example <c>/v1/bindings</c>; the location of a result is then
    /// <c>/v1/bindings/&lt;id&gt;</c>.</param>
    public static IEndpointConventionBuilder MapEvents(this WorkflowEndpoints endpoints, string path) =>
        endpoints.Routes.MapPost(path, http => TakeAsync(endpoints.Events, path, http)).ForRole(Role.Analyst);

    /// <summary>Serves values that the workflow wrote to Redis, unchanged; 404 if there is none. For viewers and
    /// above.</summary>
    /// <param name="path">The path, with a route parameter named <c>id</c>: <c>/v1/bindings/{id}</c>.</param>
    /// <param name="key">Maps the id to the value's key, without the group's prefix.</param>
    public static IEndpointConventionBuilder MapResult(
        this WorkflowEndpoints endpoints,
        string path,
        Func<string, string> key
    ) =>
        endpoints
            .Routes.MapGet(path, async http =>
            {
                string id = RoutePart.Id(http, "id");
                RedisValue value = await endpoints
                    .Redis.GetDatabase()
                    .StringGetAsync(endpoints.Keys.Prefix + key(id))
                    .ConfigureAwait(false);
                IResult answer = value.IsNull
                    ? Answers.Error(
                        StatusCodes.Status404NotFound,
                        $"there is no result for '{id}': it isn't decided yet, or its result has expired"
                    )
                    : Results.Bytes((byte[])value!, Json);
                await answer.ExecuteAsync(http).ConfigureAwait(false);
            })
            .ForRole(Role.Viewer);

    /// <summary>Reads the event in a request's body as the workflow's partitions read it. Throws
    /// <see cref="RefusedException"/> with 400 and what is wrong, or 413.</summary>
    public static async Task<ReceivedEvent> ReceiveAsync(this IEventIntake events, HttpRequest request)
    {
        byte[] body = await Bodies.ReadAsync(request, EventLimits.MaxValueBytes).ConfigureAwait(false);
        (WorkflowEvent? e, Refusal? refusal) = events.Read(body, request.ContentType);
        return refusal is { } why
            ? throw new RefusedException(StatusCodes.Status400BadRequest, why.Reason.Word(), why.Detail)
            : new ReceivedEvent(e!, body, request.ContentType);
    }

    /// <summary>Sends an event and waits until Kafka acknowledges it. Returns its offset. Throws
    /// <see cref="EventNotTakenException"/> if Kafka doesn't acknowledge it.</summary>
    public static async Task<long> SendAcknowledgedAsync(
        this IEventIntake events,
        WorkflowEvent e,
        byte[] body,
        string? contentType
    )
    {
        try
        {
            return await events.SendAsync(e, body, contentType).WaitAsync(AcknowledgedWithin).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new EventNotTakenException("Kafka has not acknowledged the event in time");
        }
    }

    private static async Task TakeAsync(IEventIntake events, string path, HttpContext http)
    {
        IResult answer = await AnswerAsync(events, path, http).ConfigureAwait(false);
        await answer.ExecuteAsync(http).ConfigureAwait(false);
    }

    private static async Task<IResult> AnswerAsync(IEventIntake events, string path, HttpContext http)
    {
        ReceivedEvent received = await events.ReceiveAsync(http.Request).ConfigureAwait(false);
        await events.SendAcknowledgedAsync(received.Event, received.Body, received.ContentType).ConfigureAwait(false);
        var answer = new JsonObject();
        if (received.Event.Id is { } id)
        {
            answer["id"] = id;
            http.Response.Headers.Location = $"{path}/{Uri.EscapeDataString(id)}";
        }

        return Answers.Json(answer, StatusCodes.Status202Accepted);
    }
}

/// <summary>An event received over HTTP, and the bytes that it was read from.</summary>
public sealed record ReceivedEvent(WorkflowEvent Event, byte[] Body, string? ContentType);
