using System.Collections;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Fuzz.Tests.Inputs;

/// <summary>Makes Protobuf messages by their descriptors, with values that examples have for fields of the same name,
/// or odd ones.</summary>
internal sealed class ProtobufMessages
{
    private const int MaxDepth = 3;

    private static readonly long[] OddIntegers = [0, 1, -1, 1_000, int.MaxValue, long.MaxValue, long.MinValue];
    private static readonly double[] OddNumbers = [0, -0.0, 1, -1, 0.5, 1e9, 1e10, -1e10, 5e-324];
    private static readonly string[] OddTexts =
    [
        "",
        "a",
        "a b",
        "\u00e9",
        "1.2.3.4",
        "::1",
        new('x', 65),
        new('x', 2049),
    ];

    private readonly Dictionary<string, List<JsonElement>> _known = [];

    public ProtobufMessages(IEnumerable<string> examples)
    {
        foreach (string example in examples)
        {
            Learn(JsonDocument.Parse(example).RootElement);
        }
    }

    /// <summary>Fills in some of a message's fields; often all of those of one example type would suffice.</summary>
    /// <param name="oddOneIn">How rarely a value is an odd one.</param>
    public void Fill(Dice dice, IMessage message, int oddOneIn, int depth = 0)
    {
        int emptyOneIn = 2 + dice.Below(12);
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            bool inOneof = field.RealContainingOneof != null;
            if (field.IsMap || (inOneof ? !dice.OneIn(8) : dice.OneIn(emptyOneIn)))
            {
                continue;
            }

            if (field.IsRepeated)
            {
                var list = (IList)field.Accessor.GetValue(message);
                for (int count = dice.OneIn(2) ? 2 : dice.Below(5); count > 0; count--)
                {
                    list.Add(Value(dice, field, oddOneIn, depth));
                }
            }
            else
            {
                field.Accessor.SetValue(message, Value(dice, field, oddOneIn, depth));
            }
        }
    }

    private object Value(Dice dice, FieldDescriptor field, int oddOneIn, int depth)
    {
        bool odd = dice.OneIn(oddOneIn);
        JsonElement known =
            !odd && _known.TryGetValue(field.Name, out List<JsonElement>? values) ? dice.Pick(values) : default;
        switch (field.FieldType)
        {
            case FieldType.String:
                return known.ValueKind == JsonValueKind.String ? known.GetString()! : dice.Pick(OddTexts);
            case FieldType.Bool:
                return dice.OneIn(2);
            case FieldType.Double:
                return known.ValueKind == JsonValueKind.Number ? known.GetDouble() : dice.Pick(OddNumbers);
            case FieldType.Int32:
                return known.ValueKind == JsonValueKind.Number && known.TryGetInt32(out int small)
                    ? small
                    : (int)dice.Pick(OddIntegers);
            case FieldType.Int64:
                return known.ValueKind == JsonValueKind.Number && known.TryGetInt64(out long number)
                    ? number
                    : dice.Pick(OddIntegers);
            case FieldType.Message:
                IMessage message = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                if (depth < MaxDepth)
                {
                    Fill(dice, message, oddOneIn, depth + 1);
                }

                return message;
            default:
                throw new InvalidOperationException($"events.proto has a field of type {field.FieldType}");
        }
    }

    private void Learn(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                Learn(item);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in element.EnumerateObject())
            {
                if (!_known.TryGetValue(member.Name, out List<JsonElement>? values))
                {
                    _known.Add(member.Name, values = []);
                }

                values.Add(member.Value);
                Learn(member.Value);
            }
        }
    }
}
