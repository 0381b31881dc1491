using System.Text;
using Engine.Contracts.Events;
using Engine.Workflows;

namespace Workflows.Tests.Documents;

/// <summary>events.proto, as the schemas have it.</summary>
internal static class EventProto
{
    public const string Path = "engine/Contracts/Protobuf/events.proto";

    /// <summary>Where comments begin.</summary>
    private const int CommentColumn = 44;

    public static string Text()
    {
        var text = new StringBuilder(
            """
            // Events as Protobuf: the same fields under the same names as in JSON. Send them with the header `content-type: application/protobuf`.
            // Numbers are stable; new fields may be added. Made from the schemas (engine/Contracts/Events, engine/Workflows/*/Events) by EventDocumentTests.
            syntax = "proto3";

            package engine.contracts;

            option csharp_namespace = "Engine.Contracts.Protobuf";


            """
        );
        Comment(
            text,
            "One event of any type of `interactions` and `labels`; `type` says which, and with it which fields mean "
                + "something."
        );
        text.Append($"message {InteractionSchemas.Message} {{\n");
        Fields(text, EventCatalog.Clicks.All);
        text.Append("}\n\n");
        Comment(
            text,
            "One event of any other topic. Set one of `event`, a message for each type, which says the type too; "
                + "then nothing beside it is read.",
            "The fields before it are the older, flat form: `type` says which event it is, and with it which fields "
                + "mean something. It goes on being read.",
            "A field has the same number in all messages."
        );
        text.Append("message WorkflowEvent {\n");
        Fields(text, WorkflowEvents.Own.All);
        text.Append("\n  oneof event {\n");
        foreach (EventSchema schema in WorkflowEvents.Own.All)
        {
            text.Append($"    {schema.Message} {SnakeCase(schema.Message)} = {schema.Number};\n");
        }

        text.Append("  }\n}\n\n");
        foreach (EventSchema schema in WorkflowEvents.Own.All)
        {
            Comment(text, $"`{schema.Type}`: {schema.Meaning}.");
            text.Append($"message {schema.Message} {{\n");
            foreach (EventField field in schema.Fields)
            {
                Field(text, field.Kind.Proto, field.Name, field.Number, field.Meaning);
            }

            text.Append("}\n\n");
        }
        foreach (RecordKind record in Records(WorkflowEvents.Own.All.SelectMany(schema => schema.Fields)))
        {
            Comment(text, $"{record.Meaning}.");
            text.Append($"message {record.Message} {{\n");
            foreach (EventField field in record.Fields)
            {
                Field(text, field.Kind.Proto, field.Name, field.Number, field.Meaning);
            }

            text.Append("}\n\n");
        }

        text.Append(
            """
            // A way to reach somebody, {"email":"p@example"} in JSON.
            message Channel {
              string way = 1;
              string address = 2;
            }

            // A point of a path: milliseconds from the first point, never decreasing; CSS pixels.
            message Point {
              double t = 1;
              double x = 2;
              double y = 3;
            }

            // OpenRTB's names, each at most 128 bytes of UTF-8.
            message Device {

            """
        );
        foreach (((string name, string meaning), int i) in FieldKind.Device.Fields.Select((field, i) => (field, i)))
        {
            Field(text, "optional string", name, i + 1, meaning);
        }

        text.Append(
            """
            }

            // Width and height, CSS pixels.
            message Size {
              int32 width = 1;
              int32 height = 2;
            }

            // What JSON holds as a text, a number, true or false; none of them is JSON's null.
            message Value {
              oneof kind {
                string text = 1;
                int64 integer = 2;
                double number = 3;
                bool flag = 4;
              }
            }

            """
        );
        return text.ToString();
    }

    /// <summary>The messages that fields hold, and those within them.</summary>
    private static IEnumerable<RecordKind> Records(IEnumerable<EventField> fields) =>
        fields
            .Select(field => field.Kind is ListKind list ? list.Of : field.Kind)
            .OfType<RecordKind>()
            .SelectMany(record => Records(record.Fields).Prepend(record))
            .DistinctBy(record => record.Message);

    /// <summary>The fields of several events side by side, by number; one that two have is one.</summary>
    private static void Fields(StringBuilder text, IEnumerable<EventSchema> schemas)
    {
        Field(text, "optional string", EventSchema.TypeField, EventSchema.TypeNumber, "what kind of event it is");
        foreach (
            EventField field in schemas
                .SelectMany(schema => schema.Fields)
                .DistinctBy(field => field.Number)
                .OrderBy(field => field.Number)
        )
        {
            Field(text, field.Kind.Proto, field.Name, field.Number, field.Meaning);
        }
    }

    private static string SnakeCase(string name) =>
        string.Concat(
            name.Select(
                (letter, at) => char.IsUpper(letter) ? (at > 0 ? "_" : "") + char.ToLowerInvariant(letter) : $"{letter}"
            )
        );

    private static void Field(StringBuilder text, string type, string name, int number, string meaning) =>
        text.Append($"  {type} {name} = {number};".PadRight(CommentColumn)).Append($"// {meaning}\n");

    private static void Comment(StringBuilder text, params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines)
        {
            text.Append($"// {line}\n");
        }
    }
}
