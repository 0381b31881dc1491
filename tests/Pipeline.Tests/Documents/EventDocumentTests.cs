using System.Globalization;
using Engine.Contracts.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace Pipeline.Tests.Documents;

public sealed class EventDocumentTests
{
    [Fact]
    public void Events_are_documented_as_they_are_read()
    {
        ProtoField[] fields = EventFields.Proto();
        Document.Is(
            "events.md",
            $"""
            # Fields of events

            The events of `interactions`, as JSON or as Protobuf (engine/Contracts/Protobuf/events.proto; `content-type: application/protobuf`). Bold is the
            event that can't be used without the field; in an event that isn't named the field is unknown, and skipped. Of members with one name the last holds,
            and null is absence. Made from the proto file and the decoders by `EventDocumentTests`.

            {Document.Table(["field", "JSON", "number", "in", "meaning", "range"], fields.Where(field => field.Message == "Event").Select(Row))}
            ## `device`

            {Document.Table(["field", "JSON", "number", "meaning", "range"], fields.Where(field => field.Message == "Device").Select(field =>
                (string[])[$"`{field.Name}`", EventFields.JsonType(field), Number(field), field.Comment, EventFields.Range(field)]))}
            ## Events of the workflows

            The message `WorkflowEvent`, or JSON. Which event has which of them, which it can't be used without, and their ranges: [content requests](content-requests.md),
            [bindings](bindings.md), [priority](priority.md).

            {Document.Table(["field", "JSON", "number", "meaning"], fields.Where(field => field.Message == "WorkflowEvent").Select(field =>
                (string[])[$"`{field.Name}`", EventFields.JsonType(field), Number(field), field.Comment]))}
            """
        );
        Assert.All(fields.Where(field => field.Message is "Event" or "WorkflowEvent" or "Device"), field =>
            Assert.NotEmpty(field.Comment)
        );
    }

    [Fact]
    public void The_decoders_numbers_and_names_are_the_proto_files()
    {
        ProtoField[] fields = EventFields.Proto();
        string[] names = EventFields.DecoderNames;
        for (int i = 0; i < names.Length; i++)
        {
            Assert.Equal(
                names[i],
                Assert.Single(fields, field => field.Message == "Event" && field.Number == i + 1).Name
            );
        }

        Assert.Equal(
            EventFields.DecoderDeviceNames,
            fields.Where(field => field.Message == "Device").OrderBy(field => field.Number).Select(field => field.Name)
        );
        Assert.Equal(
            Event.Descriptor.Fields.InFieldNumberOrder().Select(field => (field.Name, field.FieldNumber)),
            fields.Where(field => field.Message == "Event").Select(field => (field.Name, field.Number))
        );
        ProtoField[] workflow = [.. fields.Where(field => field.Message == "WorkflowEvent")];
        Assert.Equal(
            WorkflowEvent.Descriptor.Fields.InFieldNumberOrder().Select(field => (field.Name, field.FieldNumber)),
            workflow.Select(field => (field.Name, field.Number))
        );
        Assert.All(fields.Where(field => field.Message == "Event"), field =>
            Assert.DoesNotContain(workflow, other => other.Name == field.Name != (other.Number == field.Number))
        );
        Assert.Equal(FieldType.Int64, Event.Descriptor.FindFieldByName("time").FieldType);
    }

    private static string[] Row(ProtoField field)
    {
        int index = field.Number - 1;
        IEnumerable<string> events =
            index >= EventFields.DecoderNames.Length
                ? ["label"]
                : EventFields
                    .Types.Where(type => EventFields.IsKnown(type, index))
                    .Select(type =>
                        EventFields.IsRequired(type, index) ? $"**{EventFields.Word(type)}**" : EventFields.Word(type)
                    );
        return
        [
            $"`{field.Name}`",
            EventFields.JsonType(field),
            Number(field),
            string.Join(", ", events),
            field.Comment,
            EventFields.Range(field),
        ];
    }

    private static string Number(ProtoField field) => field.Number.ToString(CultureInfo.InvariantCulture);
}
