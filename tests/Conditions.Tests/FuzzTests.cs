using System.Diagnostics;
using Engine.Conditions;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Conditions.Tests;

public sealed class FuzzTests
{
    /// <summary>Longer than any evaluation within the limits takes, on a busy machine.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private static readonly string[] Tokens =
    [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ".",
        ":",
        "?",
        "&&",
        "||",
        "!",
        "-",
        "+",
        "*",
        "/",
        "%",
        "<",
        "<=",
        ">",
        ">=",
        "==",
        "!=",
        " in ",
        "true",
        "false",
        "null",
        "0",
        "1",
        "9223372036854775807",
        "1.5",
        "1e300",
        "0xff",
        "'a'",
        "\"b\"",
        "r'\\d+'",
        "'''",
        "'",
        "`x`",
        "\\",
        "x",
        "y",
        "click.publisher",
        "windows.visitor_60s",
        "context",
        "message.body",
        "click",
        "[1, 2, 3]",
        "{'a': 1}",
        "//",
        "\n",
        "\u20ac",
        "\ud83d",
        ".all(x, ",
        ".exists(y, ",
        ".map(x, ",
        ".filter(x, ",
        ".exists_one(x, ",
        "has(",
        "size(",
        ".size()",
        "int(",
        "string(",
        "timestamp(",
        "duration(",
        ".matches(",
        ".split(",
        ".replace(",
        ".substring(",
        ".join(",
        ".indexOf(",
        ".reverse()",
        ".getHours(",
        "dyn(",
        "double(",
        ".trim()",
        ".charAt(",
    ];

    private static readonly string[] Valid =
    [
        "click.publisher == 'pub-9' && windows.visitor_60s > 20 || path.straightness < 0.99 && !click.proxied",
        "[1, 2, 3].map(x, x * 2).filter(y, y > 2).exists(z, z == 4) ? 'yes' : 'no' + click.publisher",
        "click.publisher.matches('^(a|b)+[0-9]{2,5}$') && click.publisher.split(',').all(p, p.trim().size() > 0)",
        "timestamp('2026-11-22T19:30:00Z') - duration('1h30m') > click.at && click.at.getHours('Europe/Paris') in "
            + "[1, 2]",
        "{'a': [1, {'b': 2.5}], 'c': null}.a[1].b == 2.5 && has(context.tier) && context['tier'] == r'\\gold'",
        "'abc'.replace('b', 'x', 1).substring(1, 2).indexOf('x') == -1 || int('12') % 5 == 2 && string(1.5) == \"1.5\"",
    ];

