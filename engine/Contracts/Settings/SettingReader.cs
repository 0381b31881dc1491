using System.Text.Json;

namespace Engine.Contracts.Settings;

/// <summary>A setting that doesn't load: what is wrong, where, and the contract's word for it.</summary>
public sealed class SettingException(string key, string problem, DeadLetterReason reason = DeadLetterReason.OutOfRange)
    : Exception($"{key}: {problem}")
{
    public string Key { get; } = key;

    /// <summary>Why its record is a dead letter.</summary>
    public DeadLetterReason Reason { get; } = reason;
}

/// <summary>
/// Reads one record's fields, and refuses what it doesn't know: a misspelt limit must not silently be the default.
/// </summary>
public sealed class SettingReader
{
    private readonly string _key;
    private readonly JsonElement _record;
    private readonly HashSet<string> _read = [];

    public SettingReader(string key, JsonElement record)
    {
        (_key, _record) = (key, record);
        if (record.ValueKind != JsonValueKind.Object)
        {
            throw Wrong($"expected an object, got {Kind(record)}", DeadLetterReason.WrongType);
        }
    }

    /// <param name="reason">A value that is none of those expected where it isn't given.</param>
    public SettingException Wrong(string problem, DeadLetterReason reason = DeadLetterReason.OutOfRange) =>
        new(_key, problem, reason);

    public string? Text(string name) =>
        Find(name, JsonValueKind.String, "text") is { } value ? value.GetString() : null;

    public string RequiredText(string name) =>
        Text(name) ?? throw Wrong($"'{name}' is missing", DeadLetterReason.MissingField);

    public bool Flag(string name) => OptionalFlag(name) ?? false;

    public bool? OptionalFlag(string name)
    {
        _read.Add(name);
        if (!_record.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong($"'{name}' is {Kind(value)}; expected true or false", DeadLetterReason.WrongType),
        };
    }

    public double Number(string name, double least, double most, double otherwise) =>
        OptionalNumber(name, least, most) ?? otherwise;

    public double? OptionalNumber(string name, double least, double most)
    {
        if (Find(name, JsonValueKind.Number, "a number") is not { } value)
        {
            return null;
        }

        double number = value.GetDouble();
        return number >= least && number <= most
            ? number
            : throw Wrong($"'{name}' is {value.GetRawText()}; expected {least:R} to {most:R}");
    }

    public long? Integer(string name, long least, long most)
    {
        if (Find(name, JsonValueKind.Number, "a whole number") is not { } value)
        {
            return null;
        }

        return value.TryGetInt64(out long number) && number >= least && number <= most
            ? number
            : throw Wrong(
                $"'{name}' is {value.GetRawText()}; expected a whole number from {least} to {most}",
                value.GetDouble() % 1 == 0 ? DeadLetterReason.OutOfRange : DeadLetterReason.WrongType
            );
    }

    public ReasonClass Class(string name, ReasonClass otherwise) =>
        Text(name) switch
        {
            null => otherwise,
            "none" => ReasonClass.None,
            "suspect" => ReasonClass.Suspect,
            "givt" => ReasonClass.Givt,
            "sivt" => ReasonClass.Sivt,
            var other => throw Wrong($"'{name}' is '{other}'; expected none, suspect, givt or sivt"),
        };

    public SettingReader? Object(string name) =>
        Find(name, JsonValueKind.Object, "an object") is { } value ? new SettingReader($"{_key}: {name}", value) : null;

    /// <summary>A list, or null; its elements are the caller's to read.</summary>
    public JsonElement? List(string name) => Find(name, JsonValueKind.Array, "a list");

    /// <summary>An object whose names aren't known beforehand, or null; its values are the caller's to read.</summary>
    public JsonElement? Map(string name) => Find(name, JsonValueKind.Object, "an object");

    /// <summary>A list of texts, or null.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (List(name) is not { } list)
        {
            return null;
        }

        List<string> texts = [];
        foreach (JsonElement element in list.EnumerateArray())
        {
            texts.Add(
                element.ValueKind == JsonValueKind.String
                    ? element.GetString()!
                    : throw Wrong($"'{name}' holds {Kind(element)}; expected texts")
            );
        }

        return texts;
    }

    /// <summary>A reader of one value inside this record, whose errors name the place.</summary>
    public SettingReader Inside(string place, JsonElement value) => new($"{_key}: {place}", value);

    /// <summary>To be called last: a field that nobody asked for is refused.</summary>
    public void Done()
    {
        foreach (JsonProperty property in _record.EnumerateObject())
        {
            if (!_read.Contains(property.Name))
            {
                throw Wrong(
                    $"'{property.Name}' is no field here; there are {string.Join(", ", _read.Order())}",
                    DeadLetterReason.Malformed
                );
            }
        }
    }

    private JsonElement? Find(string name, JsonValueKind kind, string expected)
    {
        _read.Add(name);
        if (!_record.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == kind
            ? value
            : throw Wrong($"'{name}' is {Kind(value)}; expected {expected}", DeadLetterReason.WrongType);
    }

    /// <summary>A value as an error calls it.</summary>
    public static string Kind(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => $"the text '{value.GetString()}'",
            JsonValueKind.Number => $"the number {value.GetRawText()}",
            JsonValueKind.Null => "null",
            _ => value.GetRawText(),
        };
}
