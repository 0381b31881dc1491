using System.Text;
using System.Text.Json;

namespace Fuzz.Tests.Inputs;

/// <summary>Makes JSON objects of the members of examples: in another order, without some, with some twice, with values
/// of other members or odd ones, with spaces.</summary>
internal sealed class JsonObjects
{
    /// <summary>Tokens of JSON, for mutations.</summary>
    public static readonly string[] Tokens =
    [
        .. "{ } [ ] , : \" \\ null true false 0 -1 1e999 -0.0 1E-7 0x1 +1 01 .5 NaN \\u0000 {\"a\":".Split(' '),
        "\\ud83d",
        "\\ude00",
        "\"type\":",
        "\u00e9",
        "\U0001F600",
        "\uFEFF",
        " ",
        "\n",
        "/**/",
        "//",
    ];

    private static readonly string[] Odd =
    [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1",
        "1",
        "1.0",
        "1e0",
        "0.1",
        "1e999",
        "-1e999",
        "1e-400",
        "2147483648",
        "253402300799999",
        "253402300800000",
        "9223372036854775807",
        "9223372036854775808",
        "123456789012345678901234567890",
        "1000000000001",
        "\"\"",
        "\" \"",
        "\"a\"",
        "\"a b\"",
        "\"\\u0061\"",
        "\"\\ud83d\"",
        "\"\\ude00\\ud83d\"",
        "\"\\ud83d\\ude00\"",
        "\"\u00e9\"",
        "\"\\u0000\"",
        "\"1.2.3.4\"",
        "\"::1\"",
        "\"::ffff:1.2.3.4\"",
        "\"1.2.3\"",
        "\"fe80::1%eth0\"",
        "\"" + new string('a', 64) + "\"",
        "\"" + new string('a', 65) + "\"",
        "\"" + new string('x', 2049) + "\"",
        "[]",
        "[1]",
        "[1,2]",
        "[1,2,3]",
        "[[0,0,0]]",
        "[[0,1,2],[1,2,3]]",
        "[[1,1,2],[0,2,3]]",
        "[[0,1,1e999]]",
        "[-1,1e300]",
        "[1.5,2]",
        "{}",
        "{\"a\":{\"b\":[]}}",
        "{\"make\":\"m\",\"model\":7}",
        "{\"make\":\"\\ud83d\",\"os\":null}",
    ];

    private readonly (string Name, byte[] Value)[][] _examples;
    private readonly string[] _names;
    private readonly byte[][] _values;

    public JsonObjects(IEnumerable<string> examples)
    {
        _examples = [.. examples.Select(Members)];
        _names = [.. _examples.SelectMany(example => example.Select(member => member.Name)).Distinct()];
        _values = [.. _examples.SelectMany(example => example.Select(member => member.Value))];
    }

    public void Make(Dice dice, InputBuffer into)
    {
        List<(string Name, byte[] Value)> members = [.. dice.Pick(_examples)];
        for (int changes = dice.Below(4); changes > 0 && members.Count > 0; changes--)
        {
            int at = dice.Below(members.Count);
            switch (dice.Below(6))
            {
                case 0:
                    members.RemoveAt(at);
                    break;
                case 1:
                    members.Add((members[at].Name, Value(dice)));
                    break;
                case 2:
                    members.Insert(at, (dice.Pick(_names), Value(dice)));
                    break;
                case 3:
                    int other = dice.Below(members.Count);
                    (members[at], members[other]) = (members[other], members[at]);
                    break;
                default:
                    members[at] = (members[at].Name, Value(dice));
                    break;
            }
        }

        Write(dice, members, into);
    }

    private byte[] Value(Dice dice) => dice.OneIn(3) ? dice.Pick(_values) : Encoding.UTF8.GetBytes(dice.Pick(Odd));

    private static void Write(Dice dice, List<(string Name, byte[] Value)> members, InputBuffer into)
    {
        bool spaced = dice.OneIn(4);
        into.Add((byte)'{');
        for (int i = 0; i < members.Count; i++)
        {
            if (i > 0)
            {
                into.Add((byte)',');
            }

            Space(dice, spaced, into);
            into.Add((byte)'"').Add(Encoding.UTF8.GetBytes(members[i].Name)).Add((byte)'"');
            Space(dice, spaced, into);
            into.Add((byte)':');
            Space(dice, spaced, into);
            into.Add(members[i].Value);
        }

        into.Add((byte)'}');
    }

    private static void Space(Dice dice, bool spaced, InputBuffer into)
    {
        for (int count = spaced ? dice.Below(4) : 0; count > 0; count--)
        {
            into.Add(" \t\r\n"u8[dice.Below(4)]);
        }
    }

    private static (string, byte[])[] Members(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return
        [
            .. document
                .RootElement.EnumerateObject()
                .Select(member => (member.Name, Encoding.UTF8.GetBytes(member.Value.GetRawText()))),
        ];
    }
}
