using System.Runtime.InteropServices;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Events;

namespace Engine.Workflows.Module;

/// <summary>Reads the fields of an object that its schema has checked. Of a field that appears twice, the last one
/// counts; null means that it is absent.</summary>
public class FieldReader
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);

    public FieldReader(JsonElement record)
    {
        foreach (JsonProperty field in record.EnumerateObject())
        {
            // An invalid name can't match any field, and JsonElement would throw on reading it.
            if (JsonText.IsText(JsonMarshal.GetRawUtf8PropertyName(field)))
            {
                _fields[field.Name] = field.Value;
            }
        }
    }

    /// <summary>A required text or identifier.</summary>
    public string Text(string name) => Required(name).GetString()!;

    public string? OptionalText(string name) => Find(name)?.GetString();

    /// <summary>A required whole number.</summary>
    public long Integer(string name) => Required(name).GetInt64();

    public long? OptionalInteger(string name) => Find(name)?.GetInt64();

    public bool? OptionalFlag(string name) => Find(name)?.GetBoolean();

    /// <summary>The texts of a list; none if it is absent.</summary>
    public IReadOnlyList<string> Texts(string name) => [.. OptionalList(name).Select(text => text.GetString()!)];

    /// <summary>The objects of a list; none if it is absent.</summary>
    public IEnumerable<FieldReader> Records(string name) =>
        OptionalList(name).Select(record => new FieldReader(record));

    /// <summary>A client's address, or null.</summary>
    public IpAddress? OptionalAddress(string name) =>
        OptionalText(name) is { } text && IpAddress.TryParse(text, out IpAddress address) ? address : null;

    /// <summary>A required list.</summary>
    public JsonElement List(string name) => Required(name);

    /// <summary>The entries of an open object, the last one of each name; empty if the field is absent. Values may be
    /// null.</summary>
    public Dictionary<string, JsonElement> Entries(string name)
    {
        Dictionary<string, JsonElement> entries = new(StringComparer.Ordinal);
        if (Find(name) is { } map)
        {
            foreach (JsonProperty entry in map.EnumerateObject())
            {
                entries[entry.Name] = entry.Value;
            }
        }
        return entries;
    }

    /// <summary>The field and value of an object that has one field.</summary>
    public KeyValuePair<string, string> Single()
    {
        (string name, JsonElement value) = _fields.Single();
        return KeyValuePair.Create(name, value.GetString()!);
    }

    private JsonElement.ArrayEnumerator OptionalList(string name) => Find(name)?.EnumerateArray() ?? default;

    private JsonElement Required(string name) =>
        Find(name) ?? throw new InvalidOperationException($"the schema doesn't require the field {name}");

    private JsonElement? Find(string name) =>
        _fields.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