    [Fact]
    public void A_soup_of_tokens_neither_crashes_nor_hangs() =>
        Prop.ForAll(Gen.Elements(Tokens).ListOf().Select(string.Concat).ToArbitrary(), Survives)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3_000).WithEndSize(60));

    [Fact]
    public void A_valid_condition_with_parts_changed_neither_crashes_nor_hangs()
    {
        Gen<string> mutated =
            from source in Gen.Elements(Valid)
            from cuts in Gen.Choose(0, source.Length).Two()
            from inserted in Gen.Elements([.. Tokens, ""])
            from other in Gen.Elements(Valid)
            from kind in Gen.Choose(0, 3)
            let first = Math.Min(cuts.Item1, cuts.Item2)
            let last = Math.Max(cuts.Item1, cuts.Item2)
            select kind switch
            {
                0 => source.Remove(first, Math.Min(last - first, 3)),
                1 => source.Insert(first, inserted),
                2 => source[..first] + other[Math.Min(first, other.Length)..],
                _ => source[..last] + source[first..],
            };
        Prop.ForAll(mutated.ToArbitrary(), Survives).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    [Fact]
    public void Any_text_as_a_pattern_neither_crashes_nor_hangs() =>
        Prop.ForAll(
                Gen.Elements(
                        "a",
                        "b",
                        "(",
                        ")",
                        "[",
                        "]",
                        "^",
                        "$",
                        ".",
                        "*",
                        "+",
                        "?",
                        "{2}",
                        "{1,50}",
                        "|",
                        "\\d",
                        "\\p{L}",
                        "(?i)",
                        "-",
                        ":",
                        "\\",
                        "\\Q",
                        "\\x{1F600}",
                        "[^a]",
                        "[[:alpha:]]",
                        "😀"
                    )
                    .ListOf()
                    .Select(string.Concat)
                    .ToArbitrary(),
                pattern =>
                {
                    Dictionary<string, CelValue> bindings = new()
                    {
                        ["p"] = CelValue.Of(pattern),
                        ["s"] = CelValue.Of("aab 😀 baab"),
                    };
                    Stopwatch watch = Stopwatch.StartNew();
                    Condition.TryEvaluateDynamic("s.matches(p)", bindings, out _, out _);
                    return watch.Elapsed < Longest;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Theory]
    [InlineData("(", 1)]
    [InlineData("[", 1)]
    [InlineData("!", 1)]
    [InlineData("-", 1)]
    [InlineData("a.", 1)]
    [InlineData("1+", 1)]
    [InlineData("f(", 1)]
    [InlineData("true?true:", 1)]
    [InlineData("{1:", 1)]
    [InlineData("a||", 1)]
    [InlineData("''+", 1)]
    public void Depth_and_length_are_bounded(string piece, int last)
    {
        foreach (int times in (int[])[100, 1_000, 10_000, 100_000])
        {
            Assert.True(Survives(string.Concat(Enumerable.Repeat(piece, times)) + last));
        }
    }

    [Fact]
    public void Loops_within_loops_end()
    {
        const string Hundred = "[0,1,2,3,4,5,6,7,8,9].map(a, [0,1,2,3,4,5,6,7,8,9])";
        Fails(
            $"{Hundred}.all(a, {Hundred}.all(b, {Hundred}.all(c, {Hundred}.all(d, {Hundred}.all(e, {Hundred}.all(f, "
                + $"{Hundred}.all(g, a == a)))))))"
        );
        Fails(
            $"{Hundred}.exists(a, {Hundred}.exists(b, {Hundred}.exists(c, {Hundred}.exists(d, {Hundred}.exists(e, "
                + $"{Hundred}.exists(f, 1 / 0 == 1))))))"
        );
    }

    [Fact]
    public void Values_that_double_do_not_grow_beyond_the_budget()
    {
        Fails("['ab']" + string.Concat(Enumerable.Repeat(".map(x, x + x)", 60)));
        Fails("[[1]]" + string.Concat(Enumerable.Repeat(".map(x, [x, x])", 60)));
        Fails("[{'a': 1}]" + string.Concat(Enumerable.Repeat(".map(x, {'a': x, 'b': x})", 60)));
        Fails(
            "['aaaaaaaaaaaaaaaa']"
                + string.Concat(Enumerable.Repeat(".map(x, x.replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'))", 20))
        );
    }

    [Fact]
    public void Values_that_nest_do_not_overflow_the_stack()
    {
        string deep = new string('[', 100) + "x" + new string(']', 100);
        Assert.True(Survives("[1]" + string.Concat(Enumerable.Repeat($".map(x, {deep})", 100)) + " == [1]"));
    }

    private static void Fails(string source)
    {
        Stopwatch watch = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(
            Condition.TryEvaluateDynamic(source, new Dictionary<string, CelValue>(), out _, out string? error)
        );
        Assert.Contains("steps", error);
        Assert.True(watch.Elapsed < Longest, $"took {watch.Elapsed}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 500_000_000);
    }

    /// <summary>
    /// Both modes: whatever comes is a value, an error, or a ConditionException with its place in the source.
    /// </summary>
    private static bool Survives(string source)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Clicks.Values click = Clicks.Of();
        CelCases.Evaluate(source, """{"x":[1,2],"y":"text"}""");
        try
        {
            Condition condition = Condition.Compile(source, Clicks.Names());
            bool evaluated = condition.TryEvaluate(ref click, out CelValue value, out string? error);
            Assert.Equal(evaluated, error is null);
            Assert.Equal(evaluated && value.IsTrue, condition.Test(ref click));
        }
        catch (ConditionException mistake)
        {
            Assert.InRange(mistake.Line, 1, source.Count(c => c == '\n') + 1);
            Assert.InRange(mistake.Column, 1, source.Length + 1);
        }
        return watch.Elapsed < Longest;
    }
}
