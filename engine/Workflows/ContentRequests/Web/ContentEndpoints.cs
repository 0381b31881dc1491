using System.Text;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Events;
using Engine.Workflows.ContentRequests.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>Content requests over HTTP: answered at once, and sent to Kafka with the answer to be counted.</summary>
internal sealed class ContentEndpoints
{
    private const string Json = "application/json";

    private readonly WorkflowEndpoints _endpoints;
    private readonly ContentJudge _judge = new();
    private readonly Lock _judging = new();

    private ContentEndpoints(WorkflowEndpoints endpoints) => _endpoints = endpoints;

    /// <summary>Adds <c>POST /v1/content-requests</c>.</summary>
    public static void Map(WorkflowEndpoints endpoints)
    {
        var content = new ContentEndpoints(endpoints);
        endpoints
            .Routes.MapPost("/v1/content-requests", content.AnswerAsync)
            .ForRole(Role.Analyst)
            .Describe("Answers a content request at once, and counts it in the log.");
    }

    private async Task AnswerAsync(HttpContext http)
    {
        ReceivedEvent received = await _endpoints.Events.ReceiveAsync(http.Request).ConfigureAwait(false);
        if (!_endpoints.Settings.AreFresh)
        {
            throw new RefusedException(
                StatusCodes.Status503ServiceUnavailable,
                "The settings could not be read to their end recently. Try again in a moment."
            );
        }

        string answer = Decide((ContentRequest)received.Event).ToJson();
        // Not awaited, as the page waits for the answer. The client keeps the event until Kafka acknowledges it, and
        // sends it before this process ends.
        _ = _endpoints.Events.SendAsync(
            received.Event,
            received.Body,
            received.ContentType,
            (ContentRequest.DecisionHeader, answer)
        );
        byte[] bytes = Encoding.UTF8.GetBytes(answer);
        (http.Response.ContentType, http.Response.ContentLength) = (Json, bytes.Length);
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
    }

    private ContentAnswer Decide(ContentRequest e)
    {
        long now = _endpoints.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (Math.Abs(e.Time - now) > _endpoints.Settings.OutOfRangeMs(now))
        {
            e = e with { Time = now };
        }

        var content = (ContentSettings)_endpoints.Settings.At(now, out string version);
        lock (_judging)
        {
            return _judge.Answer(e, content, version, _endpoints.Standings, now);
        }
    }
}
