using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Engine.Contracts.Events;

/// <summary>Parses JSON into nodes as the engine reads events: of members with the same name the last counts, and
/// names and texts with an unpaired surrogate are left out. <see cref="JsonNode.Parse(string, JsonNodeOptions?,
/// JsonDocumentOptions)"/> accepts both, but its nodes throw when they are used.</summary>
public static class JsonFields
{
    /// <summary>Null if the JSON isn't an object.</summary>
    /// <exception cref="JsonException">The text isn't JSON.</exception>
    public static JsonObject? Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Node(document.RootElement) as JsonObject;
    }

    private static JsonNode? Node(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => Object(element),
            JsonValueKind.Array => new JsonArray([.. element.EnumerateArray().Select(Node)]),
            JsonValueKind.String when !JsonText.IsText(JsonMarshal.GetRawUtf8Value(element)) => null,
            _ => JsonValue.Create(element.Clone()),
        };

    private static JsonObject Object(JsonElement element)
    {
        var fields = new JsonObject();
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (JsonText.IsText(JsonMarshal.GetRawUtf8PropertyName(member)))
            {
                fields[member.Name] = Node(member.Value);
            }
        }

        return fields;
    }
}
