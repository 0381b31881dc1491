using System.Runtime.InteropServices;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Events;

namespace Engine.Workflows.Module;

/// <summary>Reads the fields of one event that <see cref="EventCheck"/> has checked against its schema: every required
/// field is present and within its bounds. CloudEvents headers win over payload fields of the same meaning. The decider
/// checks what a schema can't express (<see cref="Fail"/>).</summary>
public sealed class EventReader
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly EventHeaders _headers;
    private readonly Func<string, string?> _header;

    /// <param name="root">The event.</param>
    /// <param name="type">Its type, which may come from a header.</param>
    /// <param name="headers">The event's attributes from the record's headers.</param>
    /// <param name="header">Returns a header of the record as text, or null.</param>
    public EventReader(JsonElement root, string type, in EventHeaders headers, Func<string, string?> header)
    {
        (Type, _headers, _header) = (type, headers, header);
        foreach (JsonProperty field in root.EnumerateObject())
        {
            // An invalid name can't match any field, and JsonElement would throw on reading it.
            if (JsonText.IsText(JsonMarshal.GetRawUtf8PropertyName(field)))
            {
                _fields[field.Name] = field.Value;
            }
        }
    }

    /// <summary>The event's type.</summary>
    public string Type { get; }

    /// <summary>The first problem found, or <see cref="DeadLetterReason.None"/>.</summary>
    public DeadLetterReason Reason { get; private set; }

    /// <summary>The field concerned, or the details of the problem.</summary>
    public string Detail { get; private set; } = "";

    public bool IsGood => Reason == DeadLetterReason.None;

    /// <summary>Reports a problem. Only the first one is kept.</summary>
    public void Fail(DeadLetterReason reason, string detail)
    {
        if (IsGood)
        {
            (Reason, Detail) = (reason, detail);
        }
    }

    /// <summary>A header of the record, as text.</summary>
    public string? Header(string name) => _header(name);

    /// <summary>The event's own id.</summary>
    public string Id() => _headers.Id ?? Text("id");

    /// <summary>The event's own id, or null if it has none.</summary>
    public string? OptionalId() => _headers.Id ?? OptionalText("id");

    /// <summary>Event time, ms since the epoch.</summary>
    public long Time() => _headers.Time.IsThere ? _headers.Time.Milliseconds : Integer("time");

    /// <summary>A required text or identifier.</summary>
    public string Text(string name) => Required(name).GetString()!;

    public string? OptionalText(string name) => Find(name)?.GetString();

    /// <summary>A required whole number.</summary>
    public long Integer(string name) => Required(name).GetInt64();

    public long? OptionalInteger(string name) => Find(name)?.GetInt64();

    public bool? OptionalFlag(string name) => Find(name)?.GetBoolean();

    /// <summary>The values of a list; none if it is absent.</summary>
    public IEnumerable<JsonElement> OptionalList(string name) => Find(name)?.EnumerateArray() ?? [];

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

    private JsonElement Required(string name) =>
        Find(name) ?? throw new InvalidOperationException($"the schema of {Type} doesn't require the field {name}");

    private JsonElement? Find(string name) =>
        _fields.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
