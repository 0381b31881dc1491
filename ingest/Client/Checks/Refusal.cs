using System.Text.Json;

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
            Reasons.Malformed => $"{who}: malformed JSON ({field})",
            Reasons.MissingField => $"{who}: {field} is missing",
            Reasons.UnknownType => $"{who}: type {Value(json, "type")} is none of the contract's",
            Reasons.WrongType => $"{who}: {field} {Value(json, field)} has the wrong type, {Wanted(found, field)}",
            Reasons.OutOfRange => $"{who}: {field} {Value(json, field)} {Trouble(found, field)}",
            _ => $"{who}: nothing is wrong",
        };
    }

    private static FieldKind? KindOf(in CheckedEvent found, string field)
    {
        string? type = found.Type;
        return EventType
            .All.FirstOrDefault(known => known.Name == type)
            ?.Fields.FirstOrDefault(known => known.Name == field)
            ?.Kind;
    }

    private static string Trouble(in CheckedEvent found, string field) =>
        KindOf(found, field) switch
        {
            FieldKind.Address => "is no address",
            _ => $"is out of range, {Wanted(found, field)}",
        };

    private static string Wanted(in CheckedEvent found, string field) =>
        KindOf(found, field) switch
        {
            FieldKind.Identifier => "an identifier is 1 to 128 bytes of printable ASCII without spaces and braces",
            FieldKind.Address => "an address is a string like 203.0.113.9 or 2001:db8::1",
            FieldKind.Time => "a time is an integer of milliseconds since 1970",
            FieldKind.Text => "a string is expected",
            FieldKind.Count => "an integer from 0 on is expected",
            FieldKind.Number => "a finite number is expected",
            FieldKind.Flag => "true or false is expected",
            FieldKind.Pointer => "a pointer is mouse, touch, pen or keyboard",
            FieldKind.Outcome => "an outcome is confirmed, missed or expired",
            FieldKind.Viewport => "a viewport is [width, height]",
            FieldKind.Sizes => "sizes are one or more [width, height]",
            FieldKind.Points => "points are 1 to 4,096 of [t_ms, x, y], t never decreasing",
            FieldKind.Device => "a device's fields are strings of at most 128 bytes",
            FieldKind.Object => "an object is expected",
            _ => "a string is expected",
        };

    private static string Value(ReadOnlySpan<byte> json, string field)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            if (!document.RootElement.TryGetProperty(field, out JsonElement value))
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
