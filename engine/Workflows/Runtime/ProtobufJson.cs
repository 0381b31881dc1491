using System.Buffers;
using System.Text.Json;
using Engine.Contracts.Events;
using Engine.Contracts.Protobuf;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Engine.Workflows.Runtime;

/// <summary>Converts a Protobuf event to equivalent JSON, so there is only one way to read events: both have the same
/// fields under the same names. Nested lists (sizes, points) are messages in Protobuf and lists in JSON; a <c>Value</c>
/// becomes the value it holds.</summary>
public static class ProtobufJson
{
    /// <summary>A JSON number that is out of the range of a double.</summary>
    private const string OutOfEveryRange = "1e999";

    /// <summary>Room for the name of the type, which a typed message encodes only as a field number.</summary>
    private const int MaxTypeBytes = 64;

    private static readonly OneofDescriptor OneofOfEvents = Contracts.Protobuf.WorkflowEvent.Descriptor.Oneofs.Single(
        oneof => !oneof.IsSynthetic
    );

    private static readonly Dictionary<int, string> TypeByNumber = WorkflowEvents.Own.All.ToDictionary(
        schema => schema.Number,
        schema => schema.Type
    );

    /// <summary>Converts a Protobuf value to JSON. Returns why that fails, or null.</summary>
    public static string? TryRead(byte[] value, out byte[] json)
    {
        json = [];
        if (value.Length == 0)
        {
            return "not a Protobuf event";
        }

        try
        {
            json = Of(value);
            return null;
        }
        catch (InvalidProtocolBufferException problem)
        {
            return problem.Message;
        }
    }

    /// <summary>Throws <see cref="InvalidProtocolBufferException"/> if the bytes aren't an event.</summary>
    public static byte[] Of(byte[] value)
    {
        Contracts.Protobuf.WorkflowEvent e = Contracts.Protobuf.WorkflowEvent.Parser.ParseFrom(value);
        var buffer = new ArrayBufferWriter<byte>(value.Length * 2 + MaxTypeBytes);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (OwnMessage(e) is var (type, own))
            {
                json.WriteString(EventSchema.TypeField, type);
                WriteFields(json, own);
            }
            else
            {
                WriteFields(json, e);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The event as a typed message, whose field gives its type; null for the flat form, which has the fields
    /// of all events side by side. Flat fields beside a typed message are ignored.</summary>
    private static (string Type, IMessage Message)? OwnMessage(Contracts.Protobuf.WorkflowEvent e)
    {
        if (OneofOfEvents.Accessor.GetCaseFieldDescriptor(e) is not { } field)
        {
            return null;
        }

        return TypeByNumber.TryGetValue(field.FieldNumber, out string? type)
            ? (type, (IMessage)field.Accessor.GetValue(e))
            : throw new InvalidOperationException($"events.proto has {field.Name}, but no schema has its number");
    }

    private static void WriteFields(Utf8JsonWriter json, IMessage message)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            object? value = field.Accessor.GetValue(message);
            bool there = field.IsRepeated
                ? ((System.Collections.ICollection)value!).Count > 0
                : field.HasPresence && field.Accessor.HasValue(message);
            if (!there)
            {
                continue;
            }

            json.WritePropertyName(field.Name);
            if (field.IsMap)
            {
                json.WriteStartObject();
                foreach (System.Collections.DictionaryEntry entry in (System.Collections.IDictionary)value!)
                {
                    json.WritePropertyName((string)entry.Key);
                    WriteValue(json, entry.Value!);
                }
                json.WriteEndObject();
            }
            else if (field.IsRepeated)
            {
                json.WriteStartArray();
                foreach (object item in (System.Collections.IEnumerable)value!)
                {
                    WriteValue(json, item);
                }

                json.WriteEndArray();
            }
            else
            {
                WriteValue(json, value!);
            }
        }
    }

    private static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case double:
                // JSON has neither infinities nor NaN: write a number that is equally out of range.
                json.WriteRawValue(OutOfEveryRange);
                break;
            case Size size:
                json.WriteStartArray();
                json.WriteNumberValue(size.Width);
                json.WriteNumberValue(size.Height);
                json.WriteEndArray();
                break;
            case Value one:
                switch (one.KindCase)
                {
                    case Value.KindOneofCase.Text:
                        json.WriteStringValue(one.Text);
                        break;
                    case Value.KindOneofCase.Integer:
                        json.WriteNumberValue(one.Integer);
                        break;
                    case Value.KindOneofCase.Number:
                        WriteValue(json, one.Number);
                        break;
                    case Value.KindOneofCase.Flag:
                        json.WriteBooleanValue(one.Flag);
                        break;
                    default:
                        json.WriteNullValue();
                        break;
                }
                break;
            case Channel channel:
                json.WriteStartObject();
                json.WriteString(channel.Way, channel.Address);
                json.WriteEndObject();
                break;
            case IMessage message:
                json.WriteStartObject();
                WriteFields(json, message);
                json.WriteEndObject();
                break;
            default:
                throw new InvalidOperationException($"a field of events.proto holds {value.GetType().Name}");
        }
    }
}
