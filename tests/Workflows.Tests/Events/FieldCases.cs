using System.Globalization;
using Engine.Contracts;
using Engine.Contracts.Events;

namespace Workflows.Tests.Events;

/// <summary>A value of one field, as JSON, and what must become of an event that has it.</summary>
/// <param name="Reason">None where the value is good.</param>
public readonly record struct FieldCase(string Json, DeadLetterReason Reason);

/// <summary>
/// Values of every kind of field: each bound from both sides, and what is no such value at all. What must become of
/// them is the contract's, written here once more.
/// </summary>
internal static class FieldCases
{
    private const DeadLetterReason Good = DeadLetterReason.None,
        Wrong = DeadLetterReason.WrongType,
        Range = DeadLetterReason.OutOfRange,
        Broken = DeadLetterReason.Malformed;

    private const string Deep = "[[[[{\"a\":[]}]]]]";

    public static IEnumerable<FieldCase> Of(FieldKind kind) =>
        kind switch
        {
            IdentifierKind => Identifiers(),
            AddressKind => Addresses(),
            WordKind words => Words(words),
            KeyTextKind text => KeyTexts(text),
            TextKind text => Texts(text),
            IntegerKind integer => Integers(integer),
            NumberKind number => Numbers(number),
            FlagKind => Flags(),
            ViewportKind => Viewports(),
            SizesKind => Sizes(),
            PointsKind => Points(),
            DeviceKind => Devices(),
            EntriesKind entries => Entries(entries),
            ListKind list => Lists(list),
            RecordKind record => Records(record),
            ChannelKind channel => Channels(channel),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no cases of this kind"),
        };

    private static IEnumerable<FieldCase> All(DeadLetterReason reason, params string[] values) =>
        values.Select(value => new FieldCase(value, reason));

    private static string Quote(string text) => $"\"{text}\"";

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string List(string item, int count) => $"[{string.Join(',', Enumerable.Repeat(item, count))}]";

    private static IEnumerable<FieldCase> NoText() =>
        [
            .. All(Wrong, "7", "-1.5", "true", "false", "[]", "{}", "[\"a\"]", Deep),
            .. All(
                Broken,
                "\"\\ud800\"",
                "\"\\ude00\"",
                "\"a\\ud83dx\"",
                "\"\\ud83d\\u0041\"",
                "\"\\ud83d\\n\"",
                "\"\\ude00\\ud83d\"",
                "\"\\ud83d\\ud83d\\ude00\""
            ),
        ];

    private static IEnumerable<FieldCase> Identifiers() =>
        [
            .. NoText(),
            .. All(
                Good,
                Quote("a"),
                Quote(Repeat("x", EventLimits.MaxIdentifierBytes)),
                Quote("!~|<>&'"),
                "\"\\u0061\\u007e\"",
                "\"a\\/b\"",
                Quote(Repeat("\\u0041", EventLimits.MaxIdentifierBytes))
            ),
            .. All(
                Range,
                "\"\"",
                Quote(Repeat("x", EventLimits.MaxIdentifierBytes + 1)),
                Quote(Repeat("\\u0041", EventLimits.MaxIdentifierBytes + 1)),
                Quote(Repeat("x", 5000)),
                Quote("a b"),
                Quote(" a"),
                Quote("a{b"),
                Quote("a}b"),
                Quote("ü"),
                Quote("\u007f"),
                "\"a\\nb\"",
                "\"\\u0000\"",
                "\"\\ud83d\\ude00\""
            ),
        ];

    private static IEnumerable<FieldCase> Texts(TextKind kind)
    {
        IEnumerable<FieldCase> all =
        [
            .. NoText(),
            .. All(
                Good,
                Quote("a b{c}"),
                "\"\"",
                Quote("ü😀"),
                "\"\\ud83d\\ude00\"",
                "\"\\u0000\\n\\\"\\\\\"",
                Quote(Repeat("x", Math.Min(kind.MaxBytes, 100_000)))
            ),
        ];
        return kind.MaxBytes == EventLimits.MaxValueBytes
            ? all
            : all.Concat([
                .. All(Good, Quote(Repeat("ü", kind.MaxBytes / 2))),
                .. All(Good, Quote(Repeat("\\u0041", Math.Min(kind.MaxBytes, 2_000)))),
                .. All(Range, Quote(Repeat("x", kind.MaxBytes + 1)), Quote(Repeat("ü", kind.MaxBytes / 2) + "xx")),
            ]);
    }

