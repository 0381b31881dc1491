using System.Text.Json;
using Engine.Contracts.Events;

namespace Engine.Client.Checks;

/// <summary>Describes in a sentence why an event was refused, with the value found.</summary>
internal static class Refusal
{
    /// <summary>The maximum number of characters shown of a value: enough to recognise it.</summary>
    private const int Shown = 60;

    /// <summary>Describes a problem: <c>click c-1: ip '12' isn't an address</c>.</summary>
    internal static string InWords(in CheckedEvent found, ReadOnlySpan<byte> json)
    {
        string who = $"{found.Type ?? "event"}{(found.Id is null ? "" : " " + found.Id)}";
        string field = found.Detail ?? "";
        return found.Reason switch
        {
            Reasons.TooLarge =>
                $"{who}: {json.Length:N0} bytes exceed the limit of {EventCheck.MaxBytes:N0} for an event",
            Reasons.Malformed when json.StartsWith("\uFEFF"u8) =>
                $"{who}: it begins with a byte order mark; send UTF-8 without one",
            Reasons.Malformed => found.Schema == null
                ? $"{who}: malformed JSON ({field})"
                : $"{who}: {field} isn't text: it contains an unpaired surrogate",
            Reasons.MissingField => $"{who}: {field} is missing",
            Reasons.UnknownType => $"{who}: type {Value(json, "type")} isn't in the contract",
            Reasons.WrongType => $"{who}: {field} {Value(json, field)} has the wrong type; {Expected(found, field)}",
            Reasons.OutOfRange => $"{who}: {field} {Value(json, field)} {ProblemOf(found, field)}",
            _ => $"{who}: valid",
        };
    }

    private static FieldKind? KindOf(in CheckedEvent found, string field) =>
        found.Schema?.Field(field.Split('.')[0])?.Kind;

    private static string ProblemOf(in CheckedEvent found, string field) =>
        KindOf(found, field) is AddressKind ? "isn't an address" : $"is out of range; {Expected(found, field)}";

    private static string Expected(in CheckedEvent found, string field) =>
        KindOf(found, field)?.Expected ?? "a string is expected";

    private static string Value(ReadOnlySpan<byte> json, string field)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            // A device's field, or an entry of an object: one step into the value.
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
