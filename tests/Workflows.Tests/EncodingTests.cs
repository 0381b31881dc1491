using System.Text.Json;
using Engine.Contracts.Protobuf;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Workflows.Tests.Bindings;
using Workflows.Tests.Priority;
using Xunit;

namespace Workflows.Tests;

/// <summary>The same events in JSON and in Protobuf: the same results, counts, memory and dead letters.</summary>
public sealed class EncodingTests
{
    [Fact]
    public void Bindings_in_Protobuf_become_what_they_become_in_JSON()
    {
        const string Measure =
            """{"title":"Scale","operations":{"weigh":{"prompt":{"kilos":{"type":"number","min":0.5,"max":9.5},"pieces":{"type":"integer"},"note":{"type":"text","max":8}}}}}""";
        (string, string)[] settings = [("page/scale", Measure), ("binding-reason/network.accounts", """{"limit":2}""")];
        BindingLog json = new(settings),
            protobuf = new(settings);
        int id = 0;
        foreach (
            string values in new[]
            {
                """{"kilos":2.5,"pieces":3,"note":"grüße"}""",
                """{"kilos":2,"pieces":3,"note":""}""",
                """{"kilos":0.5,"pieces":-9223372036854775808,"note":"x","more":true}""",
                """{"kilos":"2.5","pieces":3,"note":"x"}""",
                """{"kilos":2.5,"pieces":3.5,"note":"x"}""",
                """{"kilos":2.5,"pieces":true,"note":7}""",
                """{"kilos":9.75,"pieces":3,"note":"too long a note"}""",
                """{"kilos":null,"pieces":3,"note":null}""",
                "{}",
            }
        )
        {
            Bind(values);
        }
        // Suspects, a duplicate, a used code, a forged one, one of another page, and an event time that isn't believed.
        string used = Bind("""{"kilos":1,"pieces":1,"note":"x"}""", second: "acc-1", ip: "203.0.113.1");
        for (int i = 0; i < 3; i++)
        {
            Bind("""{"kilos":1,"pieces":1,"note":"x"}""", second: $"acc-{i + 5}", ip: "203.0.113.1");
        }

        id--;
        Bind("""{"kilos":1,"pieces":1,"note":"x"}""");
        Bind("{}", code: used);
        Bind("{}", code: "nonsense");
        Bind("{}", page: "poster-7");
        Bind("""{"kilos":1,"pieces":1,"note":"x"}""", time: DeciderRun.Start + 86_400_000);
        // What is no event is none, and for the same reason.
        foreach (
            string wrong in new[]
            {
                """{"type":"binding","id":"w-1","time":1795338000000,"page":"scale","code":"x"}""",
                """{"type":"binding","id":"w-2","page":"scale","code":"x","account":"a"}""",
                """{"type":"binding","id":"w-3","time":1795338000000,"page":"scale","code":"x","account":"a b"}""",
                """{"type":"binding","id":"w-4","time":1795338000000,"page":"scale","code":"x","account":"a","ip":"nowhere"}""",
                """{"type":"binding","id":"w-5","time":-1,"page":"scale","code":"x","account":"a"}""",
                """{"type":"message","id":"w-6","time":1795338000000,"page":"scale","code":"x","account":"a"}""",
            }
        )
        {
            Both(json.Run, protobuf.Run, wrong, "scale");
        }

        Equal(json.Run, protobuf.Run);
        string outcomes = string.Join(
            ' ',
            json.Run.Values.Values.Select(value => BindingLog.Outcome(JsonDocument.Parse(value).RootElement))
        );
        Assert.All(
            [
                "counted",
                "account.self",
                "network.accounts",
                "prompt.missing",
                "prompt.type",
                "prompt.range",
                "code.used",
                "code.forged",
                "code.page",
            ],
            word => Assert.Contains(word, outcomes)
        );
        Assert.Equal((6, 1), (json.Run.DeadLetters.Count, (int)json.Run.Counts.Duplicates));

        string Bind(
            string values,
            string? code = null,
            string second = "acc-2",
            string page = "scale",
            string? ip = null,
            long? time = null
        )
        {
            json.Run.Now = protobuf.Run.Now += 1000;
            code ??= json.Code("acc-1", "scale", "weigh", Scale);
            string e = json.Event($"b-{id++}", code, second, values, page, ip)
                .Replace($"\"time\":{json.Run.Now}", $"\"time\":{time ?? json.Run.Now}");
            Both(json.Run, protobuf.Run, e, page);
            return code;
        }
    }

