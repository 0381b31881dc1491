using System.Text.Json;
using Engine.Contracts.Events;
using Xunit;

namespace Pipeline.Tests.Contracts;

public sealed class JsonFieldsTests
{
    [Theory]
    [InlineData("""{"a":1,"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":{"b":1,"b":[{"c":1,"c":null}]}}""", """{"a":{"b":[{"c":null}]}}""")]
    [InlineData("""{"a":1,"\u0061":"x"}""", """{"a":"x"}""")]
    [InlineData("""{"\ud800":1,"a":["\udc00","x"],"b":true}""", """{"a":[null,"x"],"b":true}""")]
    public void The_last_member_counts_and_what_isn_t_text_is_left_out(string json, string read) =>
        Assert.Equal(read, JsonFields.Parse(json)?.ToJsonString());

    [Fact]
    public void A_number_keeps_its_digits() =>
        Assert.Equal("1.10", JsonFields.Parse("""{"a":1.10}""")?["a"]?.ToJsonString());

    [Theory]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("\"a\"")]
    public void Only_an_object_has_fields(string json) => Assert.Null(JsonFields.Parse(json));

    [Fact]
    public void What_isn_t_JSON_is_refused() => Assert.ThrowsAny<JsonException>(() => JsonFields.Parse("{"));
}
