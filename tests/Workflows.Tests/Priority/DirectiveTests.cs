using Xunit;

namespace Workflows.Tests.Priority;

/// <summary>
/// How a context becomes a level: tables, rules, algorithms, their order, shadow, and attributes that aren't there.
/// </summary>
public sealed class DirectiveTests
{
    private static (int Level, string Directive) Of(string context, string definition = ProcessLog.Example)
    {
        var log = new ProcessLog(definition).Started(context: context);
        return (log.Level(), log.Directive());
    }

    private static string With(string attributes, string directives) =>
        $$"""{"levels":[1,3,5,8,10],"default":3,"attributes":{{attributes}},"directives":{{directives}}}""";

    [Theory]
    [InlineData("{}", 3, "default")]
    [InlineData("""{"tier":"gold"}""", 8, "tier")]
    [InlineData("""{"tier":"silver"}""", 5, "tier")]
    [InlineData("""{"tier":"bronze"}""", 3, "default")]
    [InlineData("""{"tier":"Gold"}""", 3, "default")]
    [InlineData("""{"lost_micros":50000000}""", 3, "default")]
    [InlineData("""{"lost_micros":50000001}""", 10, "big")]
    [InlineData("""{"lost_micros":50000001,"tier":"silver"}""", 5, "tier")]
    [InlineData("""{"invalid_share":0.5}""", 5, "share")]
    [InlineData("""{"invalid_share":1}""", 8, "share")]
    [InlineData("""{"lost_micros":1,"invalid_share":0.1}""", 3, "share")]
    public void The_first_directive_that_gives_a_level_decides_else_the_default(
        string context,
        int level,
        string directive
    ) => Assert.Equal((level, directive), Of(context));

    [Theory]
    [InlineData("2.0", 3)] // between 1 and 3: upwards
    [InlineData("1.99", 1)]
    [InlineData("4", 5)]
    [InlineData("6.5", 8)]
    [InlineData("6.49", 5)]
    [InlineData("-1e300", 1)]
    [InlineData("1000.0", 10)]
    public void An_algorithms_result_goes_to_the_nearest_level_and_of_two_as_near_to_the_greater(
        string algorithm,
        int level
    ) => Assert.Equal((level, "a"), Of("{}", With("{}", $$"""[{"id":"a","algorithm":"{{algorithm}}"}]""")));

    [Theory]
    [InlineData("1.0 / context.n")] // infinite
    [InlineData("0.0 * (1.0 / context.n)")] // no number
    public void An_algorithm_without_a_finite_result_gives_none(string algorithm) =>
        Assert.Equal(
            (3, "default"),
            Of("""{"n":0}""", With("""{"n":"number"}""", $$"""[{"id":"a","algorithm":"{{algorithm}}"}]"""))
        );

    [Fact]
    public void An_expression_that_fails_gives_none() =>
        Assert.Equal(
            (3, "default"),
            Of(
                """{"n":0}""",
                With("""{"n":"integer"}""", """[{"id":"a","rule":{"when":"1 / context.n > 0","level":8}}]""")
            )
        );

    [Theory]
    [InlineData("""{"lost_micros":"60000000"}""")]
    [InlineData("""{"lost_micros":60000000.5}""")]
    [InlineData("""{"lost_micros":true}""")]
    [InlineData("""{"tier":8}""")]
    [InlineData("""{"invalid_share":"1"}""")]
    public void A_value_of_another_type_is_as_if_it_were_not_there(string context) =>
        Assert.Equal((3, "default"), Of(context));

    [Theory]
    [InlineData("""{"lost_micros":60000000.0}""", 10)]
    [InlineData("""{"lost_micros":6e7}""", 10)]
    [InlineData("""{"invalid_share":1}""", 8)]
    public void Whole_numbers_count_however_they_are_written(string context, int level) =>
        Assert.Equal(level, Of(context).Level);

    [Theory]
    // true || absent would be true: but the directive names an attribute that isn't there
    [InlineData("""{"a":5}""", 3)]
    [InlineData("""{"a":5,"b":0}""", 8)]
    [InlineData("""{"a":0,"b":0}""", 3)]
    public void A_directive_that_names_an_attribute_that_is_not_there_gives_none(string context, int level) =>
        Assert.Equal(
            level,
            Of(
                context,
                With(
                    """{"a":"integer","b":"integer"}""",
                    """[{"id":"r","rule":{"when":"context.a > 1 || context.b > 1","level":8}}]"""
                )
            ).Level
        );

    [Theory]
    [InlineData("integer", "7", "7")]
    [InlineData("number", "7.5", "7.5")]
    [InlineData("number", "7.0", "7")]
    [InlineData("boolean", "true", "true")]
    [InlineData("text", "7", "\"7\"")]
    public void Tables_look_up_values_of_each_type(string type, string key, string value)
    {
        string definition = With(
            $$"""{"a":"{{type}}"}""",
            $$"""[{"id":"t","table":{"attribute":"a","levels":{"{{key}}":8 } } }]"""
        );
        Assert.Equal((8, "t"), Of($$"""{"a":{{value}}}""", definition));
        Assert.Equal((3, "default"), Of("""{"a":"other"}""", definition));
    }

    [Fact]
    public void A_directive_in_shadow_is_counted_where_it_would_have_decided_and_never_acts()
    {
        var log = new ProcessLog(
            With(
                """{"a":"integer"}""",
                """[{"id":"s","shadow":true,"rule":{"when":"context.a > 1","level":10}},{"id":"r","rule":{"when":"context.a > 0","level":5}},{"id":"late","shadow":true,"algorithm":"8.0"}]"""
            )
        );
        Assert.Equal((5, "r"), (log.Started(context: """{"a":2}""").Level(), log.Directive()));
        Assert.Equal(["p/s 1"], Shadow());
        Assert.Equal((5, "r"), (log.At(2_000).Context("""{"a":1}""").Level(), log.Directive()));
        Assert.Equal(["p/s 1"], Shadow());
        Assert.Equal((3, "default"), (log.Started("j", """{"a":0}""").Level("j"), log.Directive("j")));
        Assert.Equal(["p/late 1", "p/s 1"], Shadow());
        // Of what is running a definition is tried when it comes into force; what only waits asks nothing.
        log.Run.Setting(
            "process/p",
            With("""{"a":"integer"}""", """[{"id":"new","shadow":true,"rule":{"when":"context.a == 1","level":10}}]""")
        );
        log.Past(10_000).Past(400_000);
        Assert.Equal(["p/late 1", "p/new 1", "p/s 1"], Shadow());

        IEnumerable<string> Shadow() =>
            log.Run.Shadow.Select(rule => $"{rule.Key} {rule.Value}").Order(StringComparer.Ordinal);
    }
}
