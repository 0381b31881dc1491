using System.Text;
using System.Text.Json;

namespace Engine.Contracts.Events;

/// <summary>A device, in OpenRTB's names; other names are skipped.</summary>
public sealed class DeviceKind : FieldKind
{
    /// <summary>The names and their meanings. Their numbers in events.proto count from 1.</summary>
    public IReadOnlyList<(string Name, string Meaning)> Fields { get; } =
    [
        ("make", "maker"),
        ("model", "model"),
        ("os", "operating system"),
        ("osv", "its version"),
        ("carrier", "network operator"),
        ("connectiontype", "kind of connection"),
        ("language", "language set on the device"),
    ];

    /// <summary>What each field may hold, in words.</summary>
    public const string FieldRange = "at most 128 bytes of UTF-8; a number counts as its text";

    private readonly byte[][] _utf8;

    internal DeviceKind() => _utf8 = [.. Fields.Select(field => Encoding.UTF8.GetBytes(field.Name))];

    public override string Json => "object";
    public override string Range => "the fields below";
    public override string Expected =>
        $"an object is expected whose fields are strings of at most {EventLimits.MaxDeviceBytes} bytes";
    public override string Proto => "optional Device";

    public override FieldProblem Check(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return WrongType(ref reader);
        }

        // By name, as the last of duplicate members counts, and the first bad name is reported.
        Span<DeadLetterReason> wrong = stackalloc DeadLetterReason[_utf8.Length];
        wrong.Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int name = Find(ref reader);
            reader.Read();
            if (name < 0)
            {
                reader.Skip();
            }
            else
            {
                wrong[name] = Member(ref reader);
            }
        }
        int first = wrong.IndexOfAnyExcept(DeadLetterReason.None);
        return first < 0 ? Fine : new FieldProblem(wrong[first], Fields[first].Name);
    }

    private int Find(ref Utf8JsonReader reader)
    {
        for (int i = 0; i < _utf8.Length && !JsonText.IsBroken(ref reader); i++)
        {
            if (reader.ValueTextEquals(_utf8[i]))
            {
                return i;
            }
        }
        return -1;
    }

    private static DeadLetterReason Member(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Null)
        {
            return DeadLetterReason.None;
        }

        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
        {
            return WrongType(ref reader).Reason;
        }

        int length = JsonText.LengthOf(ref reader);
        return length < 0 ? DeadLetterReason.Malformed
            : length > EventLimits.MaxDeviceBytes ? DeadLetterReason.OutOfRange
            : DeadLetterReason.None;
    }

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired)
    {
        WriteType(json, "object", isRequired);
        json.WriteStartObject("properties");
        foreach ((string name, string meaning) in Fields)
        {
            json.WriteStartObject(name);
            json.WriteStartArray("type");
            json.WriteStringValue("string");
            json.WriteStringValue("number");
            json.WriteStringValue("null");
            json.WriteEndArray();
            json.WriteNumber("maxLength", EventLimits.MaxDeviceBytes);
            json.WriteString("description", meaning);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}

/// <summary>The values that an open object may have.</summary>
public enum EntryValues
{
    /// <summary>Text, a number, true or false, converted to text; null means absent.</summary>
    AsText,

    /// <summary>Text, a finite number, true or false; null removes an earlier value of that name.</summary>
    Scalar,

    /// <summary>Any JSON; the reader of the value checks it.</summary>
    Anything,
}

/// <summary>An object with arbitrary names.</summary>
/// <param name="max">The maximum number of names with a value.</param>
/// <param name="maxNameBytes">The maximum length of a name, in bytes of UTF-8; the minimum is 1.</param>
/// <param name="maxTextBytes">The maximum length of a text value, in bytes of UTF-8.</param>
public sealed class EntriesKind(EntryValues values, int max, int maxNameBytes, int maxTextBytes) : FieldKind
{
    /// <summary>An object bounded only by the event's size.</summary>
    public static readonly EntriesKind Any = new(EntryValues.Anything, int.MaxValue, int.MaxValue, int.MaxValue);

    public EntryValues Values => values;
    public int Max => max;
    public int MaxNameBytes => maxNameBytes;
    public int MaxTextBytes => maxTextBytes;

    public override string Json => "object";
    public override string Range =>
        values == EntryValues.Anything
            ? ""
            : $"at most {max} names of 1 to {maxNameBytes} bytes; texts of at most {InDigits(maxTextBytes)} bytes, "
                + "numbers, true or false";
    public override string Expected =>
        values == EntryValues.Anything ? "an object is expected" : $"an object is expected with {Range}";
    public override string Proto => values == EntryValues.AsText ? "map<string, string>" : "map<string, Value>";

    public override FieldProblem Check(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return WrongType(ref reader);
        }

        FieldProblem names = Fine;
        // The last of duplicate entries counts.
        Dictionary<string, DeadLetterReason>? entries = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int length = JsonText.LengthOf(ref reader);
            string name = "";
            if (length < 0)
            {
                names = names.Reason == DeadLetterReason.None ? Malformed : names;
            }
            else if (values != EntryValues.Anything && length is 0 || length > maxNameBytes)
            {
                names = names.Reason == DeadLetterReason.None ? OutOfRange : names;
            }
            else
            {
                name = reader.GetString()!;
            }

            reader.Read();
            bool isPresent = reader.TokenType != JsonTokenType.Null;
            DeadLetterReason wrong = Value(ref reader);
            if (isPresent)
            {
                (entries ??= new(StringComparer.Ordinal))[name] = wrong;
            }
            else
            {
                entries?.Remove(name);
            }
        }
        if (names.Reason != DeadLetterReason.None || entries == null)
        {
            return names;
        }

        foreach ((string name, DeadLetterReason wrong) in entries)
        {
            if (wrong != DeadLetterReason.None)
            {
                return new FieldProblem(wrong, name);
            }
        }
        return entries.Count <= max ? Fine : OutOfRange;
    }

    private DeadLetterReason Value(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null or JsonTokenType.True or JsonTokenType.False:
                return DeadLetterReason.None;
            case JsonTokenType.String:
                int length = JsonText.LengthOf(ref reader);
                return length < 0 ? DeadLetterReason.Malformed
                    : length > maxTextBytes ? DeadLetterReason.OutOfRange
                    : DeadLetterReason.None;
            case JsonTokenType.Number when values == EntryValues.AsText:
                return reader.ValueSpan.Length > maxTextBytes ? DeadLetterReason.OutOfRange : DeadLetterReason.None;
            case JsonTokenType.Number:
                return
                    values == EntryValues.Anything
                    || (reader.TryGetDouble(out double number) && double.IsFinite(number))
                    ? DeadLetterReason.None
                    : DeadLetterReason.OutOfRange;
            default:
                reader.Skip();
                return values == EntryValues.Anything ? DeadLetterReason.None : DeadLetterReason.WrongType;
        }
    }

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired)
    {
        WriteType(json, "object", isRequired);
        if (values == EntryValues.Anything)
        {
            return;
        }

        json.WriteNumber("maxProperties", max);
        json.WriteStartObject("propertyNames");
        json.WriteNumber("minLength", 1);
        json.WriteNumber("maxLength", maxNameBytes);
        json.WriteEndObject();
        json.WriteStartObject("additionalProperties");
        json.WriteStartArray("type");
        foreach (string type in (ReadOnlySpan<string>)["string", "number", "boolean", "null"])
        {
            json.WriteStringValue(type);
        }

        json.WriteEndArray();
        json.WriteNumber("maxLength", maxTextBytes);
        json.WriteEndObject();
    }
}
