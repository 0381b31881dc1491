using System.Diagnostics;
using Engine.Conditions;
using Xunit;

namespace Conditions.Tests;

public sealed class PatternTests
{
    [Theory]
    [InlineData("'abc'.matches('b')", true)]
    [InlineData("matches('abc', '^a.c$')", true)]
    [InlineData("'abc'.matches('^b')", false)]
    [InlineData("'a\\n'.matches('a$')", false)]
    [InlineData("'a\\nb'.matches('(?m)^b$')", true)]
    [InlineData("'a\\nb'.matches('a.b')", false)]
    [InlineData("'a\\nb'.matches('(?s)a.b')", true)]
    [InlineData("'\\U0001F600'.matches('^.$')", true)]
    [InlineData("'\\U0001F600'.matches('^..$')", false)]
    [InlineData("'\\U0001F600'.matches('^[^a]$')", true)]
    [InlineData("'\\U0001F602'.matches('^[\\U0001F600-\\U0001F64F]$')", true)]
    [InlineData("'\\U0001F680'.matches('^[\\U0001F600-\\U0001F64F]$')", false)]
    [InlineData("'\\U0001F600\\U0001F600'.matches('^\\U0001F600{2}$')", true)]
    [InlineData("'\\u0663'.matches(r'\\d')", false)]
    [InlineData("'é'.matches(r'\\w')", false)]
    [InlineData("'é'.matches(r'^\\W$')", true)]
    [InlineData("'é'.matches(r'^\\pL$') && 'é'.matches(r'^\\p{Ll}$') && !'é'.matches(r'\\PL')", true)]
    [InlineData("'x-1'.matches('^[[:alpha:]][-_][[:^alpha:]]$')", true)]
    [InlineData("']'.matches('^[]]$') && '^'.matches('^[a^]$') && '-'.matches('^[a-]$')", true)]
    [InlineData("'ABC'.matches('(?i)abc') && 'aBc'.matches('a(?i:b)c') && !'ABC'.matches('a(?i:b)c')", true)]
    [InlineData("'a.b'.matches(r'^\\Qa.b\\E$') && !'axb'.matches(r'^\\Qa.b\\E$')", true)]
    [InlineData("'aA'.matches(r'^\\x61\\x{41}$')", true)]
    [InlineData("'a{b'.matches('a{b') && 'a{,2}'.matches('^a{,2}$')", true)]
    [InlineData("'aaa'.matches('^(?P<all>a){2,3}?$') && 'aa'.matches('^(?<all>a){2}$')", true)]
    [InlineData("''.matches('') && ''.matches('^$') && 'ab'.matches('^(a|b)*$') && 'ab'.matches('x||y')", true)]
    public void Matches_gives(string expression, bool expected) =>
        Assert.Equal(CelValue.Of(expected), Expect.Value(expression));

    [Theory]
    [InlineData("(")]
    [InlineData("a)")]
    [InlineData("*a")]
    [InlineData("a**")]
    [InlineData("a{1001}")]
    [InlineData("(a{100}){100}")]
    [InlineData("a{3,2}")]
    [InlineData("[a")]
    [InlineData("[b-a]")]
    [InlineData("[[:none:]]")]
    [InlineData(@"(a)\1")]
    [InlineData("(?=a)")]
    [InlineData("(?<=a)")]
    [InlineData("(?<!a)")]
    [InlineData("(?>a)")]
    [InlineData("(?#c)")]
    [InlineData("(?x)a")]
    [InlineData(@"\q")]
    [InlineData(@"\p{Greek}")]
    [InlineData(@"\x{110000}")]
    [InlineData("a\\")]
    public void A_pattern_that_RE2_has_not_is_refused_when_the_condition_is_loaded(string pattern)
    {
        CelNames names = new();
        names.Add("s", CelType.String, "text");
        ConditionException refused = Assert.Throws<ConditionException>(() =>
            Condition.Compile($"s.matches(r'{pattern}')", names)
        );
        Assert.Contains("pattern", refused.Message);
    }

    [Fact]
    public void A_pattern_that_is_not_constant_is_an_error_of_the_evaluation()
    {
        Expect.Fails("'a'.matches(dyn('('))");
        Expect.Same("['a+', '('].exists(p, 'aa'.matches(p))", "true");
    }

    [Fact]
    public void Time_is_linear_in_the_text()
    {
        Dictionary<string, CelValue> bindings = new() { ["s"] = CelValue.Of(new string('a', 30_000) + "b") };
        long start = Stopwatch.GetTimestamp();
        Assert.True(
            Condition.TryEvaluateDynamic("s.matches('^(a+)+$')", bindings, out CelValue value, out string? error),
            error
        );
        Assert.Equal(CelValue.False, value);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2));
    }
}
