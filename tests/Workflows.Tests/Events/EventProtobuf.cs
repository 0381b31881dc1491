using System.Collections;
using System.Text.Json;
using Engine.Contracts.Events;
using Engine.Contracts.Protobuf;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Workflows.Tests.Events;

/// <summary>The Protobuf that a producer would make of an event's JSON, where Protobuf can say it at all.</summary>
internal static class EventProtobuf
{
    /// <summary>In the older form, all fields of all events in one message.</summary>
    public static byte[]? Flat(EventSchema schema, JsonElement json)
    {
        IMessage message = schema.Number == 0 ? new Event() : new WorkflowEvent();
        return Fill(message, json) ? message.ToByteArray() : null;
    }

    /// <summary>In the message of the event's own; null where it has none.</summary>
    public static byte[]? Own(EventSchema schema, JsonElement json)
    {
        if (schema.Number == 0)
        {
            return null;
        }

        var e = new WorkflowEvent();
        FieldDescriptor member = WorkflowEvent.Descriptor.FindFieldByNumber(schema.Number);
        IMessage own = member.MessageType.Parser.ParseFrom([]);
        if (!Fill(own, json))
        {
            return null;
        }

        member.Accessor.SetValue(e, own);
        return e.ToByteArray();
    }

    private static bool Fill(IMessage message, JsonElement json)
    {
        Dictionary<string, JsonElement> last = [];
        foreach (JsonProperty property in json.EnumerateObject())
        {
            last[property.Name] = property.Value;
        }

        foreach ((string name, JsonElement value) in last)
        {
            if (value.ValueKind == JsonValueKind.Null || message.Descriptor.FindFieldByName(name) is not { } field)
            {
                continue;
            }

            if (!Set(message, field, value))
            {
                return false;
            }
        }
        return true;
    }

    private static bool Set(IMessage message, FieldDescriptor field, JsonElement value)
    {
        object target = field.Accessor.GetValue(message);
        if (field.IsMap)
        {
            return Entries((IDictionary)target, field, value);
        }

        if (field.IsRepeated)
        {
            // An empty list is no list there.
            if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
            {
                return false;
            }

            foreach (JsonElement item in value.EnumerateArray())
            {
                if (Item(field, item) is not { } made)
                {
                    return false;
                }

                ((IList)target).Add(made);
            }
            return true;
        }
        if (field.FieldType == FieldType.Message)
        {
            var device = new Device();
            field.Accessor.SetValue(message, device);
            return value.ValueKind == JsonValueKind.Object && Fill(device, value);
        }
        if (Scalar(field, value) is not { } scalar)
        {
            return false;
        }

        field.Accessor.SetValue(message, scalar);
        return true;
    }

    private static object? Scalar(FieldDescriptor field, JsonElement value) =>
        field.FieldType switch
        {
            FieldType.String when value.ValueKind == JsonValueKind.String => value.GetString(),
            FieldType.Int64 when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) =>
                number,
            FieldType.Int32 when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) => number,
            FieldType.Double when value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) =>
                number,
            FieldType.Bool when value.ValueKind is JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
            _ => null,
        };

    private static object? Item(FieldDescriptor field, JsonElement item)
    {
        if (field.FieldType == FieldType.Double)
        {
            // Two numbers that JSON writes with a point are whole there.
            return item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out double number) && !IsPointed(item)
                ? number
                : null;
        }

        if (field.FieldType == FieldType.String)
        {
            return item.ValueKind == JsonValueKind.String ? item.GetString() : null;
        }

        if (field.MessageType != Size.Descriptor && field.MessageType != Point.Descriptor)
        {
            return Message(field.MessageType, item);
        }

        if (
            item.ValueKind != JsonValueKind.Array
            || item.EnumerateArray().Any(one => one.ValueKind != JsonValueKind.Number)
            || item.GetArrayLength() != (field.MessageType == Size.Descriptor ? 2 : 3)
        )
        {
            return null;
        }

        if (field.MessageType == Size.Descriptor)
        {
            return item[0].TryGetInt32(out int width) && item[1].TryGetInt32(out int height)
                ? new Size { Width = width, Height = height }
                : null;
        }

        return
            item[0].TryGetDouble(out double t)
            && item[1].TryGetDouble(out double x)
            && item[2].TryGetDouble(out double y)
            ? new Point
            {
                T = t,
                X = x,
                Y = y,
            }
            : null;
    }

    private static IMessage? Message(MessageDescriptor descriptor, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (descriptor == Channel.Descriptor)
        {
            // A channel has one way, which only JSON can say twice.
            return json.EnumerateObject().ToArray() is [var one] && one.Value.ValueKind == JsonValueKind.String
                ? new Channel { Way = one.Name, Address = one.Value.GetString() }
                : null;
        }

        IMessage message = descriptor.Parser.ParseFrom([]);
        return Fill(message, json) ? message : null;
    }

    private static bool IsPointed(JsonElement number) =>
        number.TryGetDouble(out double value)
        && value == Math.Floor(value)
        && number.GetRawText().AsSpan().ContainsAny(".eE");

    private static bool Entries(IDictionary target, FieldDescriptor field, JsonElement map)
    {
        // An empty map is no map there.
        if (map.ValueKind != JsonValueKind.Object || !map.EnumerateObject().Any())
        {
            return false;
        }

        bool isText = field.MessageType.FindFieldByNumber(2).FieldType == FieldType.String;
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            object? value = isText
                ? entry.Value.ValueKind == JsonValueKind.String
                    ? entry.Value.GetString()
                    : null
                : entry.Value.ValueKind switch
                {
                    JsonValueKind.String => new Value { Text = entry.Value.GetString() },
                    JsonValueKind.Number when entry.Value.TryGetInt64(out long whole) => new Value { Integer = whole },
                    JsonValueKind.Number when entry.Value.TryGetDouble(out double number) => new Value
                    {
                        Number = number,
                    },
                    JsonValueKind.True or JsonValueKind.False => new Value { Flag = entry.Value.GetBoolean() },
                    JsonValueKind.Null => new Value(),
                    _ => null,
                };
            if (value == null)
            {
                return false;
            }

            target[entry.Name] = value;
        }
        return true;
    }
}
