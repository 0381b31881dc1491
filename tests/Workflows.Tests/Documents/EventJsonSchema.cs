using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts.Events;

namespace Workflows.Tests.Documents;

/// <summary>An event's JSON Schema, as its <see cref="EventSchema"/> has it.</summary>
internal static class EventJsonSchema
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string PathOf(EventSchema schema) => $"configs/schemas/events/{schema.Type}.schema.json";

    public static string Text(EventSchema schema)
    {
        var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", schema.Type);
            json.WriteString(
                "description",
                $"{schema.Meaning}. Topic {schema.Topic}, keyed by {schema.Derived?.Meaning ?? schema.Key.Name}. "
                    + "Unknown fields are skipped; bounds on texts are bytes of UTF-8; integers are written in digits "
                    + "alone."
            );
            json.WriteString("type", "object");
            json.WriteStartArray("required");
            json.WriteStringValue(EventSchema.TypeField);
            foreach (EventField field in schema.Fields.Where(field => field.IsRequired))
            {
                json.WriteStringValue(field.Name);
            }

            json.WriteEndArray();
            if (schema.Derived is { } derived)
            {
                json.WriteStartArray("anyOf");
                foreach (EventField field in new[] { schema.Key, derived.Or })
                {
                    json.WriteStartObject();
                    json.WriteStartObject("properties");
                    json.WriteStartObject(field.Name);
                    json.WriteString("type", "string");
                    json.WriteEndObject();
                    json.WriteEndObject();
                    json.WriteStartArray("required");
                    json.WriteStringValue(field.Name);
                    json.WriteEndArray();
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteStartObject("properties");
            json.WriteStartObject(EventSchema.TypeField);
            json.WriteString("const", schema.Type);
            json.WriteEndObject();
            foreach (EventField field in schema.Fields)
            {
                json.WriteStartObject(field.Name);
                field.Kind.WriteSchema(json, field.IsRequired);
                json.WriteString("description", field.Meaning);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteStartArray("examples");
            JsonNode.Parse(schema.Example)!.WriteTo(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
