using Engine.Contracts.Protobuf;
using System.Buffers;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Engine.Workflows.Runtime;

/// <summary>
/// An event in Protobuf as the JSON that says the same: both carry the same fields under the same names, so that there
/// is one way to read them. Lists of lists (sizes, points) are messages there and lists here; a <c>Value</c> is what it
/// holds.
/// </summary>
public static class ProtobufJson
{
    /// <summary>
    /// Throws <see cref="InvalidProtocolBufferException"/> or <see cref="FormatException"/> where the bytes are no
    /// event.
    /// </summary>
    public static byte[] Of(byte[] value)
    {
        IMessage e = Contracts.Protobuf.WorkflowEvent.Parser.ParseFrom(value);
        var buffer = new ArrayBufferWriter<byte>(value.Length * 2);
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, e);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, IMessage message)
    {
        json.WriteStartObject();
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
        json.WriteEndObject();
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
            case double number:
                json.WriteNumberValue(
                    double.IsFinite(number) ? number : throw new FormatException($"a number is {number}")
                );
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
            case IMessage message:
                Write(json, message);
                break;
            default:
                throw new FormatException($"a field holds {value.GetType().Name}");
        }
    }
}