    private static IEnumerable<FieldCase> KeyTexts(KeyTextKind kind) =>
        [
            .. NoText(),
            .. All(Good, Quote(kind.Example), Quote($" {kind.Example}\u3000"), Quote(kind.Example.ToUpperInvariant())),
            .. All(Range, "\"\"", "\" \"", "\"\\u00ad\"", Quote(kind.Example + Repeat("x", kind.MaxBytes))),
        ];

    private static IEnumerable<FieldCase> Words(WordKind kind) =>
        [
            .. NoText(),
            .. All(Good, [.. kind.Words.Select(Quote), $"\"\\u{(int)kind.Words[0][0]:x4}{kind.Words[0][1..]}\""]),
            .. All(Range, "\"\"", "\"nose\"", Quote(kind.Words[0].ToUpperInvariant()), Quote(kind.Words[0] + " ")),
        ];

    private static IEnumerable<FieldCase> Addresses() =>
        [
            .. NoText(),
            .. All(
                Good,
                "\"0.0.0.0\"",
                "\"255.255.255.255\"",
                "\"2001:DB8::1\"",
                "\"::\"",
                "\"::ffff:1.2.3.4\"",
                "\"1.2.3\\u002e4\"",
                "\"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255\""
            ),
            .. All(
                Range,
                "\"\"",
                "\"12\"",
                "\"1.2.3\"",
                "\"1.2.3.256\"",
                "\"1.2.3.04\"",
                "\"1.2.3.4:80\"",
                "\"1.2.3.0/24\"",
                "\"[::1]\"",
                "\"fe80::1%eth0\"",
                "\" 1.2.3.4\"",
                Quote(Repeat("1", 300))
            ),
        ];

    private static IEnumerable<FieldCase> Integers(IntegerKind kind) =>
        [
            .. All(Good, Text(kind.Min), Text(kind.Max), Text(kind.Max - 1), "-0"),
            .. All(Range, Text(kind.Min - 1), Text(kind.Max + 1), "99999999999999999999", "-99999999999999999999"),
            .. All(Range, "9223372036854775808", Repeat("9", 400)),
            .. All(Wrong, "1e3", "1E3", "1.0", "1.5", "0.0", "-0.0", "1e999", "1e-3", "1000e-3", "250000.0", "1e300"),
            .. All(Wrong, "\"1\"", "\"\"", "true", "[]", "[1]", "{}", Deep),
        ];

    private static IEnumerable<FieldCase> Numbers(NumberKind kind) =>
        [
            .. All(Good, Text(kind.Min), Text(kind.Max), "0", "-0", "0.5", "1e2", "1E-2", "1.0", "1e-400"),
            .. All(Good, Text(Math.BitDecrement(kind.Max)), Text(Math.BitIncrement(kind.Min))),
            .. All(Range, Text(Math.BitDecrement(kind.Min)), Text(Math.BitIncrement(kind.Max))),
            .. All(Range, Text(kind.Min - 1), Text(kind.Max + 1), "1e999", "-1e999", "1e99999999999", Repeat("9", 400)),
            .. All(Wrong, "\"1\"", "true", "[]", "[1]", "{}", Deep),
        ];

    private static IEnumerable<FieldCase> Flags() =>
        [.. All(Good, "true", "false"), .. All(Wrong, "0", "1", "\"true\"", "\"\"", "[]", "{}", "[true]", Deep)];

    private static IEnumerable<FieldCase> Viewports() =>
        [
            .. All(Good, "[0,0]", "[1280,720]", "[ 1 , 2 ]", "[1000000000,1000000000]", "[-0,0]"),
            .. All(Range, "[-1,0]", "[0,-1]", "[1000000001,0]", "[0,1000000001]", "[99999999999999999999,1]"),
            .. All(Wrong, "[1280.0,720.0]", "[1e3,1]", "[1,2.5]", "[1]", "[1,2,3]", "[]", "[\"1\",2]", "[null,1]"),
            .. All(Wrong, "[[1],2]", "[{},2]", "{}", "7", "\"1280x720\"", "true", Deep),
            .. All(Wrong, "[-1]", "[-1,\"2\"]", "[-1,2.5]", "[1,2,3,4]"),
        ];

    private static IEnumerable<FieldCase> Sizes() =>
        [
            .. All(Good, "[[0,0]]", "[[2147483647,2147483647]]", "[[300,250],[300,250]]"),
            .. All(Good, List("[1,2]", EventLimits.MaxSizes)),
            .. All(Range, "[]", "[[-1,0]]", "[[0,2147483648]]", "[[1,2],[99999999999999999999,1]]"),
            .. All(Range, List("[1,2]", EventLimits.MaxSizes + 1)),
            .. All(Wrong, "[[300.0,250]]", "[[3e2,250]]", "[[1,2.5]]", "[[1]]", "[[1,2,3]]", "[[]]", "[1,2]", "[null]"),
            .. All(Wrong, "{}", "7", "\"300x250\"", "[{}]", "[[1,\"2\"]]", "[[-1,1],[1]]", Deep),
            .. All(Wrong, $"[{List("[1,2]", EventLimits.MaxSizes)[1..^1]},[1,2],7]"),
        ];

