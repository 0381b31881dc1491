using System.Text.Json;
using Engine.Contracts.Events;

namespace Engine.Client.Checks;

/// <summary>Says in a sentence why an event was refused, with the value that was there.</summary>
internal static class Refusal
{
    /// <summary>Values are shown up to this many characters: enough to recognise one by.</summary>
    private const int Shown = 60;

    /// <summary><c>click c-1: ip '12' is no address</c>.</summary>
    internal static string InWords(in CheckedEvent found, ReadOnlySpan<byte> json)
    {
        string who = $"{found.Type ?? "event"}{(found.Id is null ? "" : " " + found.Id)}";
        string field = found.Detail ?? "";
        return found.Reason switch
        {
            Reasons.TooLarge =>
                $"{who}: {json.Length:N0} bytes are more than the {EventCheck.MaxBytes:N0} that an event may have",
            Reasons.Malformed => found.Schema == null
                ? $"{who}: malformed JSON ({field})"
                : $"{who}: {field} is no text: it holds half a surrogate pair",
            Reasons.MissingField => $"{who}: {field} is missing",
            Reasons.UnknownType => $"{who}: type {Value(json, "type")} is none of the contract's",
            Reasons.WrongType => $"{who}: {field} {Value(json, field)} has the wrong type, {Wanted(found, field)}",
            Reasons.OutOfRange => $"{who}: {field} {Value(json, field)} {Trouble(found, field)}",
            _ => $"{who}: nothing is wrong",
        };
    }

    private static FieldKind? KindOf(in CheckedEvent found, string field) =>
        found.Schema?.Field(field.Split('.')[0])?.Kind;

    private static string Trouble(in CheckedEvent found, string field) =>
        KindOf(found, field) is AddressKind ? "is no address" : $"is out of range, {Wanted(found, field)}";

    private static string Wanted(in CheckedEvent found, string field) =>
        KindOf(found, field)?.Expected ?? "a string is expected";

    private static string Value(ReadOnlySpan<byte> json, string field)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            // A device's field, an entry of an object: one step into the value.
            string[] names = field.Split('.', 2);
            if (
                !document.RootElement.TryGetProperty(names[0], out JsonElement value)
                || (names.Length == 2 && !value.TryGetProperty(names[1], out value))
            )
            {
                return "";
            }

            string text = value.ValueKind == JsonValueKind.String ? $"'{value.GetString()}'" : value.GetRawText();
            return text.Length <= Shown ? text : string.Concat(text.AsSpan(0, Shown), "…");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return "";
        }
    }
}
