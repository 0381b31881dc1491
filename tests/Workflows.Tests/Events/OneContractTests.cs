using System.Text;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Workflows;
using Xunit;

namespace Workflows.Tests.Events;

/// <summary>
/// HTTP and the engine take the same events, and refuse the others for the same reason: every bound of every field of
/// every event from both sides, and whatever else may be wrong with a value, to both.
/// </summary>
public sealed class OneContractTests : IDisposable
{
    private readonly EngineChecks _engine = new();
    private int _encoded;

    public static TheoryData<string> Types => [.. WorkflowEvents.All.All.Select(schema => schema.Type)];

    /// <summary>Whether the example misses a field without which an event can't be used: it has one of two that make
    /// a key.</summary>
    private static bool IsNeeded(EventSchema schema, EventField field) =>
        field.IsRequired || (schema.Derived != null && field == schema.Key);

    [Theory]
    [MemberData(nameof(Types))]
    public void Its_example_is_good_with_all_its_fields_and_with_the_required_ones_alone(string type)
    {
        EventSchema schema = WorkflowEvents.All.Of(type)!;
        Both(schema, schema.Example, DeadLetterReason.None);
        Both(
            schema,
            Event(
                schema,
                schema.Fields.Where(field => !IsNeeded(schema, field)).ToDictionary(field => field.Name, _ => "")
            ),
            DeadLetterReason.None
        );
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_value_of_every_field_has_one_outcome(string type)
    {
        EventSchema schema = WorkflowEvents.All.Of(type)!;
        foreach (EventField field in schema.Fields)
        {
            string good = Values(schema).GetValueOrDefault(field.Name) ?? Good(field);
            foreach (FieldCase value in FieldCases.Of(field.Kind))
            {
                Both(schema, With(schema, field, value.Json), value.Reason, field);
                // Of two the last counts, wherever the first stands.
                Both(schema, Twice(schema, field, value.Json, good), DeadLetterReason.None);
                Both(schema, Twice(schema, field, good, value.Json), value.Reason, field);
            }
            DeadLetterReason absent = IsNeeded(schema, field) ? DeadLetterReason.MissingField : DeadLetterReason.None;
            Both(schema, With(schema, field, ""), absent, field);
            Both(schema, With(schema, field, "null"), absent, field);
            Both(schema, Twice(schema, field, good, "null"), absent, field);
            Both(schema, Twice(schema, field, "null", good), DeadLetterReason.None);
            // The name may have escapes, and none that are broken.
            Both(schema, Escaped(With(schema, field, good), field.Name), DeadLetterReason.None);
            Both(
                schema,
                With(schema, field, good).Replace($"\"{field.Name}\":", "\"\\ud800\":", StringComparison.Ordinal),
                absent,
                field
            );
        }
        // What Protobuf can say was said in it, too.
        Assert.InRange(_encoded, 10 * schema.Fields.Count, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Of_two_wrong_fields_both_ends_tell_the_same(string type)
    {
        EventSchema schema = WorkflowEvents.All.Of(type)!;
        foreach (EventField one in schema.Fields)
        {
            foreach (EventField other in schema.Fields.Where(other => other != one))
            {
                foreach (string second in new[] { "{\"make\":true}", "[[7]]", "\"\\ud800\"", "" })
                {
                    string json = Event(
                        schema,
                        new() { [one.Name] = one.IsRequired ? "" : "[[[]]]", [other.Name] = second }
                    );
                    Both(schema, json, expected: null);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_is_wrong_with_the_whole_has_one_outcome(string type)
    {
        EventSchema schema = WorkflowEvents.All.Of(type)!;
        string good = schema.Example;
        const DeadLetterReason None = DeadLetterReason.None,
            Broken = DeadLetterReason.Malformed;
        foreach (
            (string json, DeadLetterReason? reason) in new (string, DeadLetterReason?)[]
            {
                ("", Broken),
                (" ", Broken),
                ("null", Broken),
                ("[]", Broken),
                ("7", Broken),
                ("\"a\"", Broken),
                ("{", Broken),
                ("{}", DeadLetterReason.MissingField),
                ($"[{good}]", Broken),
                ($"{good} {good}", Broken),
                ($"{good}x", Broken),
                ($"{good},", Broken),
                ($"{good[..^1]},}}", Broken),
                ($"{good[..^1]},\"more\":01}}", Broken),
                ($"{good[..^1]},\"more\":NaN}}", Broken),
                ($"{good[..^1]},\"more\":'a'}}", Broken),
                ($"{good[..^1]},\"more\":\"\t\"}}", Broken),
                ($"{good[..^1]},\"more\":\"\\x\"}}", Broken),
                ($"/**/{good}", Broken),
                ($"\uFEFF{good}", Broken),
                ($"\r\n\t {good}\r\n\t ", None),
                ($"{good[..^1]},\"more\":\"\\ud800\"}}", None),
                ($"{good[..^1]},\"\\ud800\":1}}", None),
                ($"{good[..^1]},\"more\":{Nested('[', 63, ']')}}}", None),
                ($"{good[..^1]},\"more\":{Nested('[', 64, ']')}}}", Broken),
                ($"{good[..^1]},\"more\":{Nested('[', 100_000, ' ')}}}", Broken),
                (good.Replace($"\"type\":\"{type}\",", ""), DeadLetterReason.MissingField),
                (good.Replace($"\"type\":\"{type}\"", "\"type\":null"), DeadLetterReason.MissingField),
                (good.Replace($"\"type\":\"{type}\"", "\"type\":7"), DeadLetterReason.WrongType),
                (good.Replace($"\"type\":\"{type}\"", "\"type\":[]"), DeadLetterReason.WrongType),
                (good.Replace($"\"type\":\"{type}\"", "\"type\":\"\""), DeadLetterReason.UnknownType),
                (good.Replace($"\"type\":\"{type}\"", "\"type\":\"no-such-event\""), DeadLetterReason.UnknownType),
                (good.Replace($"\"type\":\"{type}\"", "\"type\":\"\\ud800\""), Broken),
                (good.Replace($"\"type\":\"{type}\"", $"\"type\":\"\\u{(int)type[0]:x4}{type[1..]}\""), None),
                (good.Replace($"\"type\":\"{type}\"", $"\"type\":7,\"type\":\"{type}\""), None),
                ($"{good[..^1]},\"type\":7}}", DeadLetterReason.WrongType),
                ($"{good.Replace($"\"type\":\"{type}\",", "")[..^1]},\"type\":\"{type}\"}}", None),
                (good.PadRight(EventLimits.MaxValueBytes - (Encoding.UTF8.GetByteCount(good) - good.Length)), None),
                (
                    good.PadRight(EventLimits.MaxValueBytes + 1 - (Encoding.UTF8.GetByteCount(good) - good.Length)),
                    DeadLetterReason.TooLarge
                ),
            }
        )
        {
            Both(schema, json, reason);
        }

        byte[] bytes = Encoding.UTF8.GetBytes(good);
        for (int length = 0; length < bytes.Length; length++)
        {
            Both(schema, bytes[..length], Broken);
        }

        foreach (byte wrong in new byte[] { 0, (byte)'"', (byte)'\\', (byte)'{', (byte)']', (byte)'0', 0x80, 0xFF })
        {
            for (int at = 0; at < bytes.Length; at++)
            {
                byte[] bad = [.. bytes];
                bad[at] = wrong;
                Both(schema, bad, expected: null);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Headers_have_one_outcome(string type)
    {
        EventSchema schema = WorkflowEvents.All.Of(type)!;
        string untyped = schema.Example.Replace($"\"type\":\"{type}\"", "\"type\":7");
        bool hasId = schema.Field("id") != null;
        foreach (
            (string name, string value, DeadLetterReason reason) in new[]
            {
                ("ce_type", type, DeadLetterReason.None),
                ("ce_type", "no-such-event", DeadLetterReason.UnknownType),
                ("ce_type", "", DeadLetterReason.WrongType),
                ("ce_id", "a b", hasId ? DeadLetterReason.OutOfRange : DeadLetterReason.None),
                ("ce_id", "a-1", DeadLetterReason.None),
                ("ce_time", "2026-11-22T09:00:00Z", DeadLetterReason.None),
                ("ce_time", "", DeadLetterReason.Malformed),
                ("ce_time", "14:03", DeadLetterReason.Malformed),
                ("ce_time", "03/04/2026", DeadLetterReason.Malformed),
                ("ce_time", "1960-01-01T00:00:00Z", DeadLetterReason.OutOfRange),
            }
        )
        {
            (string, string)[] headers = name == "ce_type" ? [(name, value)] : [("ce_type", type), (name, value)];
            Both(schema, Encoding.UTF8.GetBytes(untyped), reason, headers: headers);
        }
    }

    public void Dispose() => _engine.Dispose();

    private void Both(EventSchema schema, string json, DeadLetterReason? expected, EventField? field = null) =>
        Both(schema, Encoding.UTF8.GetBytes(json), expected, field);

    /// <summary>What HTTP says of an event, and what the engine makes of it.</summary>
    private void Both(
        EventSchema schema,
        byte[] json,
        DeadLetterReason? expected,
        EventField? field = null,
        params (string, string)[] headers
    )
    {
        // By HTTP any event may come, in a topic only its own.
        var events = new EventCatalog(WorkflowEvents.All.All.Where(other => other.Topic == schema.Topic));
        EventFindings http = EventCheck.Inspect(json, events, EngineChecks.Headers(headers));
        (DeadLetterReason Reason, string? Detail) engine = _engine.Read(schema.Topic, json, headers);
        Assert.True(
            http.Reason == engine.Reason
                && (
                    http.Detail == engine.Detail
                    || http.Reason is DeadLetterReason.Malformed or DeadLetterReason.TooLarge
                ),
            $"{schema}: HTTP says {http.Reason} {http.Detail}, the engine {engine} of {Shown(json)}"
        );
        if (headers.Length == 0)
        {
            string? word = Engine.Client.Checks.EventCheck.Inspect(json, WorkflowEvents.All).Reason;
            Assert.True(
                word == (http.IsGood ? null : http.Reason.Word()) || http.Reason == DeadLetterReason.UnknownType,
                $"ingest says {word} of {Encoding.UTF8.GetString(json)}"
            );
        }
        if (expected is { } reason)
        {
            Assert.True(reason == http.Reason, $"{http.Reason} {http.Detail} should be {reason}: {Shown(json)}");
            if (field != null && reason != DeadLetterReason.None)
            {
                Assert.Equal(field.Name, http.Detail!.Split('.')[0]);
            }
        }
        if (expected is { } of && of is not (DeadLetterReason.Malformed or DeadLetterReason.TooLarge))
        {
            Protobuf(schema, json, of, headers);
        }
    }

    private void Protobuf(EventSchema schema, byte[] json, DeadLetterReason expected, (string, string)[] headers)
    {
        if (headers.Length > 0)
        {
            return;
        }

        using JsonDocument document = JsonDocument.Parse(json);
        byte[]?[] values;
        try
        {
            JsonElement root = document.RootElement;
            // A message of the event's own says its type, so there it can't be wrong.
            bool isTyped = root.TryGetProperty("type", out JsonElement type) && type.ValueEquals(schema.Type);
            values = [EventProtobuf.Flat(schema, root), isTyped ? EventProtobuf.Own(schema, root) : null];
        }
        catch (InvalidOperationException)
        {
            return; // a name that is no text, which Protobuf can't say, or a type that is none
        }

        foreach (byte[]? value in values)
        {
            if (value is not { Length: > 0 and <= EventLimits.MaxValueBytes })
            {
                continue;
            }

            (DeadLetterReason Reason, string? Detail) engine = _engine.Read(
                schema.Topic,
                value,
                ("content-type", "application/protobuf")
            );
            Assert.True(expected == engine.Reason, $"Protobuf: {engine} should be {expected}: {Shown(json)}");
            _encoded++;
        }
    }

    private static string Shown(byte[] json)
    {
        string text = Encoding.UTF8.GetString(json);
        return text.Length > 600 ? text[..600] + "…" : text;
    }

    /// <summary>The example's fields with their JSON.</summary>
    private static Dictionary<string, string> Values(EventSchema schema)
    {
        using JsonDocument example = JsonDocument.Parse(schema.Example);
        return example.RootElement.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetRawText());
    }

    private static string Good(EventField field) =>
        FieldCases.Of(field.Kind).First(value => value.Reason == DeadLetterReason.None).Json;

    /// <summary>The example with other values; an empty one leaves the field out.</summary>
    private static string Event(EventSchema schema, Dictionary<string, string> with)
    {
        Dictionary<string, string> values = Values(schema);
        foreach ((string name, string json) in with)
        {
            values[name] = json;
        }

        IEnumerable<string> members = values
            .Where(one => one.Value.Length > 0)
            .Select(one => $"\"{one.Key}\":{one.Value}");
        return $"{{{string.Join(',', members)}}}";
    }

    private static string With(EventSchema schema, EventField field, string json) =>
        Event(schema, new() { [field.Name] = json });

    private static string Twice(EventSchema schema, EventField field, string first, string last)
    {
        string rest = With(schema, field, "");
        return $"{{\"{field.Name}\":{first},{rest[1..^1]},\"{field.Name}\":{last}}}";
    }

    private static string Escaped(string json, string name) =>
        json.Replace($"\"{name}\":", $"\"\\u{(int)name[0]:x4}{name[1..]}\":", StringComparison.Ordinal);

    private static string Nested(char open, int count, char close) =>
        new string(open, count) + new string(close, count);
}
