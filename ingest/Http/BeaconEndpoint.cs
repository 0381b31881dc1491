using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Client;
using Engine.Contracts;
using Microsoft.AspNetCore.Http;

namespace Ingest.Http;

/// <summary><c>POST /v1/beacon</c>: accepts a click from the page script. A page knows neither its own address nor the
/// exact time, and its sender may lie, so the server sets <c>ip</c>, <c>ua</c> and <c>time</c>, whatever the body
/// says.</summary>
/// <param name="behindProxy">Whether a proxy stands in front of this server and appends the client's address to
/// X-Forwarded-For.</param>
internal sealed class BeaconEndpoint(EventsEndpoint events, bool behindProxy, TimeProvider time)
{
    internal async Task HandleAsync(HttpContext context)
    {
        var errors = new List<EventError>();
        var sent = new List<(int Index, Task<Acknowledged> Task)>();
        int index = 0;
        await foreach (
            Frame frame in EventsEndpoint
                .FramesAsync(context.Request.BodyReader, lines: false, context.RequestAborted)
                .ConfigureAwait(false)
        )
        {
            events.Take(frame.Bytes is null ? frame : new Frame(Complete(frame.Bytes, context)), index++, sent, errors);
        }
        int accepted = await EventsEndpoint.AcknowledgeAsync(sent, errors).ConfigureAwait(false);
        await EventsEndpoint.AnswerAsync(context, new EventsAnswer(accepted, errors)).ConfigureAwait(false);
    }

    private byte[] Complete(byte[] body, HttpContext context)
    {
        try
        {
            if (JsonNode.Parse(body) is not JsonObject click)
            {
                return body;
            }

            click["ip"] = ClientAddress.Of(
                context.Connection.RemoteIpAddress,
                context.Request.Headers["X-Forwarded-For"].ToString(),
                behindProxy
            );
            click["time"] = time.GetUtcNow().ToUnixTimeMilliseconds();
            click["ua"] = context.Request.Headers.UserAgent.ToString();
            return Encoding.UTF8.GetBytes(click.ToJsonString());
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            return body; // the check reports the problem
        }
    }
}
