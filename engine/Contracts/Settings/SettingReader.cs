using System.Text.Json;

namespace Engine.Contracts.Settings;

/// <summary>A setting that isn't valid: the problem, its place, and the reason for the dead letter.</summary>
public sealed class SettingException(string key, string problem, DeadLetterReason reason = DeadLetterReason.OutOfRange)
    : Exception($"{key}: {problem}")
{
    public string Key { get; } = key;

    /// <summary>The reason of the record's dead letter.</summary>
    public DeadLetterReason Reason { get; } = reason;

    /// <summary>Whether the record may be valid elsewhere: it names a file that this instance lacks, or has with
    /// another content than the record asks for.</summary>
    public bool IsFileMissing { get; init; }
}

/// <summary>Reads the fields of one record and refuses unknown ones: a misspelt limit must not silently fall back to
/// the default.</summary>
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

    /// <param name="reason">The reason of the dead letter; by default, a value out of range.</param>
    public SettingException Wrong(string problem, DeadLetterReason reason = DeadLetterReason.OutOfRange) =>
        new(_key, problem, reason);

    /// <summary>Creates the error of a file that this instance lacks.</summary>
    public SettingException MissingFile(string problem) => new(_key, problem) { IsFileMissing = true };

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

    public double Number(string name, double min, double max, double fallback) =>
        OptionalNumber(name, min, max) ?? fallback;

    public double? OptionalNumber(string name, double min, double max)
    {
        if (Find(name, JsonValueKind.Number, "a number") is not { } value)
        {
            return null;
        }

        double number = value.GetDouble();
        return number >= min && number <= max
            ? number
            : throw Wrong($"'{name}' is {value.GetRawText()}; expected {min:R} to {max:R}");
    }

    public long? Integer(string name, long min, long max)
    {
        if (Find(name, JsonValueKind.Number, "a whole number") is not { } value)
        {
            return null;
        }

        return value.TryGetInt64(out long number) && number >= min && number <= max
            ? number
            : throw Wrong(
                $"'{name}' is {value.GetRawText()}; expected a whole number from {min} to {max}",
                value.GetDouble() % 1 == 0 ? DeadLetterReason.OutOfRange : DeadLetterReason.WrongType
            );
    }

    public ReasonClass Class(string name, ReasonClass fallback) =>
        Text(name) switch
        {
            null => fallback,
            "none" => ReasonClass.None,
            "suspect" => ReasonClass.Suspect,
            "givt" => ReasonClass.Givt,
            "sivt" => ReasonClass.Sivt,
            var other => throw Wrong($"'{name}' is '{other}'; expected none, suspect, givt or sivt"),
        };

    public SettingReader? Object(string name) =>
        Find(name, JsonValueKind.Object, "an object") is { } value ? new SettingReader($"{_key}: {name}", value) : null;

    /// <summary>Gets a list, or null. The caller reads its elements.</summary>
    public JsonElement? List(string name) => Find(name, JsonValueKind.Array, "a list");

    /// <summary>Gets an object with arbitrary names, or null. The caller reads its values.</summary>
    public JsonElement? Map(string name) => Find(name, JsonValueKind.Object, "an object");

    /// <summary>Gets a list of texts, or null.</summary>
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

    /// <summary>Creates a reader for a value inside this record, whose errors name that place.</summary>
    public SettingReader Inside(string place, JsonElement value) => new($"{_key}: {place}", value);

    /// <summary>Refuses unknown fields: those that no call has read. Call it last.</summary>
    /// <param name="maySayWho">Whether the fields are a whole record's, which may say who wrote it (<c>by</c>), and why
    /// (<c>because</c>). Neither decides anything, and errors don't list them among a kind's own.</param>
    public void Done(bool maySayWho = false)
    {
        foreach (JsonProperty property in _record.EnumerateObject())
        {
            if (_read.Contains(property.Name))
            {
                continue;
            }

            if (!maySayWho || property.Name is not ("by" or "because"))
            {
                throw Wrong(
                    $"'{property.Name}' isn't a field here; the fields are {string.Join(", ", _read.Order())}",
                    DeadLetterReason.Malformed
                );
            }

            if (property.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            {
                throw Wrong($"'{property.Name}' is {Kind(property.Value)}; expected text", DeadLetterReason.WrongType);
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

    /// <summary>Describes a value in an error message.</summary>
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
