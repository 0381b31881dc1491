using System.Text;
using System.Text.Json;
using Engine.Contracts;

namespace Engine.Workflows.ContentRequests.Events;

/// <summary>
/// What a request asks for besides unit and sizes: names with one value each, in the order of the names.
/// </summary>
public static class Parameters
{
    public const int MaxCount = EventLimits.MaxParameters,
        MaxNameBytes = EventLimits.MaxParameterNameBytes,
        MaxValueBytes = EventLimits.MaxParameterValueBytes;

    /// <summary>
    /// A request's; numbers, true and false are taken as their text, null as not being there.
    /// </summary>
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
