using System.Text.Json.Nodes;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Workflows.Bindings;
using Engine.Workflows.Bindings.Settings;
using Tests.Support;
using Xunit;

namespace Workflows.Tests.Bindings;

/// <summary>
/// The kinds of settings that bindings go by: what loads, what is refused and where, and that the schemas say the same.
/// </summary>
public sealed class SettingTests
{
    private static object Parse(string key, string json) =>
        SettingParser.Parse(key, json, new SettingFiles(), new BindingsWorkflow().SettingKinds) is WorkflowSetting other
            ? other.Value
            : throw new InvalidOperationException(key);

    private static string Wrong(string key, string json) =>
        Assert.Throws<SettingException>(() => Parse(key, json)).Message;

    private static JsonObject Schema(string kind) =>
        JsonNode
            .Parse(File.ReadAllText(Path.Combine(SharedData.Repository, "configs", "schemas", kind + ".schema.json")))!
            .AsObject();

    [Fact]
    public void The_contracts_page_loads()
    {
        var page = (PageSetting)Parse(
            "page/poster-7",
            """{"title":"Tip the barista","operations":{"pay":{"prompt":{"amount_micros":{"type":"integer","min":10000,"max":50000000},"remark":{"type":"text","max":80,"optional":true}}}},"code_ttl_s":300}"""
        );
        Assert.Equal(("poster-7", "Tip the barista", TimeSpan.FromMinutes(5)), (page.Id, page.Title, page.CodeTtl));
        Assert.Equal(BindingLog.PayPrompt, page.Find("pay")!.Prompt);
        Assert.Null(page.Find("rob"));
    }

    [Theory]
    [InlineData("""{"operations":{"pay":{}}}""", "page/x: 'title' is missing")]
    [InlineData("""{"title":"","operations":{"pay":{}}}""", "page/x: 'title' has 0 characters; expected 1 to 200")]
    [InlineData("""{"title":"T"}""", "page/x: 'operations' is missing")]
    [InlineData("""{"title":"T","operations":{}}""", "page/x: 'operations' is empty; expected at least one")]
    [InlineData(
        """{"title":"T","operations":{"a b":{}}}""",
        "page/x: operations.a b: the operation is 'a b'; expected 1 to 128 characters of printable ASCII without "
            + "spaces and braces"
    )]
    [InlineData("""{"title":"T","operations":{"a":{},"a":{}}}""", "page/x: operations.a: appears twice")]
    [InlineData("""{"title":"T","operations":{"a":7}}""", "page/x: operations.a: expected an object, got the number 7")]
    [InlineData(
        """{"title":"T","operations":{"a":{"nope":1}}}""",
        "page/x: operations.a: 'nope' isn't a field here; the fields are prompt"
    )]
    [InlineData(
        """{"title":"T","operations":{"a":{"prompt":{"f":{}}}}}""",
        "page/x: operations.a: prompt.f: 'type' is missing"
    )]
    [InlineData(
        """{"title":"T","operations":{"a":{"prompt":{"f":{"type":"date"}}}}}""",
        "page/x: operations.a: prompt.f: 'type' is 'date'; expected integer, number or text"
    )]
    [InlineData(
        """{"title":"T","operations":{"a":{"prompt":{"f":{"type":"integer","min":2,"max":1}}}}}""",
        "page/x: operations.a: prompt.f: expected min <= max"
    )]
    [InlineData(
        """{"title":"T","operations":{"a":{"prompt":{"f":{"type":"integer","min":1.5}}}}}""",
        "page/x: operations.a: prompt.f: 'min' is 1.5; expected a whole number from -9223372036854775808 to "
            + "9223372036854775807"
    )]
    [InlineData(
        """{"title":"T","operations":{"a":{"prompt":{"f":{"type":"number","min":2,"max":1}}}}}""",
        "page/x: operations.a: prompt.f: expected min <= max"
    )]
    [InlineData(
        """{"title":"T","operations":{"a":{"prompt":{"f":{"type":"text","max":0}}}}}""",
        "page/x: operations.a: prompt.f: 'max' is 0; expected a whole number from 1 to 10000"
    )]
    [InlineData(
        """{"title":"T","operations":{"a":{"prompt":{"f":{"type":"text","min":1}}}}}""",
        "page/x: operations.a: prompt.f: 'min' isn't a field here; the fields are max, optional, type"
    )]
    [InlineData(
        """{"title":"T","operations":{"a":{"prompt":{"f":{"type":"text"},"f":{"type":"text"}}}}}""",
        "page/x: operations.a: prompt.f: appears twice"
    )]
    [InlineData(
        """{"title":"T","operations":{"a":{}},"code_ttl_s":9}""",
        "page/x: 'code_ttl_s' is 9; expected a whole number from 10 to 86400"
    )]
    [InlineData(
        """{"title":"T","operations":{"a":{}},"colour":"red"}""",
        "page/x: 'colour' isn't a field here; the fields are code_ttl_s, operations, title"
    )]
    public void A_page_that_does_not_load_is_refused_with_the_place(string json, string problem) =>
        Assert.Equal(problem, Wrong("page/x", json));

