using System.Text.Json;
using Engine.Workflows.Bindings.Codes;
using Xunit;

namespace Workflows.Tests.Bindings;

/// <summary>
/// What the second client enters, held against the prompt of the code: each type and limit from both sides.
/// </summary>
public sealed class PromptTests
{
    private readonly BindingLog _log = new();

    [Theory]
    [InlineData("""{"amount_micros":10000}""", "counted")]
    [InlineData("""{"amount_micros":9999}""", "refused: prompt.range")]
    [InlineData("""{"amount_micros":50000000}""", "counted")]
    [InlineData("""{"amount_micros":50000001}""", "refused: prompt.range")]
    [InlineData("""{"amount_micros":-10000}""", "refused: prompt.range")]
    [InlineData("""{"amount_micros":99999999999999999999}""", "refused: prompt.range")]
    [InlineData("""{"amount_micros":1e300}""", "refused: prompt.type")]
    [InlineData("""{"amount_micros":20000.0}""", "refused: prompt.type")]
    [InlineData("""{"amount_micros":2e4}""", "refused: prompt.type")]
    [InlineData("""{"amount_micros":20000.5}""", "refused: prompt.type")]
    [InlineData("""{"amount_micros":"20000"}""", "refused: prompt.type")]
    [InlineData("""{"amount_micros":true}""", "refused: prompt.type")]
    [InlineData("""{"amount_micros":[20000]}""", "refused: prompt.type")]
    [InlineData("""{"amount_micros":null}""", "refused: prompt.missing")]
    [InlineData("""{}""", "refused: prompt.missing")]
    [InlineData("""{"Amount_micros":20000}""", "refused: prompt.missing")]
    [InlineData("""{"amount_micros":20000,"remark":""}""", "counted")]
    [InlineData("""{"amount_micros":20000,"remark":7}""", "refused: prompt.type")]
    [InlineData("""{"remark":7}""", "refused: prompt.missing prompt.type")]
    public void Types_and_limits_are_the_codes(string values, string outcome) =>
        Assert.Equal(outcome, _log.Send("b-1", _log.Code(), values: values));

    [Fact]
    public void Without_values_what_is_required_is_missing()
    {
        _log.Run.Send(_log.Event("b-1", _log.Code(), values: null));
        Assert.Equal("refused: prompt.missing", BindingLog.Outcome(_log.Result("b-1")));
        Assert.Equal(
            """{"fields":{"amount_micros":{"type":"integer","min":10000,"max":50000000}}}""",
            _log.Result("b-1").GetProperty("evidence").GetProperty("prompt.missing").GetRawText()
        );
        Assert.Equal(new Dictionary<string, string> { ["refused:prompt.missing"] = "1" }, _log.Counts);
    }

    [Fact]
    public void A_text_is_measured_in_characters_not_in_bytes()
    {
        Assert.Equal(
            "counted",
            _log.Send(
                "b-1",
                _log.Code(),
                values: $$"""{"amount_micros":10000,"remark":"{{string.Concat(Enumerable.Repeat("😀", 80))}}"}"""
            )
        );
        Assert.Equal(
            "refused: prompt.range",
            _log.Send(
                "b-2",
                _log.Code("acc-8"),
                values: $$"""{"amount_micros":10000,"remark":"{{string.Concat(Enumerable.Repeat("é", 81))}}"}"""
            )
        );
    }

    [Fact]
    public void A_required_text_that_is_empty_is_missing()
    {
        PromptField[] prompt = [new("name", PromptType.Text, Characters: 5)];
        Assert.Equal("refused: prompt.missing", _log.Send("b-1", _log.Code(prompt: prompt), values: """{"name":""}"""));
        Assert.Equal("counted", _log.Send("b-2", _log.Code(prompt: prompt), values: """{"name":"a"}"""));
    }

    [Theory]
    [InlineData("0.5", "counted")]
    [InlineData("0.49", "refused: prompt.range")]
    [InlineData("5", "counted")]
    [InlineData("5.01", "refused: prompt.range")]
    [InlineData("1e999", "refused: prompt.range")]
    [InlineData("\"3\"", "refused: prompt.type")]
    public void A_number_has_limits_too(string stars, string outcome) =>
        Assert.Equal(
            outcome,
            _log.Send(
                "b-1",
                _log.Code(prompt: [new("stars", PromptType.Number, MinNumber: 0.5, MaxNumber: 5)]),
                values: $$"""{"stars":{{stars}}}"""
            )
        );

    [Fact]
    public void Without_limits_any_value_of_the_type_is_taken()
    {
        PromptField[] prompt = [new("i", PromptType.Integer), new("n", PromptType.Number)];
        JsonElement result = _log.Bind(
            "b-1",
            _log.Code(prompt: prompt),
            values: """{"i":-9223372036854775808,"n":-1.5e300}"""
        );
        Assert.Equal("counted", BindingLog.Outcome(result));
        Assert.Equal("""{"i":-9223372036854775808,"n":-1.5e300}""", result.GetProperty("values").GetRawText());
    }

    /// <summary>
    /// Everything is in the code: a page that asks for something else meanwhile asks it of codes that are made from now
    /// on.
    /// </summary>
    [Fact]
    public void The_prompt_is_the_codes_and_not_the_pages()
    {
        string code = _log.Code();
        _log.Run.Setting(
                "page/poster-7",
                """{"title":"Tip","operations":{"pay":{"prompt":{"other":{"type":"text"}}}}}"""
            )
            .Pass(TimeSpan.FromSeconds(3));
        Assert.Equal("counted", _log.Send("b-1", code));
    }
}
