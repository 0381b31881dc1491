using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Workflows.Messages.Events;
using Engine.Workflows.Messages.Settings;

namespace Engine.Workflows.Messages.Decision;

/// <summary>What was done with messages as JSON: the value <c>message:&lt;id&gt;</c>, and the indications of
/// <c>notifications</c>, which never hold what matched.</summary>
internal static class HandledJson
{
    // One line, readable in redis-cli; pages must encode it.
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The value of a message.</summary>
    /// <param name="at">The record's place, <c>messages-1@12</c>; null outside of a partition.</param>
    public static string Of(Message message, Handled handled, long time, string? at, string version)
    {
        var json = new JsonObject
        {
            ["message"] = message.Id,
            ["conversation"] = message.Conversation,
            ["outcome"] = handled.IsHeld ? "held" : "delivered",
        };
        if (handled.Masked != null)
        {
            json["text"] = handled.Masked;
        }

        json["marks"] = Texts(handled.Marks);
        json["routes"] = Texts(handled.Routes);
        json["saved"] = Texts(handled.Saved);
        json["replies"] = new JsonArray([
            .. handled.Replies.Select(reply => new JsonObject
            {
                ["rule"] = reply.Rule,
                ["to"] = reply.To,
                ["text"] = reply.Text,
            }),
        ]);
        json["rules"] = new JsonArray([
            .. handled.Rules.Select(matched => new JsonObject
            {
                ["rule"] = matched.Rule.Id,
                ["actions"] = Texts(matched.Done.Select(action => action.Name)),
                ["found"] = new JsonArray([
                    .. matched.Found.Select(place => new JsonObject { ["at"] = place.At, ["length"] = place.Length }),
                ]),
            }),
        ]);
        json["lost"] = new JsonArray([
            .. handled.Lost.Select(lost => new JsonObject
            {
                ["rule"] = lost.Rule,
                ["action"] = lost.Action,
                ["to"] = lost.To,
            }),
        ]);
        json["stopped"] = Texts(handled.Stopped);
        json["shadow"] = Texts(handled.Shadow);
        json["exempt"] = Texts(handled.Exempt);
        json["time"] = time;
        if (at != null)
        {
            json["at"] = at;
        }

        json["settings"] = version;
        return json.ToJsonString(Plain);
    }

    /// <summary>What a person is told of a rule.</summary>
    public static string Indication(string recipient, Message message, MatchedRule matched) =>
        new JsonObject
        {
            ["type"] = "message-indication",
            ["recipient"] = recipient,
            ["message"] = message.Id,
            ["rule"] = matched.Rule.Id,
            ["done"] = Texts(matched.Done.Select(action => Past(action.Kind)).Distinct()),
            ["because"] = matched.Rule.Because,
        }.ToJsonString(Plain);

    /// <summary>The event that an action raises.</summary>
    public static string Raised(RaisedProcess raised, long time) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"type\":\"process-context\",\"process\":{JsonSerializer.Serialize(raised.Process)},"
                + $"\"instance\":{JsonSerializer.Serialize(raised.Instance)},\"time\":{time},"
                + $"\"context\":{raised.Context}}}"
        );

    private static string Past(ActionKind kind) =>
        kind switch
        {
            ActionKind.Mark => "marked",
            ActionKind.Hold => "held",
            ActionKind.Release => "released",
            ActionKind.Route => "routed",
            ActionKind.Reply => "replied",
            ActionKind.Mask => "masked",
            ActionKind.Save => "saved",
            ActionKind.Raise => "raised",
            _ => "stopped",
        };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
