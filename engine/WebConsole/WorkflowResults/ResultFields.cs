using System.Text.Json.Nodes;

namespace Engine.WebConsole.WorkflowResults;

/// <summary>Reads fields of values that workflows wrote.</summary>
internal static class ResultFields
{
    /// <summary>A field as text; empty if it isn't there.</summary>
    public static string Text(this JsonObject? result, string name) => (result?[name] as JsonValue)?.ToString() ?? "";

    /// <summary>A list of texts; empty if it isn't there.</summary>
    public static IReadOnlyList<string> Texts(this JsonObject? result, string name) =>
        [.. (result?[name] as JsonArray ?? []).Select(one => one?.ToString() ?? "")];

    /// <summary>A list of objects; empty if it isn't there.</summary>
    public static IReadOnlyList<JsonObject> Objects(this JsonObject? result, string name) =>
        [.. (result?[name] as JsonArray ?? []).OfType<JsonObject>()];

    /// <summary>A whole number; 0 if it isn't there.</summary>
    public static long Number(this JsonObject? result, string name) =>
        result?[name] is JsonValue value && value.TryGetValue(out long number) ? number : 0;
}
