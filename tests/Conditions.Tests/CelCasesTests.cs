using Engine.Conditions;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Conditions.Tests;

public sealed class CelCasesTests
{
    [Theory]
    [InlineData(
        """{"name":"n/1","expr":"x + 1","bindings":{"x":{"int":"7"}}}""",
        """{"name":"n/1","value":{"int":"8"}}"""
    )]
    [InlineData("""{"expr":"1 / 0"}""", """{"error":true}""")]
    [InlineData("""{"name":"n","expr":"1 +"}""", """{"name":"n","error":true}""")]
    [InlineData("""{"name":"n"}""", """{"name":"n","error":true}""")]
    [InlineData("""no json""", """{"error":true}""")]
    [InlineData("""[]""", """{"error":true}""")]
    [InlineData("""{"expr":"\ud800"}""", """{"error":true}""")]
    [InlineData(
        """{"expr":"[1e21, -1.0/0.0, 0.0/0.0, 1.5]"}""",
        """{"value":{"list":[{"double":"1e21"},{"double":"-inf"},{"double":"nan"},{"double":"1.5"}]}}"""
    )]
    [InlineData(
        """{"expr":"{'ä': [null, true], 2: timestamp(1) - duration('1ns')}"}""",
        """{"value":{"map":[[{"string":"ä"},{"list":[{"null":true},{"bool":true}]}],[{"int":"2"},{"timestamp":[0,999999999]}]]}}"""
    )]
    [InlineData("""{"expr":"duration('-1.5s')"}""", """{"value":{"duration":[-1,-500000000]}}""")]
    public void A_case_is_answered_by_a_line(string line, string answer) =>
        Assert.Equal(answer, CelCases.RunLine(line));

    [Theory]
    [InlineData("a.b + size(c)", """{"a":{"b":1},"c":[1,2.5,null,"x"]}""", """{"value":{"int":"5"}}""")]
    [InlineData("a == 1.5 && b == 2", """{"a":1.5,"b":{"int":"2"}}""", """{"value":{"bool":true}}""")]
    [InlineData("a.b", """{"a.b":true}""", """{"value":{"bool":true}}""")]
    [InlineData("1", null, """{"value":{"int":"1"}}""")]
    [InlineData("x", null, """{"error":true,"message":"no such attribute: x"}""")]
    public void An_expression_is_tried_on_plain_bindings(string expression, string? bindings, string answer) =>
        Assert.Equal(answer, CelCases.Evaluate(expression, bindings));

    [Fact]
    public void Bindings_that_are_none_are_told_of() =>
        Assert.Contains("bindings: expected an object", CelCases.Evaluate("1", "[1]"));

    [Fact]
    public void Blank_lines_have_no_answer() =>
        Assert.Equal(["""{"value":{"int":"1"}}"""], CelCases.Run(["", """{"expr":"1"}""", "  "]));

    [Fact]
    public void What_is_written_tagged_reads_back_the_same() =>
        Prop.ForAll(Values().ToArbitrary(), value => CelJson.ReadTagged(CelJson.WriteTagged(value)) == value)
            .QuickCheckThrowOnFailure();

    private static Gen<CelValue> Values()
    {
        Gen<CelValue> leaf = Gen.OneOf(
            ArbMap.Default.GeneratorFor<long>().Select(CelValue.Of),
            ArbMap.Default.GeneratorFor<NormalFloat>().Select(number => CelValue.Of(number.Get)),
            ArbMap.Default.GeneratorFor<bool>().Select(CelValue.Of),
            ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => CelValue.Of(text.Get.Replace('\ud800', ' '))),
            ArbMap
                .Default.GeneratorFor<int>()
                .Select(seconds => CelValue.Timestamp(seconds, Math.Abs(seconds % 1_000_000_000))),
            ArbMap.Default.GeneratorFor<long>().Select(CelValue.DurationOfNanos),
            Gen.Constant(CelValue.Null)
        );
        return Gen.OneOf(
            leaf,
            leaf.ListOf().Select(list => CelValue.Of([.. list])),
            leaf.Select(value => CelValue.Of(new Dictionary<string, CelValue> { ["k"] = value }))
        );
    }
}
