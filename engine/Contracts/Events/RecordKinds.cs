using System.Text;
using System.Text.Json;

namespace Engine.Contracts.Events;

/// <summary>A list of values of one kind.</summary>
/// <param name="of">The kind of each value.</param>
/// <param name="max">The maximum number of values; an empty list is allowed.</param>
public sealed class ListKind(FieldKind of, int max) : FieldKind
{
    /// <summary>The kind of each value.</summary>
    public FieldKind Of => of;

    /// <summary>The maximum number of values.</summary>
    public int Max => max;

    public override string Json => $"list of {of.Json}";
    public override string Range => $"at most {InDigits(max)}" + (of.Range.Length > 0 ? $"; each {of.Range}" : "");
    public override string Expected => $"a list of at most {InDigits(max)} is expected; of each, {of.Expected}";
    public override string Proto => "repeated " + of.Proto["optional ".Length..];

    public override FieldProblem Check(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return WrongType(ref reader);
        }

        FieldProblem wrong = Fine;
        int count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            wrong = Worse(
                wrong,
                reader.TokenType == JsonTokenType.Null
                    ? new FieldProblem(DeadLetterReason.WrongType)
                    : of.Check(ref reader)
            );
        }

        return Worse(wrong, count > max ? OutOfRange : Fine);
    }

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired)
    {
        WriteType(json, "array", isRequired);
        json.WriteNumber("maxItems", max);
        json.WriteStartObject("items");
        of.WriteSchema(json, isRequired: true);
        json.WriteEndObject();
    }
}

/// <summary>An object with fields of its own, and a message of its own in events.proto. Other fields are
/// skipped.</summary>
/// <param name="message">The message's name.</param>
/// <param name="meaning">What it stands for, in a sentence without its full stop.</param>
/// <param name="fields">Its fields, whose numbers are those of the message.</param>
public sealed class RecordKind(string message, string meaning, params EventField[] fields) : FieldKind
{
    public string Message => message;

    public string Meaning => meaning;

    public IReadOnlyList<EventField> Fields => fields;

    public override string Json => "object";
    public override string Range => $"with {string.Join(", ", fields.Select(one => $"`{one.Name}`"))}";
    public override string Expected =>
        $"an object with {string.Join(", ", fields.Where(one => one.IsRequired).Select(one => one.Name))} is "
        + "expected";
    public override string Proto => $"optional {message}";

    public override FieldProblem Check(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return WrongType(ref reader);
        }

        // By field, as the last of duplicate members counts, and the first bad field is reported.
        var wrong = new FieldProblem[fields.Length];
        bool[] there = new bool[fields.Length];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int at = Find(ref reader);
            reader.Read();
            if (at < 0)
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.Null)
            {
                (there[at], wrong[at]) = (false, Fine);
            }
            else
            {
                there[at] = true;
                wrong[at] = fields[at].Kind.Check(ref reader);
            }
        }

        for (int i = 0; i < fields.Length; i++)
        {
            if (wrong[i].Reason != DeadLetterReason.None)
            {
                return new FieldProblem(wrong[i].Reason, Within(fields[i].Name, wrong[i].Within));
            }

            if (fields[i].IsRequired && !there[i])
            {
                return new FieldProblem(DeadLetterReason.MissingField, fields[i].Name);
            }
        }

        return Fine;
    }

    private static string Within(string field, string? inner) => inner == null ? field : $"{field}.{inner}";

    private int Find(ref Utf8JsonReader reader)
    {
        for (int i = 0; i < fields.Length && !JsonText.IsBroken(ref reader); i++)
        {
            if (reader.ValueTextEquals(fields[i].Utf8))
            {
                return i;
            }
        }

        return -1;
    }

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired)
    {
        WriteType(json, "object", isRequired);
        json.WriteStartObject("properties");
        foreach (EventField field in fields)
        {
            json.WriteStartObject(field.Name);
            field.Kind.WriteSchema(json, field.IsRequired);
            json.WriteString("description", field.Meaning);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("required");
        foreach (EventField field in fields.Where(field => field.IsRequired))
        {
            json.WriteStringValue(field.Name);
        }

        json.WriteEndArray();
    }
}

/// <summary>A way to reach somebody: an object with one field, whose name says the way:
/// <c>{"email":"p@example"}</c>.</summary>
/// <param name="ways">The ways there are.</param>
public sealed class ChannelKind(params string[] ways) : FieldKind
{
    private readonly byte[][] _utf8 = [.. ways.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The ways there are.</summary>
    public IReadOnlyList<string> Ways => ways;

    public override string Json => "object";
    public override string Range =>
        $"one of {string.Join(", ", ways.Select(way => $"`{way}`"))} with an address of at most "
        + $"{EventLimits.MaxAddressBytes} bytes";
    public override string Expected =>
        $"one of {string.Join(", ", ways)} with an address of at most {EventLimits.MaxAddressBytes} bytes is expected";
    public override string Proto => "optional Channel";

    public override FieldProblem Check(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return WrongType(ref reader);
        }

        FieldProblem wrong = Fine;
        int count = 0;
        for (; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; count++)
        {
            bool known = IsWay(ref reader);
            reader.Read();
            wrong = Worse(wrong, known ? Address(ref reader) : Skipped(ref reader));
        }

        return Worse(wrong, count == 1 ? Fine : OutOfRange);
    }

    private bool IsWay(ref Utf8JsonReader reader)
    {
        foreach (byte[] way in _utf8)
        {
            if (!JsonText.IsBroken(ref reader) && reader.ValueTextEquals(way))
            {
                return true;
            }
        }

        return false;
    }

    private static new FieldProblem Address(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return WrongType(ref reader);
        }

        int length = JsonText.LengthOf(ref reader);
        return length < 0 ? Malformed
            : length is 0 or > EventLimits.MaxAddressBytes ? OutOfRange
            : Fine;
    }

    private static FieldProblem Skipped(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return OutOfRange;
    }

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired)
    {
        WriteType(json, "object", isRequired);
        json.WriteNumber("minProperties", 1);
        json.WriteNumber("maxProperties", 1);
        json.WriteBoolean("additionalProperties", false);
        json.WriteStartObject("properties");
        foreach (string way in ways)
        {
            json.WriteStartObject(way);
            json.WriteString("type", "string");
            json.WriteNumber("minLength", 1);
            json.WriteNumber("maxLength", EventLimits.MaxAddressBytes);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
