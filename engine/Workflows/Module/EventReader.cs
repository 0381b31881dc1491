using System.Runtime.InteropServices;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Events;

namespace Engine.Workflows.Module;

/// <summary>
/// Reads the fields of one event that <see cref="EventCheck"/> found good by its schema: whatever a decider asks for is
/// there if the schema requires it, and within its bounds. CloudEvents' headers win over the payload's fields of the
/// same meaning. What no schema can say, the decider judges itself (<see cref="Fail"/>).
/// </summary>
public sealed class EventReader
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly EventHeaders _headers;
    private readonly Func<string, string?> _header;

    /// <param name="root">The event.</param>
    /// <param name="type">Its type, which a header may have said.</param>
    /// <param name="headers">What the record's headers say of the event.</param>
    /// <param name="header">Any header of the record as text, or null.</param>
    public EventReader(JsonElement root, string type, in EventHeaders headers, Func<string, string?> header)
    {
        (Type, _headers, _header) = (type, headers, header);
        foreach (JsonProperty field in root.EnumerateObject())
        {
            // A name that is no text is nobody's; JsonElement would tell of it by an exception.
            if (JsonText.IsText(JsonMarshal.GetRawUtf8PropertyName(field)))
            {
                _fields[field.Name] = field.Value;
            }
        }
    }

    /// <summary>The event's type.</summary>
    public string Type { get; }

    /// <summary>The first thing wrong, or <see cref="DeadLetterReason.None"/>.</summary>
    public DeadLetterReason Reason { get; private set; }

    /// <summary>Where, or what.</summary>
    public string Detail { get; private set; } = "";

    public bool IsGood => Reason == DeadLetterReason.None;

    /// <summary>Says what is wrong; the first that is said stays.</summary>
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

    /// <summary>The event's own id, or null where it has none.</summary>
    public string? OptionalId() => _headers.Id ?? OptionalText("id");

    /// <summary>Event time, ms since the epoch.</summary>
    public long Time() => _headers.Time.IsThere ? _headers.Time.Milliseconds : Integer("time");

    /// <summary>A text that the schema requires, an identifier too.</summary>
    public string Text(string name) => Required(name).GetString()!;

    public string? OptionalText(string name) => Find(name)?.GetString();

    /// <summary>A whole number that the schema requires.</summary>
    public long Integer(string name) => Required(name).GetInt64();

    /// <summary>A client's address, or null.</summary>
    public IpAddress? OptionalAddress(string name) =>
        OptionalText(name) is { } text && IpAddress.TryParse(text, out IpAddress address) ? address : null;

    /// <summary>A list that the schema requires.</summary>
    public JsonElement List(string name) => Required(name);

    /// <summary>
    /// The entries of an open object, each the last of its name; none where it isn't there. Values may be null.
    /// </summary>
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
