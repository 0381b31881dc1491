using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Engine.Text.Phrases;
using FsCheck;
using FsCheck.Fluent;
using Tests.Support;
using Xunit;

namespace Text.Tests.Phrases;

public class PhraseAutomatonTests
{
    /// <summary>Cases of the library aho-corasick: bytes, and so are the places.</summary>
    [Fact]
    public void Leftmost_longest_cases_pass_wherever_they_stand()
    {
        string? file = SharedData.Find("text/leftmost_longest.jsonl");
        Assert.SkipWhen(file is null, "there is no shared data");
        int cases = 0;
        foreach (string line in File.ReadLines(file))
        {
            JsonElement row = JsonDocument.Parse(line).RootElement;
            string[] patterns = [.. row.GetProperty("patterns").EnumerateArray().Select(one => one.GetString()!)];
            if (patterns.Contains(""))
            {
                continue;
            }

            cases++;
            bool folds = row.TryGetProperty("fold", out JsonElement fold) && fold.GetBoolean();
            string Latin(string text) =>
                Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(folds ? text.ToLowerInvariant() : text));
            PhraseAutomaton automaton = PhraseAutomaton.Build([.. patterns.Select(Latin)]);
            string text = Latin(row.GetProperty("text").GetString()!);
            (int, int, int)[] expected =
            [
                .. row.GetProperty("matches")
                    .EnumerateArray()
                    .Select(one => (one[0].GetInt32(), one[1].GetInt32(), one[2].GetInt32())),
            ];
            for (int pad = 0; pad <= 260; pad++)
            {
                string z = new('Z', pad);
                Assert.Equal(
                    expected.Select(one => (one.Item1, one.Item2 + pad, one.Item3 + pad)),
                    Matches(automaton, z + text)
                );
                Assert.Equal(expected, Matches(automaton, text + z));
            }
        }

        Assert.Equal(60, cases);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ru")]
    [InlineData("zh")]
    public void The_dictionary_is_found_where_a_plain_search_finds_it(string language)
    {
        string? file = SharedData.Find("text/dictionary.txt");
        Assert.SkipWhen(file is null, "there is no shared data");
        string folder = Path.GetDirectoryName(file)!;
        JsonElement expected = File.ReadLines(Path.Combine(folder, "dictionary.expected.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Single(row => row.GetProperty("haystack").GetString()!.Contains($"-{language}."));
        string text = File.ReadAllText(Path.Combine(folder, expected.GetProperty("haystack").GetString()!));
        PhraseAutomaton automaton = PhraseAutomaton.Build(File.ReadAllLines(file));
        var lines = new StringBuilder();
        int count = 0,
            unit = 0,
            at = 0;
        foreach ((_, int start, int end) in Matches(automaton, text))
        {
            at += Encoding.UTF8.GetByteCount(text.AsSpan(unit, start - unit));
            int length = Encoding.UTF8.GetByteCount(text.AsSpan(start, end - start));
            lines.Append(at).Append(' ').Append(at + length).Append('\n');
            at += length;
            unit = end;
            count++;
        }

        Assert.Equal(expected.GetProperty("matches").GetInt32(), count);
        Assert.Equal(
            expected.GetProperty("sha256").GetString(),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())))
        );
    }

    [Fact]
    public void The_longest_is_found_as_by_definition() =>
        Prop.ForAll(
                Gen.Elements('a', 'b', 'c')
                    .NonEmptyListOf()
                    .Select(units => string.Concat(units))
                    .NonEmptyListOf()
                    .ToArbitrary(),
                Gen.Elements('a', 'b', 'c', 'd').ListOf().Select(units => string.Concat(units)).ToArbitrary(),
                (phrases, text) =>
                {
                    PhraseAutomaton automaton = PhraseAutomaton.Build([.. phrases]);
                    var even = new EvenEnds();
                    for (int at = 0; at <= text.Length; at++)
                    {
                        string? longest = phrases
                            .Where(phrase => text.AsSpan(at).StartsWith(phrase) && even.MayEnd(at + phrase.Length, 0))
                            .MaxBy(phrase => phrase.Length);
                        int length = automaton.FindLongest(text, at, even, out int found);
                        Assert.Equal(longest?.Length ?? 0, length);
                        Assert.Equal(longest is null ? -1 : phrases.ToList().IndexOf(longest), found);
                    }
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void An_empty_phrase_is_refused() =>
        Assert.Throws<ArgumentException>(() => PhraseAutomaton.Build(["a", ""]));

    private static List<(int Phrase, int Start, int End)> Matches(PhraseAutomaton automaton, string text)
    {
        var found = new List<(int, int, int)>();
        for (int at = 0; at < text.Length;)
        {
            int length = automaton.FindLongest(text, at, new AnyEnd(), out int phrase);
            if (length > 0)
            {
                found.Add((phrase, at, at + length));
            }

            at += Math.Max(length, 1);
        }

        return found;
    }

    private readonly struct AnyEnd : IPhraseLimit
    {
        public bool MayEnd(int at, int phrase) => true;
    }

    private readonly struct EvenEnds : IPhraseLimit
    {
        public bool MayEnd(int at, int phrase) => at % 2 == 0;
    }
}
