using System.Text.Json;
using System.Text.RegularExpressions;
using Engine.Text.Patterns;
using Tests.Support;
using Xunit;

namespace Text.Tests.Patterns;

/// <summary>The gate that every pattern passes. Conditions.Tests test its syntax.</summary>
public class LinearPatternTests
{
    /// <summary>The text that slows a pattern down grows up to this, in UTF-16 units.</summary>
    private const int MaxAttack = 1_000_000;

    [Theory]
    [InlineData("a(?=b)", 1)]
    [InlineData("a(?!b)", 1)]
    [InlineData("(?<=a)b", 0)]
    [InlineData("(?<!a)b", 0)]
    [InlineData(@"(a)\1", 3)]
    [InlineData("(?P=name)", 1)]
    [InlineData("a{1001}", 1)]
    [InlineData("(a{100}){11}", 8)]
    [InlineData("ab[c", 2)]
    [InlineData("a)b", 1)]
    public void What_cannot_be_linear_is_refused_with_its_place(string pattern, int at) =>
        Assert.InRange(Assert.Throws<PatternException>(() => LinearPattern.Compile(pattern)).At, at, pattern.Length);

    [Theory]
    [InlineData("")]
    [InlineData("a*")]
    [InlineData("a|")]
    [InlineData("(a|b?)")]
    [InlineData("^$")]
    [InlineData(@"\b")]
    [InlineData("(?i)")]
    [InlineData("a{0,3}")]
    [InlineData("(a?){5}")]
    [InlineData(@"\Q\E")]
    public void A_pattern_that_matches_the_empty_text_finds_nothing(string pattern)
    {
        Assert.True(LinearPattern.Compile(pattern).IsNullable);
        Assert.Throws<PatternException>(() => LinearPattern.CompileFinding(pattern));
    }

    [Theory]
    [InlineData("a*b", "aaab c b", "aaab|b")]
    [InlineData("a|b?c", "xacbc", "a|c|bc")]
    [InlineData("(a?){3}b", "b ab", "b|ab")]
    [InlineData(@"\bcat\b", "cat concat cat", "cat|cat")]
    public void A_pattern_finds_where_it_matches(string pattern, string text, string found)
    {
        var all = new List<string>();
        foreach (ValueMatch match in LinearPattern.CompileFinding(pattern).Matches(text))
        {
            all.Add(text.Substring(match.Index, match.Length));
        }

        Assert.Equal(found, string.Join('|', all));
    }

    /// <summary>People's patterns, most of them slow in a backtracking engine: refused with a place, or quick on what
    /// slows that down. A pattern that wasn't linear would take longer than the test may.</summary>
    [Fact(Timeout = 600_000)]
    public async Task Patterns_that_slow_others_down_are_refused_or_linear()
    {
        string? file = SharedData.Find("messages/patterns.jsonl");
        Assert.SkipWhen(file is null, "there is no shared data");
        (int compiled, int attacked) = await Task.Run(() => Attack(file), TestContext.Current.CancellationToken)
            .WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(compiled > 3_000 && attacked > 150, $"{compiled} compiled, {attacked} attacked");
    }

    [Theory]
    [InlineData("foo+", "fo")]
    [InlineData("(foo|bar)baz", "baz")]
    [InlineData("(foo|bar|[a-c]ba)[0-9]", "foo|bar|ba")]
    [InlineData(@"\bfoo\b", "foo")]
    [InlineData("x[0-9]foo.*ab", "foo")]
    [InlineData("(?:ab){2}c", "ab")]
    [InlineData("(foo|[0-9])", "")]
    [InlineData("(foo)?x", "x")]
    [InlineData("foo{0}", "fo")]
    [InlineData(@"\Qa.b\E+", "a.b")]
    [InlineData("[0-9]+", "")]
    public void Every_match_has_one_of_the_literals(string pattern, string literals) =>
        Assert.Equal(literals, string.Join('|', PatternTranslator.Translate(pattern).Literals));

    [Theory]
    [InlineData("(?i)foo", "xFoO", true)]
    [InlineData("f(?i:oo)", "fOO", true)]
    [InlineData("f(?i:oo)", "FOO", false)]
    [InlineData("(?i)kiss", "\u212Ai\u017F\u017F", false)]
    [InlineData("(?i)kiss", "\u212Aiss", true)]
    [InlineData("(?i)straße", "STRASSE straße", true)]
    [InlineData("\ud83d\ude00+!", "😀😀!", true)]
    public void Letter_case_counts_where_the_pattern_says_so(string pattern, string text, bool matches) =>
        Assert.Equal(matches, LinearPattern.Compile(pattern).IsMatch(text));

    /// <summary>Looking for literals first changes no result.</summary>
    [Fact(Timeout = 600_000)]
    public async Task Patterns_match_what_the_regex_engine_matches()
    {
        string? file = SharedData.Find("messages/patterns.jsonl");
        string? messages = SharedData.Find("messages/sms.jsonl");
        Assert.SkipWhen(file is null || messages is null, "there is no shared data");
        string[] texts =
        [
            .. File.ReadLines(messages)
                .Where((_, number) => number % 60 == 0)
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!),
        ];
        int matched = await Task.Run(() => Compare(file, texts), TestContext.Current.CancellationToken)
            .WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(matched > 5_000, $"{matched} matched");
    }

    private static int Compare(string file, string[] texts)
    {
        int matched = 0;
        foreach (JsonElement row in File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement))
        {
            string given = row.GetProperty("pattern").GetString()!;
            LinearPattern pattern;
            try
            {
                pattern = LinearPattern.Compile(given);
            }
            catch (PatternException)
            {
                continue;
            }

            TranslatedPattern translated = PatternTranslator.Translate(given);
            var regex = new Regex(translated.Regex, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            IEnumerable<string> own = translated.Literals.Concat(
                row.TryGetProperty("attack", out JsonElement attack) ? [Text(attack, 100)] : []
            );
            foreach (string text in texts.Concat(own).Concat(own.Select(one => one.ToUpperInvariant())))
            {
                bool isMatch = regex.IsMatch(text);
                matched += isMatch ? 1 : 0;
                Assert.True(isMatch == pattern.IsMatch(text), $"'{given}' in '{text}': expected {isMatch}");
            }
        }

        return matched;
    }

    private static (int Compiled, int Attacked) Attack(string file)
    {
        int compiled = 0,
            attacked = 0;
        foreach (JsonElement row in File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement))
        {
            string given = row.GetProperty("pattern").GetString()!;
            LinearPattern pattern;
            try
            {
                pattern = LinearPattern.Compile(given);
                compiled++;
            }
            catch (PatternException refused)
            {
                Assert.InRange(refused.At, 0, given.Length);
                continue;
            }

            if (row.TryGetProperty("attack", out JsonElement attack))
            {
                attacked++;
                pattern.IsMatch(Text(attack, MaxAttack));
            }
        }

        return (compiled, attacked);
    }

    private static string Text(JsonElement attack, int length)
    {
        string pump = attack[1].GetString()!;
        return attack[0].GetString()
            + string.Concat(Enumerable.Repeat(pump, length / Math.Max(1, pump.Length)))
            + attack[2].GetString();
    }
}