    private static IEnumerable<FieldCase> Points() =>
        [
            .. All(
                Good,
                "[[0,1,2]]",
                "[[5,1,2],[5,1,2]]",
                "[[0,-1e9,1e9],[1e9,1000000000,-1000000000]]",
                "[[0.5,1.5,2e1]]"
            ),
            .. All(Good, List("[0,1,2]", EventLimits.MaxPathPoints), "[ [ 0 , 1 , 2 ] ]", "[[-0,0,0]]"),
            .. All(Range, "[]", List("[0,1,2]", EventLimits.MaxPathPoints + 1)),
            .. All(Range, "[[-1,1,2]]", "[[2,0,0],[1,0,0]]", "[[1000000001,0,0]]", "[[0,1000000001,0]]"),
            .. All(Range, "[[0,0,-1000000001]]", "[[0,1e999,0]]", "[[1e99999999999,0,0]]", "[[2,0,0],[1,0,0],[3,0,0]]"),
            .. All(Wrong, "[[0,1]]", "[[0,1,2,3]]", "[[]]", "[[0,1,\"2\"]]", "[[0,1,null]]", "[0,1,2]", "[null]"),
            .. All(Wrong, "{}", "7", "\"\"", "[{}]", "[[0,1,2],5]", "[[0,[1],2]]", "[[-1,0,0],[1]]", Deep),
            .. All(Wrong, $"[{List("[0,1,2]", EventLimits.MaxPathPoints)[1..^1]},[0,1,2],7]"),
        ];

    private static IEnumerable<FieldCase> Devices() =>
        [
            .. All(
                Good,
                "{}",
                "{\"make\":\"\"}",
                "{\"make\":null}",
                "{\"osv\":14}",
                "{\"osv\":1.50e1}",
                "{\"more\":[1]}"
            ),
            .. All(Good, $"{{\"make\":\"{Repeat("ü", 64)}\"}}", $"{{\"language\":\"{Repeat("x", 128)}\"}}"),
            .. All(Good, $"{{\"os\":{Repeat("9", 128)}}}", "{\"make\":[],\"make\":\"a\"}", "{\"m\\u0061ke\":\"a\"}"),
            .. All(Good, "{\"\\ud800\":\"a\"}", "{\"more\":\"\\ud800\"}", $"{{\"make\":\"{Repeat("\\u0041", 128)}\"}}"),
            .. All(Range, $"{{\"make\":\"{Repeat("ü", 64)}x\"}}", $"{{\"language\":\"{Repeat("x", 129)}\"}}"),
            .. All(Range, $"{{\"os\":{Repeat("9", 129)}}}", $"{{\"make\":\"{Repeat("\\u0041", 129)}\"}}"),
            .. All(Wrong, "{\"make\":true}", "{\"make\":[]}", "{\"model\":{}}", "{\"make\":\"a\",\"make\":false}"),
            .. All(Wrong, "[]", "7", "\"Acme\"", "true", Deep),
            .. All(Broken, "{\"make\":\"\\ud800\"}", "{\"language\":\"\\ude00\"}"),
        ];

