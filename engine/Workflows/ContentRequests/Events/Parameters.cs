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
    /// Reads a request's; numbers, true and false are taken as their text, null as not being there; of one name the
    /// last holds.
    /// </summary>
    /// <returns>Null with what is wrong.</returns>
    public static KeyValuePair<string, string>[]? Read(JsonElement map, out string problem, out bool isType)
    {
        (problem, isType) = ("", false);
        var read = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty parameter in map.EnumerateObject())
        {
            string name = parameter.Name;
            if (!IsName(name))
            {
                problem = $"a name is longer than {MaxNameBytes} bytes, or empty";
                return null;
            }
            string? value = ValueOf(parameter.Value);
            if (value == null && parameter.Value.ValueKind != JsonValueKind.Null)
            {
                (problem, isType) = ($"'{name}' is neither a text nor a number", true);
                return null;
            }
            if (value == null)
            {
                read.Remove(name);
            }
            else if (!IsValue(value))
            {
                problem = $"'{name}' is longer than {MaxValueBytes} bytes";
                return null;
            }
            else
            {
                read[name] = value;
            }
        }
        if (read.Count <= MaxCount)
        {
            return read.Count == 0 ? [] : [.. read];
        }

        problem = $"more than {MaxCount}";
        return null;
    }

    public static bool IsName(string name) => name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MaxNameBytes;

    public static bool IsValue(string value) => Encoding.UTF8.GetByteCount(value) <= MaxValueBytes;

    private static string? ValueOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };
}