    private static Engine.Workflows.Bindings.Codes.PromptField[] Scale { get; } =
    [
        new("kilos", Engine.Workflows.Bindings.Codes.PromptType.Number, MinNumber: 0.5, MaxNumber: 9.5),
        new("pieces", Engine.Workflows.Bindings.Codes.PromptType.Integer, Min: long.MinValue, Max: long.MaxValue),
        new("note", Engine.Workflows.Bindings.Codes.PromptType.Text, Characters: 8),
    ];

    [Fact]
    public void Processes_in_Protobuf_become_what_they_become_in_JSON()
    {
        ProcessLog json = new(),
            protobuf = new();
        foreach (
            (string type, string more) in new[]
            {
                ("started", ""","context":{"tier":"silver","lost_micros":1,"invalid_share":0.25,"vip":true}"""),
                ("context", ""","context":{"tier":null,"lost_micros":60000000}"""),
                ("context", ""","context":{"lost_micros":"many","invalid_share":1}"""),
                ("context", ""),
                ("taken", ""","worker":"w-1" """),
                ("taken", ""),
                ("finished", ""),
            }
        )
        {
            json.Run.Now = protobuf.Run.Now += 7_000;
            Both(
                json.Run,
                protobuf.Run,
                $$"""{"type":"process-{{type}}","process":"p","instance":"i","time":{{json.Run.Now}}{{more}}}""",
                "i"
            );
        }
        Equal(json.Run, protobuf.Run);
        Assert.Equal(2, json.Run.DeadLetters.Count);
        Assert.Equal("finished", json.State());
    }

    private static void Both(DeciderRun json, DeciderRun protobuf, string e, string key)
    {
        json.Send(e, key);
        protobuf.Send(Protobuf(e), key, ("content-type", "application/protobuf"));
    }

    private static void Equal(DeciderRun json, DeciderRun protobuf)
    {
        Assert.Equal(json.Values, protobuf.Values);
        Assert.Equal(json.Hashes, protobuf.Hashes);
        Assert.Equal(json.Sets, protobuf.Sets);
        Assert.Equal(json.Remembered, protobuf.Remembered);
        Assert.Equal(json.Published, protobuf.Published);
        Assert.Equal(json.DeadLetters, protobuf.DeadLetters);
        Assert.Equal(
            (json.Counts.Decided, json.Counts.Duplicates, json.Counts.KeysMismatched),
            (protobuf.Counts.Decided, protobuf.Counts.Duplicates, protobuf.Counts.KeysMismatched)
        );
    }

    /// <summary>An event as a producer would build it who has the schema.</summary>
    private static byte[] Protobuf(string json)
    {
        var e = new Engine.Contracts.Protobuf.WorkflowEvent();
        foreach (JsonProperty property in JsonDocument.Parse(json).RootElement.EnumerateObject())
        {
            switch (property.Name)
            {
                case "time":
                    e.Time = property.Value.GetInt64();
                    break;
                case "values":
                    Fill(e.Values, property.Value);
                    break;
                case "context":
                    Fill(e.Context, property.Value);
                    break;
                default:
                    Engine
                        .Contracts.Protobuf.WorkflowEvent.Descriptor.FindFieldByName(property.Name)
                        .Accessor.SetValue(e, property.Value.GetString()!);
                    break;
            }
        }
        return e.ToByteArray();
    }

    private static void Fill(MapField<string, Value> map, JsonElement from)
    {
        foreach (JsonProperty one in from.EnumerateObject())
        {
            map[one.Name] = one.Value.ValueKind switch
            {
                JsonValueKind.String => new Value { Text = one.Value.GetString()! },
                JsonValueKind.Number => one.Value.TryGetInt64(out long whole)
                    ? new Value { Integer = whole }
                    : new Value { Number = one.Value.GetDouble() },
                JsonValueKind.True or JsonValueKind.False => new Value { Flag = one.Value.GetBoolean() },
                _ => new Value(),
            };
        }
    }
}