    private static IEnumerable<FieldCase> Entries(EntriesKind kind)
    {
        IEnumerable<FieldCase> all =
        [
            .. All(Good, "{}", "{\"a\":\"b\",\"c\":1,\"d\":true,\"e\":2.5}", "{\"a\":null}", "{\"a\":[1],\"a\":\"x\"}"),
            .. All(Good, "{\"\\u0061\":\"\\ud83d\\ude00\"}"),
            .. All(Wrong, "[]", "7", "\"a\"", "true", Deep),
            .. All(Broken, "{\"a\":\"\\ud800\"}", "{\"\\ud800\":1}", "{\"a\":1,\"\\ude00\":null}"),
        ];
        if (kind.Values == EntryValues.Anything)
        {
            return all.Concat(All(Good, "{\"a\":[1,{\"b\":null}]}", "{\"\":1}", "{\"a\":1e999}"));
        }

        string many = string.Join(',', Enumerable.Range(0, kind.Max).Select(i => $"\"n{i}\":{i}"));
        return
        [
            .. all,
            .. All(Good, $"{{{many}}}", $"{{{many},\"n0\":7}}", $"{{{many},\"more\":null}}"),
            .. All(Good, $"{{\"{Repeat("n", kind.MaxNameBytes)}\":\"{Repeat("v", kind.MaxTextBytes)}\"}}"),
            .. All(Good, $"{{\"{Repeat("ü", kind.MaxNameBytes / 2)}\":\"{Repeat("ü", kind.MaxTextBytes / 2)}\"}}"),
            .. All(Range, $"{{{many},\"more\":1}}", "{\"\":1}", $"{{\"{Repeat("n", kind.MaxNameBytes + 1)}\":1}}"),
            .. All(Range, $"{{\"{Repeat("ü", kind.MaxNameBytes / 2)}x\":1}}"),
            .. All(Range, $"{{\"a\":\"{Repeat("v", kind.MaxTextBytes + 1)}\"}}"),
            .. All(Range, $"{{\"a\":\"{Repeat("ü", kind.MaxTextBytes / 2)}x\"}}"),
            .. All(kind.Values == EntryValues.AsText ? Good : Range, "{\"a\":1e999}", "{\"a\":1e99999999999}"),
            .. All(
                kind.Values == EntryValues.AsText ? Range : Good,
                $"{{\"a\":1{Repeat("0", kind.MaxTextBytes < 300 ? 256 : 300)}}}"
            ),
            .. All(Wrong, "{\"a\":[]}", "{\"a\":{\"b\":1}}", "{\"a\":1,\"a\":[]}", "{\"b\":{},\"c\":[1]}"),
        ];
    }

    private static IEnumerable<FieldCase> Lists(ListKind kind)
    {
        FieldCase[] each = [.. Of(kind.Of)];
        string good = each.First(value => value.Reason == Good).Json;
        return
        [
            .. All(Good, $"[{good}]", "[]", $"[ {good} , {good} ]", List(good, kind.Max)),
            .. All(Range, List(good, kind.Max + 1)),
            .. All(Wrong, "{}", "7", "\"a\"", "true", "[null]", $"[{good},null]"),
            .. each.Select(value => new FieldCase($"[{good},{value.Json}]", value.Reason)),
        ];
    }

    private static IEnumerable<FieldCase> Records(RecordKind kind)
    {
        Dictionary<string, FieldCase[]> fields = kind.Fields.ToDictionary(
            field => field.Name,
            field => Of(field.Kind).ToArray()
        );
        string With(string name, string json) =>
            Object(fields.Select(one => $"\"{one.Key}\":{(one.Key == name ? json : GoodOf(one.Value))}"));
        string required = string.Join(
            ',',
            kind.Fields.Where(field => field.IsRequired)
                .Select(field => $"\"{field.Name}\":{GoodOf(fields[field.Name])}")
        );
        return
        [
            .. All(Good, $"{{{required}}}", With("", ""), $"{{{required},\"more\":[{{}}],\"\\ud800\":1}}"),
            .. All(Wrong, "[]", "7", "\"a\"", "true", Deep),
            .. kind.Fields.Select(field => new FieldCase(
                With(field.Name, "null"),
                field.IsRequired ? DeadLetterReason.MissingField : Good
            )),
            .. kind.Fields.SelectMany(field =>
                fields[field.Name].Select(value => new FieldCase(With(field.Name, value.Json), value.Reason))
            ),
        ];
    }

    private static string Object(IEnumerable<string> members) => $"{{{string.Join(',', members)}}}";

    private static string GoodOf(FieldCase[] values) => values.First(value => value.Reason == Good).Json;

    private static IEnumerable<FieldCase> Channels(ChannelKind kind)
    {
        string way = kind.Ways[0];
        return
        [
            .. kind.Ways.Select(one => new FieldCase($"{{\"{one}\":\"a\"}}", Good)),
            .. All(
                Good,
                $"{{\"{way}\":\"{Repeat("x", EventLimits.MaxAddressBytes)}\"}}",
                $"{{\"\\u{(int)way[0]:x4}{way[1..]}\":\"ü\"}}"
            ),
            .. All(
                Range,
                "{}",
                "{\"fax\":\"a\"}",
                $"{{\"{way}\":\"a\",\"{kind.Ways[1]}\":\"a\"}}",
                $"{{\"{way}\":\"a\",\"{way}\":\"a\"}}",
                $"{{\"{way}\":\"a\",\"fax\":\"a\"}}",
                $"{{\"{way}\":\"\"}}",
                $"{{\"{way}\":\"{Repeat("x", EventLimits.MaxAddressBytes + 1)}\"}}"
            ),
            .. All(Wrong, "[]", "7", "\"a\"", $"{{\"{way}\":7}}", $"{{\"{way}\":null}}", Deep),
            .. All(Broken, $"{{\"{way}\":\"\\ud800\"}}"),
        ];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
