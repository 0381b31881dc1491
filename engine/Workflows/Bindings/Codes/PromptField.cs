using System.Text;
using System.Text.Json;
using Engine.Contracts.Settings;

namespace Engine.Workflows.Bindings.Codes;

/// <summary>The type of the value in a field of the prompt.</summary>
public enum PromptType : byte
{
    Integer,
    Number,
    Text,
}

/// <summary>One field of a prompt for the second client. It is part of the operation-binding code, so it needn't be
/// looked up.</summary>
/// <param name="Name">An identifier, at most 128 bytes.</param>
/// <param name="IsOptional">Whether it may be left out.</param>
/// <param name="Min">The minimum of an integer; null for none.</param>
/// <param name="Max">The maximum of an integer; null for none.</param>
/// <param name="MinNumber">The minimum of a number; null for none.</param>
/// <param name="MaxNumber">The maximum of a number; null for none.</param>
/// <param name="Characters">The maximum number of Unicode characters of a text, 1 to 10,000.</param>
public sealed record PromptField(
    string Name,
    PromptType Type,
    bool IsOptional = false,
    long? Min = null,
    long? Max = null,
    double? MinNumber = null,
    double? MaxNumber = null,
    int Characters = PromptField.DefaultCharacters
)
{
    /// <summary>The maximum length of any text: a page of paper, and a fraction of the size of an event.</summary>
    public const int MaxCharacters = 10_000;

    public const int DefaultCharacters = 1_000;

    /// <summary>The type's name in settings.</summary>
    public string TypeWord =>
        Type switch
        {
            PromptType.Integer => "integer",
            PromptType.Number => "number",
            _ => "text",
        };

    /// <summary>The reason why a value is wrong: <c>prompt.missing</c>, <c>prompt.type</c>, <c>prompt.range</c>, or
    /// null. An absent value, null and, for a required field, an empty text are missing.</summary>
    public string? Wrong(JsonElement? value) =>
        IsAbsent(value)
            ? IsOptional
                ? null
                : BindingReasons.PromptMissing
            : Type switch
            {
                PromptType.Integer => WrongInteger(value!.Value),
                PromptType.Number => WrongNumber(value!.Value),
                _ => WrongText(value!.Value),
            };

    /// <summary>Writes a value for which <see cref="Wrong"/> returned null.</summary>
    public void Write(Utf8JsonWriter json, JsonElement value)
    {
        json.WritePropertyName(Name);
        if (Type == PromptType.Integer)
        {
            json.WriteNumberValue(value.GetInt64());
        }
        else
        {
            value.WriteTo(json);
        }
    }

    /// <summary>Writes the field in the format of <c>page/&lt;id&gt;</c>.</summary>
    public void WriteSetting(Utf8JsonWriter json)
    {
        json.WriteStartObject(Name);
        json.WriteString("type", TypeWord);
        if (Min is { } min)
        {
            json.WriteNumber("min", min);
        }

        if (Max is { } max)
        {
            json.WriteNumber("max", max);
        }

        if (MinNumber is { } minNumber)
        {
            json.WriteNumber("min", minNumber);
        }

        if (MaxNumber is { } maxNumber)
        {
            json.WriteNumber("max", maxNumber);
        }

        if (Type == PromptType.Text)
        {
            json.WriteNumber("max", Characters);
        }

        if (IsOptional)
        {
            json.WriteBoolean("optional", true);
        }

        json.WriteEndObject();
    }

    /// <summary>Reads a field of <c>page/&lt;id&gt;</c>.</summary>
    internal static PromptField Parse(string name, SettingReader reader)
    {
        string type = reader.RequiredText("type");
        bool optional = reader.Flag("optional");
        PromptField field = type switch
        {
            "integer" => new PromptField(
                name,
                PromptType.Integer,
                optional,
                reader.Integer("min", long.MinValue, long.MaxValue),
                reader.Integer("max", long.MinValue, long.MaxValue)
            ),
            "number" => new PromptField(
                name,
                PromptType.Number,
                optional,
                MinNumber: reader.OptionalNumber("min", -double.MaxValue, double.MaxValue),
                MaxNumber: reader.OptionalNumber("max", -double.MaxValue, double.MaxValue)
            ),
            "text" => new PromptField(
                name,
                PromptType.Text,
                optional,
                Characters: (int)(reader.Integer("max", 1, MaxCharacters) ?? DefaultCharacters)
            ),
            _ => throw reader.Wrong($"'type' is '{type}'; expected integer, number or text"),
        };
        if (field.Min > field.Max || field.MinNumber > field.MaxNumber)
        {
            throw reader.Wrong("expected min <= max");
        }

        reader.Done();
        return field;
    }

    private bool IsAbsent(JsonElement? value) =>
        value is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given
        || (
            !IsOptional && given.ValueKind == JsonValueKind.String && given.ValueEquals(""u8) && Type == PromptType.Text
        );

    private string? WrongInteger(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return BindingReasons.PromptType;
        }

        // An integer has digits only, as in every event: 5.0 and 5e3 have another type.
        if (value.GetRawText().AsSpan().ContainsAny(".eE"))
        {
            return BindingReasons.PromptType;
        }

        return !value.TryGetInt64(out long number) || number < Min || number > Max ? BindingReasons.PromptRange : null;
    }

    private string? WrongNumber(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return BindingReasons.PromptType;
        }

        return
            !value.TryGetDouble(out double number)
            || !double.IsFinite(number)
            || number < MinNumber
            || number > MaxNumber
            ? BindingReasons.PromptRange
            : null;
    }

    private string? WrongText(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return BindingReasons.PromptType;
        }

        int characters = 0;
        foreach (Rune _ in value.GetString()!.EnumerateRunes())
        {
            characters++;
        }

        return characters > Characters ? BindingReasons.PromptRange : null;
    }
}
