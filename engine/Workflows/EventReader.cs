using System.Text;
using System.Text.Json;
using Engine.Contracts;

namespace Engine.Workflows;

/// <summary>
/// Reads the fields of one event. The first thing wrong is kept, and makes the event a dead letter; until then every
/// method answers something harmless, so that a decider reads all its fields and asks once. CloudEvents' headers win
/// over the payload's fields of the same meaning.
/// </summary>
public sealed class EventReader
{
    private readonly JsonElement _root;
    private readonly Func<string, string?> _header;

    /// <param name="root">The event; anything but an object is malformed.</param>
    /// <param name="header">A header of the record as text, or null.</param>
    public EventReader(JsonElement root, Func<string, string?> header)
    {
        (_root, _header) = (root, header);
        if (root.ValueKind != JsonValueKind.Object)
        {
            Fail(DeadLetterReason.Malformed, "expected an object");
        }

        Type = header("ce_type") ?? (IsGood ? Text("type", 64) : "");
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

    /// <summary>The event's own id: 1 to 128 bytes of printable ASCII without spaces and braces.</summary>
    public string Id(string name = "id") => _header("ce_id") is { } id ? Identifier(name, id) : Identifier(name);

    /// <summary>Event time, ms since the epoch.</summary>
    public long Time()
    {
        if (_header("ce_time") is { } text)
        {
            if (
                DateTimeOffset.TryParse(
                    text,
                    System.Globalization.CultureInfo.InvariantCulture,
                    System.Globalization.DateTimeStyles.AssumeUniversal,
                    out DateTimeOffset time
                )
            )
            {
                return time.ToUnixTimeMilliseconds();
            }

            Fail(DeadLetterReason.OutOfRange, "ce_time");
            return 0;
        }
        return Integer("time", 0, EventLimits.MaxTime);
    }

    public string Identifier(string name) =>
        Find(name, JsonValueKind.String, required: true) is { } value ? Identifier(name, TextOf(name, value)) : "";

    public string? OptionalIdentifier(string name) =>
        Find(name, JsonValueKind.String) is { } value ? Identifier(name, TextOf(name, value)) : null;

    /// <summary>A required text of at most so many bytes of UTF-8.</summary>
    public string Text(string name, int maxBytes) =>
        Find(name, JsonValueKind.String, required: true) is { } value
            ? Bounded(name, TextOf(name, value), maxBytes)
            : "";

    public string? OptionalText(string name, int maxBytes) =>
        Find(name, JsonValueKind.String) is { } value ? Bounded(name, TextOf(name, value), maxBytes) : null;

    public long Integer(string name, long least, long most) =>
        Find(name, JsonValueKind.Number, required: true) is { } value ? Integer(name, value, least, most) : least;

    /// <summary>A client's address, or null.</summary>
    public IpAddress? OptionalAddress(string name)
    {
        if (Find(name, JsonValueKind.String) is not { } value)
        {
            return null;
        }

        if (IpAddress.TryParse(Encoding.UTF8.GetBytes(TextOf(name, value)), out IpAddress address))
        {
            return address;
        }

        Fail(DeadLetterReason.OutOfRange, name);
        return null;
    }

    /// <summary>An object whose names aren't known beforehand, or null.</summary>
    public JsonElement? Map(string name, bool required = false) => Find(name, JsonValueKind.Object, required);

    /// <summary>A list, or null.</summary>
    public JsonElement? List(string name, bool required = false) => Find(name, JsonValueKind.Array, required);

    /// <summary>The text of a value that was found; malformed where it is none (half of a surrogate pair).</summary>
    public string TextOf(string name, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            Fail(DeadLetterReason.Malformed, name);
            return "";
        }
    }

    private string Identifier(string name, string text)
    {
        if (!Contracts.Identifier.IsOne(text))
        {
            Fail(DeadLetterReason.OutOfRange, name);
        }

        return text;
    }

    private string Bounded(string name, string text, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) > maxBytes)
        {
            Fail(DeadLetterReason.OutOfRange, name);
        }

        return text;
    }

    private long Integer(string name, JsonElement value, long least, long most)
    {
        if (!value.TryGetInt64(out long number))
        {
            Fail(
                value.TryGetDouble(out double real) && real != Math.Floor(real)
                    ? DeadLetterReason.WrongType
                    : DeadLetterReason.OutOfRange,
                name
            );
            return least;
        }
        if (number < least || number > most)
        {
            Fail(DeadLetterReason.OutOfRange, name);
        }

        return number;
    }

    private JsonElement? Find(string name, JsonValueKind kind, bool required = false)
    {
        if (!IsGood)
        {
            return null;
        }

        if (!_root.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            if (required)
            {
                Fail(DeadLetterReason.MissingField, name);
            }

            return null;
        }
        if (value.ValueKind == kind)
        {
            return value;
        }

        Fail(DeadLetterReason.WrongType, name);
        return null;
    }
}
