using System.Text;
using System.Text.Json;
using Engine.Contracts;

namespace Engine.Workflows.ContentRequests.Events;

/// <summary>The parameters of a request besides unit and sizes: names with one value each, ordered by name.</summary>
public static class Parameters
{
    public const int MaxCount = EventLimits.MaxParameters,
        MaxNameBytes = EventLimits.MaxParameterNameBytes,
        MaxValueBytes = EventLimits.MaxParameterValueBytes;

    /// <summary>The parameters of a request. Numbers, true and false are read as text; null counts as absent.</summary>
    public static KeyValuePair<string, string>[] Of(IReadOnlyDictionary<string, JsonElement> entries) =>
        [
            .. entries
                .Where(entry => entry.Value.ValueKind != JsonValueKind.Null)
                .OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => KeyValuePair.Create(entry.Key, TextOf(entry.Value))),
        ];

    public static bool IsName(string name) => name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MaxNameBytes;

    public static bool IsValue(string value) => Encoding.UTF8.GetByteCount(value) <= MaxValueBytes;

    private static string TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
