using System.Text.Json;

namespace Engine.Notices;

/// <summary>A notice on one channel: a record <c>absence-notice</c> of the topic <c>notifications</c>.</summary>
/// <param name="Json">The record, which webhooks get as it is.</param>
public sealed record Notice(
    string Id,
    string Channel,
    string Address,
    string Meeting,
    string Title,
    string Text,
    ReadOnlyMemory<byte> Json
)
{
    /// <summary>What identifies the notice on its channel, for receivers that see it twice.</summary>
    public string Identity => $"{Id}/{Channel}";

    /// <summary>Reads a record; null if it is no notice.</summary>
    public static Notice? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            return
                root.ValueKind == JsonValueKind.Object
                && FieldOf(root, "type") == "absence-notice"
                && FieldOf(root, "notice") is { } id
                && FieldOf(root, "channel") is { } channel
                && FieldOf(root, "address") is { } address
                && FieldOf(root, "meeting") is { } meeting
                ? new Notice(
                    id,
                    channel,
                    address,
                    meeting,
                    FieldOf(root, "title") ?? "",
                    FieldOf(root, "text") ?? "",
                    json
                )
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? FieldOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
