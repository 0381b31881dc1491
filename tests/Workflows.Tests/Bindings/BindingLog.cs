using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Workflows.Bindings;
using Engine.Workflows.Bindings.Codes;
using Engine.Workflows.Bindings.Decision;

namespace Workflows.Tests.Bindings;

/// <summary>A partition of <c>bindings</c> with a page, and codes for it, made as the engine makes them.</summary>
internal sealed class BindingLog
{
    public const string Stats = "stats:binding:poster-7:{bindings-0}";

    public const string Poster = """
        {"title":"Tip the barista","operations":{"pay":{"prompt":{"amount_micros":{"type":"integer","min":10000,"max":50000000},
         "remark":{"type":"text","max":80,"optional":true}}},"hello":{}},"code_ttl_s":300}
        """;

    private int _nonce;

    public BindingLog(params (string Key, string Json)[] more) =>
        Run = new DeciderRun(new BindingsWorkflow(), new BindingDecider(Keys), [("page/poster-7", Poster), .. more]);

    public static CodeKeys Keys { get; } =
        new([
            [.. Enumerable.Range(1, 32).Select(i => (byte)i)],
        ]);

    public static IReadOnlyList<PromptField> PayPrompt { get; } =
    [
        new("amount_micros", PromptType.Integer, Min: 10_000, Max: 50_000_000),
        new("remark", PromptType.Text, IsOptional: true, Characters: 80),
    ];

    public DeciderRun Run { get; }

    /// <summary>Fields of the page's hash.</summary>
    public Dictionary<string, string> Counts => Run.Hashes.GetValueOrDefault(Stats, []);

    /// <summary>A code that a first client got now.</summary>
    public string Code(
        string first = "acc-1",
        string page = "poster-7",
        string operation = "pay",
        IReadOnlyList<PromptField>? prompt = null,
        CodeKeys? keys = null
    ) => (keys ?? Keys).Sign(Contents(first, page, operation, prompt));

    public OperationBindingCode Contents(
        string first = "acc-1",
        string page = "poster-7",
        string operation = "pay",
        IReadOnlyList<PromptField>? prompt = null
    ) =>
        new(
            page,
            operation,
            first,
            prompt ?? PayPrompt,
            (++_nonce).ToString("x20"),
            OperationBindingCode.ExpiryOf(Run.Now, TimeSpan.FromSeconds(300))
        );

    /// <summary>Sends a binding, a second later than the one before, and gives what became of it.</summary>
    public JsonElement Bind(
        string id,
        string code,
        string second = "acc-2",
        string values = """{"amount_micros":1000000,"remark":"thanks"}""",
        string page = "poster-7",
        string? ip = null
    )
    {
        Run.Now += 1000;
        Run.Send(Event(id, code, second, values, page, ip), page);
        return Result(id);
    }

    public string Event(
        string id,
        string code,
        string second = "acc-2",
        string? values = """{"amount_micros":1000000}""",
        string page = "poster-7",
        string? ip = null
    )
    {
        var e = new JsonObject
        {
            ["type"] = "binding",
            ["id"] = id,
            ["time"] = Run.Now,
            ["page"] = page,
            ["code"] = code,
            ["account"] = second,
        };
        if (values != null)
        {
            e["values"] = JsonNode.Parse(values);
        }

        if (ip != null)
        {
            e["ip"] = ip;
        }

        return e.ToJsonString();
    }

    public JsonElement Result(string id) => JsonDocument.Parse(Run.Values[$"binding:{id}"]).RootElement;

    /// <summary><c>counted</c>, <c>suspect: reasons</c>, <c>refused: reasons</c>.</summary>
    public static string Outcome(JsonElement result)
    {
        string reasons = string.Join(
            ' ',
            result.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString())
        );
        return result.GetProperty("outcome").GetString() + (reasons.Length > 0 ? ": " + reasons : "");
    }

    public string Send(
        string id,
        string code,
        string second = "acc-2",
        string values = """{"amount_micros":1000000,"remark":"thanks"}""",
        string page = "poster-7",
        string? ip = null
    ) => Outcome(Bind(id, code, second, values, page, ip));
}
