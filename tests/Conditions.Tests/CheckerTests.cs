using Engine.Conditions;
using Xunit;

namespace Conditions.Tests;

public sealed class CheckerTests
{
    [Theory]
    [InlineData("click.publsher == 'x'", 1, 1, "'click.publsher' is not declared; did you mean click.publisher?")]
    [InlineData(
        "true &&\n  click.cost_micros > 'a'",
        2,
        21,
        "> takes two values of the same ordered type, but these are int and string"
    )]
    [InlineData(
        "click == 1",
        1,
        1,
        "'click' is not declared; did you mean one of these: click.at, click.cost_micros, click.labels?"
    )]
    [InlineData("zzzzzz", 1, 1, "'zzzzzz' is not declared")]
    [InlineData("has(click.nothing_like_it_at_all)", 1, 5, "'click.nothing_like_it_at_all' is not declared")]
    [InlineData("click.publisher.x", 1, 17, "a string has no field 'x'")]
    [InlineData("click.publisher == 1", 1, 17, "string and int are never equal")]
    [InlineData(
        "click.publisher == null",
        1,
        17,
        "string and null are never equal; use has() to test whether a name has a value"
    )]
    [InlineData(
        "click.cost_micros + 1.0 > 2.0",
        1,
        19,
        "there is no int + double; convert one side with double() or int()"
    )]
    [InlineData("click.cost_micros && true", 1, 1, "&& takes a bool, but this is an int")]
    [InlineData("!click.publisher", 1, 2, "! takes a bool, but this is a string")]
    [InlineData("-click.publisher == 1", 1, 2, "- takes an int or a double, but this is a string")]
    [InlineData(
        "click.proxied ? 8 : 5.5",
        1,
        15,
        "both sides of ?: must have the same type, but these are int and double; "
            + "write a double with a point, such as 8.0, or convert with double()"
    )]
    [InlineData("click.publisher in [1, 2]", 1, 17, "a string is never in a list(int)")]
    [InlineData("1 in click.cost_micros", 1, 3, "in takes a list or a map on its right, but this is an int")]
    [InlineData(
        "['a'].exists(x, x > 1)",
        1,
        19,
        "> takes two values of the same ordered type, but these are string and int"
    )]
    [InlineData(
        "click.cost_micros.exists(x, true)",
        1,
        19,
        "exists() iterates over a list or a map, but this is an int"
    )]
    [InlineData("[1].all(x, x + 1)", 1, 14, "all() takes a bool, but this is an int")]
    [InlineData("nofunction(1)", 1, 1, "there is no function 'nofunction'")]
    [InlineData(
        "click.cost_micros.startsWith('a')",
        1,
        19,
        "there is no int.startsWith(string), only string.startsWith(string)"
    )]
    [InlineData("click.publisher[0] == 'p'", 1, 16, "a string can't be indexed with an int")]
    [InlineData("{1.5: 1} == {}", 1, 2, "a map key must be an int, a bool or a string, not a double")]
    [InlineData("click.publisher == 'a", 1, 20, "this string isn't closed on its line")]
    [InlineData("(click.proxied", 1, 15, "expected ')', but the condition ends here")]
    [InlineData("click.publisher = 'a'", 1, 17, "'=' isn't an operator: use == for equality")]
    [InlineData("click.publisher === 'a'", 1, 19, "'=' isn't an operator: use == for equality")]
    public void A_mistake_is_told_with_its_place(string source, int line, int column, string problem)
    {
        ConditionException mistake = Assert.Throws<ConditionException>(() => Condition.Compile(source, Clicks.Names()));
        Assert.StartsWith(problem, mistake.Problem);
        Assert.Equal((line, column), (mistake.Line, mistake.Column));
    }

    [Fact]
    public void A_message_shows_the_line_with_a_caret_under_the_place()
    {
        ConditionException mistake = Assert.Throws<ConditionException>(() =>
            Condition.Compile("true &&\n\tclick.cost_micros > 'a'", Clicks.Names())
        );
        Assert.Equal(
            "2:20: > takes two values of the same ordered type, but these are int and string\n"
                + "   click.cost_micros > 'a'\n   "
                + "                  ^",
            mistake.Message
        );
    }

    [Theory]
    [InlineData("click.cost_micros", CelType.Bool)]
    [InlineData("1.5", CelType.Int)]
    [InlineData("'a'", CelType.Double)]
    public void A_result_of_another_type_than_expected_is_refused(string source, CelType expected) =>
        Assert.Contains(
            "expected a condition of type",
            Assert.Throws<ConditionException>(() => Condition.Compile(source, Clicks.Names(), expected)).Problem
        );

    [Fact]
    public void Names_are_documented_and_unique()
    {
        CelNames names = Clicks.Names();
        Assert.Equal("who shows the ad", names.First().About);
        Assert.Throws<ArgumentException>(() => names.Add("click.publisher", CelType.Int, "again"));
        Assert.Throws<ArgumentException>(() => names.Add("click..x", CelType.Int, "no name"));
    }
}
