using System.Text.Json.Nodes;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Workflows.Priority.Settings;
using Tests.Support;
using Xunit;

namespace Workflows.Tests.Priority;

/// <summary>
/// <c>process/…</c>: what loads, what is refused and how it is said; the schema and the shipped example.
/// </summary>
public sealed class DefinitionTests
{
    private static ProcessDefinition Load(string json) =>
        (ProcessDefinition)
            ((WorkflowSetting)SettingParser.Parse("process/p", json, new SettingFiles(), [new ProcessKind()])).Value;

    [Fact]
    public void The_contracts_example_loads_whole()
    {
        ProcessDefinition p = Load(ProcessLog.Example);
        Assert.Equal([1, 3, 5, 8, 10], p.Band.Levels);
        Assert.Equal(
            (3, 1000L, 5000L, 60_000L, 300_000L),
            (p.Default, p.HoldOffMs, p.LowerAfterMs, p.AgeingMs, p.LeaseMs)
        );
        Assert.Equal(["tier", "big", "share"], p.Directives.Select(directive => directive.Id));
        Assert.Equal(
            [(1, 0.066667), (3, 0.066667), (5, 0.066667), (8, 0.3), (10, 0.5)],
            p.SharesInForce.Select(share => (share.Key, share.Value))
        );
    }

