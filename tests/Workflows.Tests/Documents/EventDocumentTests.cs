using System.Globalization;
using Engine.Contracts.Events;
using Engine.Workflows;
using Google.Protobuf.Reflection;
using Tests.Support;
using Xunit;

namespace Workflows.Tests.Documents;

/// <summary>What is written of the events, and for other programs, is what their schemas say.</summary>
public sealed class EventDocumentTests
{
    public static TheoryData<string> Types => [.. WorkflowEvents.All.All.Select(schema => schema.Type)];

    [Fact]
    public void Events_are_documented_as_they_are_read()
    {
        Document.Is(
            "events.md",
            $"""
            # Fields of events

            An event is a JSON object, or the same fields in Protobuf (engine/Contracts/Protobuf/events.proto, with the header
            `content-type: application/protobuf`). The names of required fields are bold. Fields that aren't listed are skipped.
            If a name comes twice, the last value counts; null means absent. An integer is written in digits only: `1e3` and `1.0` have the wrong type.
            An event that breaks a rule of this page is refused over HTTP and becomes a dead letter in Kafka, for the same reason.

            Each event also has a JSON Schema, in configs/schemas/events. This page, the schemas and the proto file are generated from the declarations in
            engine/Contracts/Events and engine/Workflows/*/Events by `EventDocumentTests`.

            {Document.Table(
                ["event", "topic", "key", "meaning"],
                WorkflowEvents.All.All.Select(schema => (string[])
                    [$"[`{schema.Type}`](#{schema.Type})", $"`{schema.Topic}`", KeyOf(schema), schema.Meaning]))}
            The systems beside the clicks, with their settings and Redis keys:

            {Document.Table(
                ["system", "topic", "settings", "writes to Redis"],
                WorkflowModules.All.Select(module => (string[])
                    [
                        $"[{module.Name}]({module.Documentation})",
                        $"`{module.Topic}`",
                        string.Join(", ", module.SettingKinds.Select(kind => $"`{kind.Kind}/…`")),
                        string.Join("<br>", module.Keys.Select(key => $"`{key.Pattern}`: {key.Meaning}")),
                    ]))}
            {string.Join('\n', WorkflowEvents.All.All.Select(Section))}
            ## The fields of `device`

            {Document.Table(["field", "JSON", "number", "meaning", "range"],
                FieldKind.Device.Fields.Select((field, i) => (string[])
                    [$"`{field.Name}`", "text", Number(i + 1), field.Meaning, DeviceKind.FieldRange]))}
            ## Protobuf

            The events of `interactions` and `labels` are the message `Event`: set `type` and the fields of that type. Every other event is the message
            `WorkflowEvent` with one member of its `event` set (`content_request`, `binding`, `process_started`, …), which also gives the type. The older form,
            `type` and the fields of `WorkflowEvent` itself, is still accepted. An empty map or list counts as absent there.

            """
        );
        Assert.All(WorkflowEvents.All.All.SelectMany(schema => schema.Fields), field => Assert.NotEmpty(field.Meaning));
    }

    [Fact]
    public void Every_system_has_its_page_and_keys_of_its_own()
    {
        Assert.All(WorkflowModules.All, module =>
            Assert.True(File.Exists(Path.Combine(SharedData.Repository, "docs", module.Documentation)))
        );
        Assert.All(WorkflowModules.All.SelectMany(module => module.Keys).GroupBy(key => key.Pattern), keys =>
            Assert.Single(keys)
        );
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Its_JSON_Schema_is_what_its_schema_says(string type)
    {
        EventSchema schema = WorkflowEvents.All.Of(type)!;
        Document.IsAt(EventJsonSchema.PathOf(schema), EventJsonSchema.Text(schema));
    }

    [Fact]
    public void There_is_no_JSON_Schema_of_another_event() =>
        Assert.Equal(
            WorkflowEvents
                .All.All.Select(schema => Path.GetFileName(EventJsonSchema.PathOf(schema)))
                .Order(StringComparer.Ordinal),
            Directory
                .GetFiles(Path.Combine(SharedData.Repository, "configs", "schemas", "events"))
                .Select(file => Path.GetFileName(file))
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void The_proto_file_is_what_the_schemas_say() => Document.IsAt(EventProto.Path, EventProto.Text());

    [Fact]
    public void A_number_is_one_name_and_one_type_in_every_message()
    {
        Assert.All(WorkflowEvents.All.All.SelectMany(schema => schema.Fields).GroupBy(field => field.Number), fields =>
            Assert.Single(fields.Select(field => (field.Name, field.Kind.Proto)).Distinct())
        );
        // A name may stand for two types in different events, as a click's device and an association's.
        Assert.All(
            WorkflowEvents.All.All.SelectMany(schema => schema.Fields).GroupBy(field => (field.Name, field.Kind.Proto)),
            fields => Assert.Single(fields.Select(field => field.Number).Distinct())
        );
    }

    [Fact]
    public void An_events_number_is_no_fields_number_and_no_other_events()
    {
        EventSchema[] own = [.. WorkflowEvents.All.All.Where(schema => schema.Number != 0)];
        Assert.Distinct(own.Select(schema => schema.Number));
        Assert.Empty(
            own.Select(schema => schema.Number)
                .Intersect(own.SelectMany(schema => schema.Fields).Select(field => field.Number))
        );
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_compiled_message_has_its_fields(string type)
    {
        EventSchema schema = WorkflowEvents.All.Of(type)!;
        MessageDescriptor message =
            Engine.Contracts.Protobuf.EventsReflection.Descriptor.FindTypeByName<MessageDescriptor>(schema.Message);
        Assert.All(schema.Fields, field => Assert.Equal(field.Number, message.FindFieldByName(field.Name).FieldNumber));
        Assert.All(schema.Fields, field =>
            Assert.Equal(
                schema.Number == 0 || field.Kind.Proto.StartsWith("optional ", StringComparison.Ordinal),
                schema.Number == 0 || message.FindFieldByName(field.Name).HasPresence
            )
        );
    }

    private static string Section(EventSchema schema) =>
        $"""
            ## `{schema.Type}`

            {schema.Meaning}. Topic `{schema.Topic}`, key {KeyOf(schema)}.

            ```json
            {schema.Example}
            ```

            {Document.Table(
                ["field", "JSON", "number", "meaning", "range"],
                [
                    ["**`type`**", "text", Number(EventSchema.TypeNumber), "what kind of event it is", schema.Type],
                    .. schema.Fields.Select(Row),
                ]
            )}
            """;

    private static string[] Row(EventField field) =>
        [
            field.IsRequired ? $"**`{field.Name}`**" : $"`{field.Name}`",
            field.Kind.Json,
            Number(field.Number),
            field.Meaning,
            field.Kind.Range,
        ];

    private static string KeyOf(EventSchema schema) =>
        schema.Derived is { } derived ? derived.Meaning
        : schema.Key.Kind is AddressKind ? $"the network of `{schema.Key.Name}`"
        : $"`{schema.Key.Name}`";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
