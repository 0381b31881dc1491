using Xunit;

namespace Conditions.Tests;

public sealed class MacroTests
{
    [Theory]
    [InlineData("[1, 2].all(x, x > 0)", "true")]
    [InlineData("[1, 0].all(x, 1 / x > 5)", "false")]
    [InlineData("[0, 1].exists(x, 1 / x == 1)", "true")]
    [InlineData("[].all(x, x) && ![].exists(x, x)", "true")]
    [InlineData("[1, 2, 2].exists_one(x, x == 2)", "false")]
    [InlineData("[1, 2].existsOne(x, x == 2)", "true")]
    [InlineData("[1, 2].map(x, x * 2)", "[2, 4]")]
    [InlineData("[1, 2, 3].map(x, x > 1, x * 2)", "[4, 6]")]
    [InlineData("[1, 2, 3].filter(x, x != 2)", "[1, 3]")]
    [InlineData("{'a': 1, 'b': 2}.filter(k, k > 'a')", "['b']")]
    [InlineData("{'a': 1}.exists(k, k == 'a')", "true")]
    [InlineData("{'a': 1}.map(k, k + k)", "['aa']")]
    [InlineData("[[1], [2, 3]].map(x, x.map(y, y + size(x)))", "[[2], [4, 5]]")]
    [InlineData("[1].map(x, [2].map(x, x))", "[[2]]")]
    [InlineData("[1, 2].map(x, x).map(x, x + 1).filter(x, x > 2)", "[3]")]
    public void Macros_give(string expression, string expected) => Expect.Same(expression, expected);

    [Theory]
    [InlineData("[1, 0].all(x, 1 / x > 0)")]
    [InlineData("[0, 1].exists(x, 1 / x > 1)")]
    [InlineData("[0, 1].exists_one(x, 1 / x == 1)")]
    [InlineData("[0].map(x, 1 / x)")]
    [InlineData("[0].filter(x, 1 / x > 0)")]
    [InlineData("[1].all(x, x)")]
    [InlineData("[1].filter(x, 'a')")]
    [InlineData("'abc'.all(x, true)")]
    [InlineData("1.map(x, x)")]
    [InlineData("[1].map(x.y, 1)")]
    [InlineData("[1].map(.x, 1)")]
    [InlineData("[1].map(1, 1)")]
    [InlineData("[1].all(x)")]
    [InlineData("[1].all(x, true) && x == 1")]
    [InlineData("has(a)")]
    [InlineData("has({}['a'])")]
    public void Macros_fail(string expression) => Expect.Fails(expression);
}
