using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Workflows.Bindings.Codes;

namespace Engine.Workflows.Bindings.Web;

/// <summary>A field of a prompt in a form: its label, the limits that the browser checks, and the conversion of its
/// text. Money is in micros on the wire and in units here: a field whose name ends with <c>_micros</c> is entered as
/// <c>1.50</c>.</summary>
/// <param name="Field">The prompt's field.</param>
/// <param name="Name">The name of the input.</param>
public sealed record FormField(PromptField Field, string Name)
{
    private const string MicrosEnd = "_micros";
    private const decimal Micros = 1_000_000;

    /// <summary>The error for a required field that is empty.</summary>
    public const string Missing = "This field is required";

    /// <summary>The error for an account that isn't an identifier.</summary>
    public const string AccountFault =
        "Use letters, digits and punctuation only: no spaces, braces or accented letters";

    public bool IsMoney => Field.Type == PromptType.Integer && NamesMoney(Field.Name);

    public string Label => IsMoney ? Words(Field.Name[..^MicrosEnd.Length]) : Words(Field.Name);

    /// <summary>The label of an entered value.</summary>
    public static string LabelOf(string name) => NamesMoney(name) ? Words(name[..^MicrosEnd.Length]) : Words(name);

    /// <summary>An entered value in readable form.</summary>
    public static string ValueOf(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()!
        : NamesMoney(name) && value.TryGetInt64(out long micros)
            ? (micros / Micros).ToString("0.00####", CultureInfo.InvariantCulture)
        : value.GetRawText();

    public string? Min => Shown(Field.Min, Field.MinNumber);

    public string? Max => Shown(Field.Max, Field.MaxNumber);

    /// <summary>Describes the valid entries.</summary>
    public string Hint =>
        Field.Type == PromptType.Text
            ? $"Up to {Field.Characters:N0} characters"
            : (Min, Max) switch
            {
                (null, null) => Field.Type == PromptType.Integer && !IsMoney ? "A whole number" : "A number",
                ({ } min, null) => $"At least {min}",
                (null, { } max) => $"At most {max}",
                ({ } min, { } max) => $"From {min} to {max}",
            };

    /// <summary>Parses the text; null if nothing was entered or it isn't valid.</summary>
    public JsonNode? Read(string text, out string? error)
    {
        error = null;
        string trimmed = text.Trim();
        JsonNode? value = null;
        if (Field.Type == PromptType.Text)
        {
            value = text.Length == 0 && Field.IsOptional ? null : JsonValue.Create(text);
        }
        else if (trimmed.Length > 0 && (value = ReadNumber(trimmed)) == null)
        {
            error = Field.Type == PromptType.Integer && !IsMoney ? "Enter a whole number" : "Enter a number";
            return null;
        }
        error = Field.Wrong(value == null ? null : JsonElement.Parse(value.ToJsonString())) switch
        {
            null => null,
            BindingReasons.PromptMissing => Missing,
            _ => Hint,
        };
        return value;
    }

    private static bool NamesMoney(string name) =>
        name.EndsWith(MicrosEnd, StringComparison.Ordinal) && name.Length > MicrosEnd.Length;

    /// <summary>Turns a name from the settings into a label: with a capital letter and spaces.</summary>
    public static string Words(string name)
    {
        string words = name.Replace('_', ' ').Replace('-', ' ').Trim();
        return words.Length == 0 ? name : char.ToUpperInvariant(words[0]) + words[1..];
    }

    private JsonValue? ReadNumber(string text)
    {
        // Some keyboards have only a comma.
        string plain = text.Contains('.') ? text : text.Replace(',', '.');
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (Field.Type == PromptType.Number)
        {
            return
                double.TryParse(plain, Style, CultureInfo.InvariantCulture, out double number)
                && double.IsFinite(number)
                ? JsonValue.Create(number)
                : null;
        }

        if (
            !decimal.TryParse(plain, Style, CultureInfo.InvariantCulture, out decimal whole)
            || Math.Abs(whole) > long.MaxValue
        )
        {
            return null;
        }

        if (IsMoney)
        {
            whole *= Micros;
        }

        return whole == decimal.Truncate(whole) && Math.Abs(whole) <= long.MaxValue
            ? JsonValue.Create((long)whole)
            : null;
    }

    private string? Shown(long? integer, double? number) =>
        integer is { } whole
            ? (
                IsMoney
                    ? (whole / Micros).ToString("0.######", CultureInfo.InvariantCulture)
                    : whole.ToString(CultureInfo.InvariantCulture)
            )
            : number?.ToString("R", CultureInfo.InvariantCulture);
}
