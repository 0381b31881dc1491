using System.Text;
using System.Text.Json;
using Engine.Client.Checks;
using Ingest.Http.Links;
using Microsoft.AspNetCore.Http;
using Reasons = Engine.Client.Checks.Reasons;

namespace Ingest.Http;

/// <summary><c>POST /v1/beacon</c>: accepts clicks from the page script, and nothing else. A page knows neither its own
/// address nor the exact time, and its sender may lie, so the server sets <c>ip</c>, <c>ua</c>, <c>time</c> and
/// <c>cost_micros</c>, whatever the body says. What it can't rewrite it refuses.</summary>
/// <param name="campaigns">The campaigns, which say what a click costs: a page isn't believed.</param>
/// <param name="address">Gets the client's address.</param>
internal sealed class BeaconEndpoint(
    EventsEndpoint events,
    Campaigns campaigns,
    Func<HttpContext, string> address,
    TimeProvider time
)
{
    internal Task HandleAsync(HttpContext context) =>
        events.TakeAsync(context, lines: false, EventCheck.MaxBytes, (taken, frame) =>
            TakeAsync(taken, frame, context)
        );

    private ValueTask<bool> TakeAsync(RequestEvents taken, Frame frame, HttpContext context)
    {
        if (frame.Bytes is not { } body)
        {
            return taken.TakeAsync(frame);
        }

        try
        {
            if (Complete(body, context) is { } click)
            {
                return taken.TakeAsync(new Frame(click));
            }

            taken.Fail(Reasons.UnknownType, "type", "a beacon takes clicks only: objects with the type 'click', once");
        }
        // Half a surrogate pair is told of only when the text is read.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            taken.Fail(Reasons.Malformed, null, $"this is no JSON object: {error.Message}");
        }

        return ValueTask.FromResult(true);
    }

    /// <summary>Copies a click byte for byte, except the fields that are the server's. Returns null if it isn't a
    /// click; throws <see cref="JsonException"/> if it isn't JSON.</summary>
    private byte[]? Complete(byte[] body, HttpContext context)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        using var click = new MemoryStream(body.Length + 256);
        click.Write("{"u8);
        Write(click, "ip", address(context));
        Write(click, "ua", context.Request.Headers.UserAgent.ToString());
        click.Write("\"time\":"u8);
        click.Write(Encoding.ASCII.GetBytes($"{time.GetUtcNow().ToUnixTimeMilliseconds()}"));
        int types = 0;
        bool isClick = false;
        string? campaign = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int from = (int)reader.TokenStartIndex;
            // Compares the name as it reads, however it is escaped.
            bool isOurs =
                reader.ValueTextEquals("ip"u8)
                || reader.ValueTextEquals("ua"u8)
                || reader.ValueTextEquals("time"u8)
                || reader.ValueTextEquals("cost_micros"u8);
            bool isType = reader.ValueTextEquals("type"u8),
                isCampaign = reader.ValueTextEquals("campaign"u8);
            reader.Read();
            if (isType)
            {
                types++;
                isClick = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("click"u8);
            }

            if (isCampaign && reader.TokenType == JsonTokenType.String)
            {
                campaign = reader.GetString();
            }

            reader.Skip();
            if (isOurs)
            {
                continue;
            }

            click.Write(","u8);
            click.Write(body.AsSpan(from, (int)reader.BytesConsumed - from));
        }

        if (campaign != null && campaigns.Of(campaign)?.CostMicros is { } cost)
        {
            click.Write(Encoding.ASCII.GetBytes($",\"cost_micros\":{cost}"));
        }

        click.Write("}"u8);
        // Reads what follows the object, which must be nothing.
        while (reader.Read()) { }

        return types == 1 && isClick ? click.ToArray() : null;
    }

    private static void Write(Stream into, string name, string value)
    {
        into.Write(Encoding.UTF8.GetBytes($"\"{name}\":{JsonSerializer.Serialize(value, JsonText.Default.String)},"));
    }
}

/// <summary>Strings as JSON, without reflection.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class JsonText : System.Text.Json.Serialization.JsonSerializerContext;