    [Theory]
    [InlineData("{}", "0.5 0.5")]
    [InlineData("""{"2":1}""", "0 1")]
    [InlineData("""{"1":0.25,"2":0.5}""", "0.25 0.5")]
    public void What_shares_leave_goes_to_the_other_levels_in_equal_parts(string shares, string inForce)
    {
        double[] expected =
        [
            .. inForce
                .Split(' ')
                .Select(share => double.Parse(share, System.Globalization.CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(
            expected,
            Load($$"""{"levels":[1,2],"default":1,"shares":{{shares}}}""").SharesInForce.Select(share => share.Value)
        );
    }

    [Theory]
    [InlineData("""{"default":1}""", "'levels' is missing")]
    [InlineData("""{"levels":[],"default":1}""", "'levels' is empty")]
    [InlineData(
        """{"levels":[0,1],"default":1}""",
        "'levels' holds the number 0; expected whole numbers from 1 to 900"
    )]
    [InlineData("""{"levels":[1,901],"default":1}""", "'levels' holds the number 901")]
    [InlineData("""{"levels":[1,2.5],"default":1}""", "'levels' holds the number 2.5")]
    [InlineData("""{"levels":[1,"2"],"default":1}""", "'levels' holds the text '2'")]
    [InlineData("""{"levels":[3,1],"default":1}""", "'levels' has 1 after 3; expected them ascending, each once")]
    [InlineData("""{"levels":[1,1],"default":1}""", "'levels' has 1 after 1")]
    [InlineData("""{"levels":[1,3]}""", "'default' is missing")]
    [InlineData("""{"levels":[1,3],"default":2}""", "'default' is 2; expected one of the levels 1, 3")]
    [InlineData(
        """{"levels":[1],"default":1,"attributes":{"a":"money"}}""",
        "'attributes': 'a' is the text 'money'; expected integer, number, text or boolean"
    )]
    [InlineData(
        """{"levels":[1],"default":1,"attributes":{"a b":"text"}}""",
        "'attributes' has 'a b'; expected a name"
    )]
    [InlineData("""{"levels":[1],"default":1,"attributes":{"1a":"text"}}""", "'attributes' has '1a'")]
    [InlineData("""{"levels":[1],"default":1,"directives":[{"table":{}}]}""", "directive 1: 'id' is missing")]
    [InlineData(
        """{"levels":[1],"default":1,"directives":[{"id":"default","algorithm":"1.0"}]}""",
        "directive 1: 'id' is 'default'"
    )]
    [InlineData(
        """{"levels":[1],"default":1,"directives":[{"id":"a"}]}""",
        "directive 1: expected one of 'table', 'rule' and 'algorithm'"
    )]
    [InlineData(
        """{"levels":[1],"default":1,"directives":[{"id":"a","algorithm":"1.0","rule":{"when":"true","level":1}}]}""",
        "directive 1: expected one of"
    )]
    [InlineData(
        """{"levels":[1],"default":1,"directives":[{"id":"a","algorithm":"1.0"},{"id":"a","algorithm":"2.0"}]}""",
        "directive 2: another directive has the id 'a'"
    )]
    [InlineData(
        """{"levels":[1],"default":1,"directives":[{"id":"a","algorithm":"1.0","nope":1}]}""",
        "directive 1: 'nope' isn't a field here"
    )]
    [InlineData(
        """{"levels":[1],"default":1,"directives":[{"id":"a","rule":{"when":"true","level":1,"nope":1}}]}""",
        "directive 1: rule: 'nope' isn't a field here"
    )]
    [InlineData(
        """{"levels":[1],"default":1,"directives":[{"id":"a","table":{"attribute":"t","levels":{}}}]}""",
        "table: 'attribute' is 't', which isn't declared; 'attributes' has none"
    )]
    [InlineData(
        """{"levels":[1],"default":1,"attributes":{"t":"text"},"directives":[{"id":"a","table":{"attribute":"t","levels":{"x":2}}}]}""",
        "'levels': 'x' is 2; expected one of the levels 1"
    )]
    [InlineData(
        """{"levels":[1],"default":1,"attributes":{"n":"integer"},"directives":[{"id":"a","table":{"attribute":"n","levels":{"x":1}}}]}""",
        "'levels' has 'x'; 'n' is integer"
    )]
    [InlineData(
        """{"levels":[1],"default":1,"attributes":{"n":"number"},"directives":[{"id":"a","table":{"attribute":"n","levels":{"1":1,"1.0":1}}}]}""",
        "'levels' has '1.0' twice"
    )]
    [InlineData(
        """{"levels":[1],"default":1,"attributes":{"n":"integer"},"directives":[{"id":"a","rule":{"when":"context.n > 1","level":2}}]}""",
        "'level' is 2; expected one of the levels 1"
    )]
    [InlineData("""{"levels":[1],"default":1,"shares":{"2":0.5}}""", "'shares' has '2'; expected the levels 1")]
    [InlineData(
        """{"levels":[1],"default":1,"shares":{"1":-0.1}}""",
        "'shares': '1' is the number -0.1; expected a number from 0 to 1"
    )]
    [InlineData(
        """{"levels":[1,2],"default":1,"shares":{"1":0.6,"2":0.5}}""",
        "'shares' add up to 1.1; expected at most 1"
    )]
    [InlineData("""{"levels":[1],"default":1,"hold_off_ms":-1}""", "'hold_off_ms' is -1")]
    [InlineData("""{"levels":[1],"default":1,"lower_after_ms":86400001}""", "'lower_after_ms' is 86400001")]
    [InlineData("""{"levels":[1],"default":1,"ageing_s":0}""", "'ageing_s' is 0")]
    [InlineData("""{"levels":[1],"default":1,"lease_s":0}""", "'lease_s' is 0")]
    [InlineData("""{"levels":[1],"default":1,"nope":0}""", "'nope' isn't a field here")]
    public void What_is_wrong_is_said_with_its_place(string json, string problem)
    {
        string message = Assert.Throws<SettingException>(() => Load(json)).Message;
        Assert.StartsWith("process/p: ", message);
        Assert.Contains(problem, message);
    }

    [Theory]
    [InlineData("context.n >", "line 1, column 12")]
    [InlineData("context.m > 1", "line 1, column 1")]
    [InlineData("true &&\n context.n == 'x'", "line 2, column 12")]
    [InlineData("context.n + 1", "expected a condition of type bool")]
    public void A_mistake_in_an_expression_is_shown_with_line_column_and_caret(string when, string place)
    {
        string json = new JsonObject
        {
            ["levels"] = new JsonArray(1),
            ["default"] = 1,
            ["attributes"] = new JsonObject { ["n"] = "integer" },
            ["directives"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = "a",
                    ["rule"] = new JsonObject { ["when"] = when, ["level"] = 1 },
                }
            ),
        }.ToJsonString();
        string message = Assert.Throws<SettingException>(() => Load(json)).Message;
        Assert.Contains("directive 1: rule: 'when' at line", message);
        Assert.Contains(place, message);
        Assert.Equal("^", message.Split('\n')[^1].Trim());
    }

    [Fact]
    public void An_algorithm_must_give_a_number() =>
        Assert.Contains(
            "'algorithm' at line 1",
            Assert
                .Throws<SettingException>(() =>
                    Load("""{"levels":[1],"default":1,"directives":[{"id":"a","algorithm":"'x'"}]}""")
                )
                .Message
        );

    [Fact]
    public void A_record_that_does_not_load_leaves_the_one_before_in_force()
    {
        var log = new ProcessLog().Started(context: """{"tier":"gold"}""");
        Assert.Throws<SettingException>(() => log.Run.Setting("process/p", """{"levels":[2],"default":1}"""));
        log.Past(60_000);
        Assert.Equal(10, log.Level());
        Assert.Equal("s-base", log.Record().GetProperty("settings").GetString());
    }

    [Fact]
    public void The_schema_lists_what_the_loader_takes_with_its_bounds()
    {
        JsonObject schema = JsonNode
            .Parse(File.ReadAllText(Path.Combine(SharedData.Repository, "configs", "schemas", "process.schema.json")))!
            .AsObject();
        JsonObject example = schema["examples"]!.AsArray().Single()!.AsObject();
        Load(example.ToJsonString());
        JsonObject properties = schema["properties"]!.AsObject(),
            directive = properties["directives"]!["items"]!["properties"]!.AsObject();
        Assert.Equal(
            properties.Select(property => property.Key).Order(),
            example.Select(property => property.Key).Order()
        );
        Lists(properties, with => with["nope"] = 1);
        Lists(directive, with => with["directives"]![0]!["nope"] = 1);
        Lists(directive["table"]!["properties"]!.AsObject(), with => with["directives"]![0]!["table"]!["nope"] = 1);
        Lists(directive["rule"]!["properties"]!.AsObject(), with => with["directives"]![1]!["rule"]!["nope"] = 1);
        foreach (
            (string name, JsonNode? property) in properties.Where(property =>
                property.Value!["minimum"] != null && property.Key != "default"
            )
        )
        {
            foreach (string bound in new[] { "minimum", "maximum" })
            {
                JsonObject with = example.DeepClone().AsObject();
                long value = property![bound]!.GetValue<long>();
                with[name] = value;
                Load(with.ToJsonString());
                with[name] = bound == "minimum" ? value - 1 : value + 1;
                Assert.Contains(
                    $"'{name}' is",
                    Assert.Throws<SettingException>(() => Load(with.ToJsonString())).Message
                );
            }
            JsonObject without = example.DeepClone().AsObject();
            without.Remove(name);
            Assert.Equal(
                Times(Load(With(name, property!["default"]!.GetValue<long>()))),
                Times(Load(without.ToJsonString()))
            );
        }

        string With(string name, long value)
        {
            JsonObject record = example.DeepClone().AsObject();
            record[name] = value;
            return record.ToJsonString();
        }

        void Lists(JsonObject names, Action<JsonObject> change)
        {
            JsonObject record = example.DeepClone().AsObject();
            change(record);
            string message = Assert.Throws<SettingException>(() => Load(record.ToJsonString())).Message;
            Assert.Equal(
                names.Select(property => property.Key).Order(StringComparer.Ordinal),
                message[(message.LastIndexOf("fields are ", StringComparison.Ordinal) + 11)..]
                    .Split(", ")
                    .Order(StringComparer.Ordinal)
            );
        }
    }

    [Fact]
    public void The_shipped_processes_load()
    {
        Dictionary<string, string> shipped = SettingsFolder
            .Read(SharedData.Samples)
            .Where(record => record.Key.StartsWith("process/", StringComparison.Ordinal))
            .ToDictionary();
        Assert.Contains("process/refund-review", shipped.Keys);
        Assert.Empty(SettingsFolder.Check(shipped, new SettingFiles(), [new ProcessKind()]));
    }

    private static (long, long, long, long) Times(ProcessDefinition definition) =>
        (definition.HoldOffMs, definition.LowerAfterMs, definition.AgeingMs, definition.LeaseMs);
}
