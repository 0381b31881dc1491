using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts.Events;
using Engine.Contracts.Protobuf;
using Google.Protobuf;

namespace Engine.WebConsole.Log;

/// <summary>The fields of a record's event, from JSON or Protobuf.</summary>
internal static class EventText
{
    private static readonly JsonFormatter Formatter = new(
        JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true)
    );

    /// <summary>Writes JSON as people do: only what must be escaped is.</summary>
    public static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Null if the value isn't an event that can be read. CloudEvents headers override the payload.</summary>
    public static JsonObject? FieldsOf(LogRecord record)
    {
        if (record.Value is not { Length: > 0 } value)
        {
            return null;
        }

        try
        {
            JsonObject? fields = JsonFields.Parse(
                IsProtobuf(record) ? Formatter.Format(Event.Parser.ParseFrom(value)) : Encoding.UTF8.GetString(value)
            );
            if (fields == null)
            {
                return null;
            }

            foreach ((string header, string field) in new[] { ("ce_type", "type"), ("ce_id", "id") })
            {
                if (record.Header(header) is { } text)
                {
                    fields[field] = text;
                }
            }

            return fields;
        }
        catch (Exception e) when (e is JsonException or InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>Whether the value is Protobuf.</summary>
    public static bool IsProtobuf(LogRecord record) =>
        record.Header("content-type") is { } type
        && (
            type.StartsWith("application/protobuf", StringComparison.Ordinal)
            || type.StartsWith("application/x-protobuf", StringComparison.Ordinal)
        );

    /// <summary>A field as text; null if it isn't there, or if it is an object or a list.</summary>
    public static string? Text(JsonObject fields, string name) => (fields[name] as JsonValue)?.ToString();
}