    [Fact]
    public void An_operation_whose_code_fits_no_picture_is_refused()
    {
        string Fields(int count) =>
            string.Join(
                ',',
                Enumerable
                    .Range(10, count)
                    .Select(i =>
                        $$"""  "{{i}}{{new string('!', 126)}}":{"type":"integer","min":-9223372036854775808,"max":9223372036854775807}"""
                    )
            );
        Assert.NotNull(Parse("page/x", $$"""{"title":"T","operations":{"a":{"prompt":{ {{Fields(4)}} } } } }"""));
        Assert.Contains(
            "its codes have up to 1,5",
            Wrong("page/x", $$"""{"title":"T","operations":{"a":{"prompt":{ {{Fields(7)}} } } } }""")
        );
        string Small(int count) =>
            string.Join(',', Enumerable.Range(10, count).Select(i => $$"""  "f{{i}}":{"type":"text"}"""));
        Assert.NotNull(Parse("page/x", $$"""{"title":"T","operations":{"a":{"prompt":{ {{Small(15)}} } } } }"""));
        Assert.Contains(
            "'prompt' has 16 fields; expected at most 15",
            Wrong("page/x", $$"""{"title":"T","operations":{"a":{"prompt":{ {{Small(16)}} } } } }""")
        );
    }

    [Theory]
    [InlineData(
        "binding-reason/nope",
        "{}",
        "'nope' isn't a reason to suspect a binding; expected account.self, pair.repeated, network.accounts"
    )]
    [InlineData(
        "binding-reason/pair.repeated",
        """{"limit":0}""",
        "'limit' is 0; expected a whole number from 1 to 1000000"
    )]
    [InlineData(
        "binding-reason/pair.repeated",
        """{"window_s":59}""",
        "'window_s' is 59; expected a whole number from 60 to 604800"
    )]
    [InlineData(
        "binding-reason/network.accounts",
        """{"window_s":604801}""",
        "'window_s' is 604801; expected a whole number from 60 to 604800"
    )]
    [InlineData(
        "binding-reason/account.self",
        """{"limit":3}""",
        "'limit' isn't a field here; the fields are off, shadow"
    )]
    [InlineData("binding-reason/account.self", """{"off":1}""", "'off' is the number 1; expected true or false")]
    public void A_reason_that_does_not_load_is_refused_with_the_place(string key, string json, string problem) =>
        Assert.Equal($"{key}: {problem}", Wrong(key, json));

    [Theory]
    [InlineData("page", "page/x")]
    [InlineData("binding-reason", "binding-reason/pair.repeated")]
    public void The_schema_has_the_loaders_fields_and_its_example_loads(string kind, string key)
    {
        JsonObject schema = Schema(kind);
        foreach (JsonNode? example in schema["examples"]!.AsArray())
        {
            Assert.NotNull(Parse(key, example!.ToJsonString()));
        }

        JsonObject other = schema["examples"]![0]!.DeepClone().AsObject();
        other["nope"] = 1;
        string message = Wrong(key, other.ToJsonString());
        Assert.Equal(
            schema["properties"]!.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal),
            message[(message.LastIndexOf("fields are ", StringComparison.Ordinal) + 11)..]
                .Split(", ")
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Bounds_of_the_schemas_are_the_loaders()
    {
        foreach (
            (string name, JsonNode? property) in Schema("binding-reason")["properties"]!
                .AsObject()
                .Where(property => property.Value!["minimum"] != null)
        )
        {
            Bounds(property!, value => Parse("binding-reason/pair.repeated", $$"""{"{{name}}":{{value}} }"""));
        }

        Bounds(Schema("page")["properties"]!["code_ttl_s"]!, value =>
            Parse("page/x", $$"""{"title":"T","operations":{"a":{} },"code_ttl_s":{{value}} }""")
        );
        JsonObject text = Schema("page")["$defs"]!["field"]!["oneOf"]!
            .AsArray()
            .Select(one => one!.AsObject())
            .Single(one => one["properties"]!["type"]!["const"]!.GetValue<string>() == "text");
        Bounds(text["properties"]!["max"]!, value =>
            Parse(
                "page/x",
                $$"""{"title":"T","operations":{"a":{"prompt":{"f":{"type":"text","max":{{value}} } } } } }"""
            )
        );
        foreach (JsonNode? field in Schema("page")["$defs"]!["field"]!["oneOf"]!.AsArray())
        {
            string type = field!["properties"]!["type"]!["const"]!.GetValue<string>();
            string message = Wrong(
                "page/x",
                $$"""{"title":"T","operations":{"a":{"prompt":{"f":{"type":"{{type}}","nope":1} } } } }"""
            );
            Assert.Equal(
                field["properties"]!.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal),
                message[(message.LastIndexOf("fields are ", StringComparison.Ordinal) + 11)..].Split(", ")
            );
        }
    }

    [Fact]
    public void The_shipped_settings_load_and_are_the_defaults()
    {
        SortedDictionary<string, string> records = SettingsFolder.Read(SharedData.SettingsAndSamples);
        Assert.Equal("poster-7", ((PageSetting)Parse("page/poster-7", records["page/poster-7"])).Id);
        Assert.Equal(SuspectKind.Self, Parse("binding-reason/account.self", records["binding-reason/account.self"]));
        Assert.Equal(SuspectKind.Pair, Parse("binding-reason/pair.repeated", records["binding-reason/pair.repeated"]));
        Assert.Equal(
            SuspectKind.Network,
            Parse("binding-reason/network.accounts", records["binding-reason/network.accounts"])
        );
    }

    private static void Bounds(JsonNode property, Func<string, object> parse)
    {
        long least = property["minimum"]!.GetValue<long>(),
            most = property["maximum"]!.GetValue<long>();
        Assert.NotNull(parse($"{least}"));
        Assert.NotNull(parse($"{most}"));
        Assert.Throws<SettingException>(() => parse($"{least - 1}"));
        Assert.Throws<SettingException>(() => parse($"{most + 1}"));
    }
}
