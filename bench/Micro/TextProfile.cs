using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Engine.Text.Html;
using Engine.Text.Phrases;

namespace Bench.Micro;

/// <summary>Finds phrases in texts and HTML, and prints what building, parsing, matching and writing take; beside them,
/// an obvious regex and <see cref="SearchValues{T}"/> of strings.</summary>
internal static class TextProfile
{
    private const int TextUnits = 100 * 1024,
        Rounds = 400,
        Hostile = 500,
        Nested = 50_000;

    /// <summary>A regex of all phrases takes minutes to build.</summary>
    private static readonly int[] FewerPhrases = [1_000, 10_000];

    /// <param name="dictionary">A file of phrases, one a line.</param>
    /// <param name="prose">A file of text.</param>
    public static void Run(string dictionary, string prose)
    {
        string[] phrases = File.ReadAllLines(dictionary);
        string text = File.ReadAllText(prose)[..TextUnits];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = Stopwatch.GetTimestamp();
        PhraseBook book = PhraseBook.Build(phrases, PhraseComparison.Words);
        double built = Ms(start);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{phrases.Length} phrases: built in {built:0} ms, "
                    + $"{(GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6:0.0} MB"
            )
        );
        GC.KeepAlive(book);
        var found = new List<PhraseMatch>();
        Time($"words, {text.Length} units of text", book, text, found);
        Time("anywhere", book.Anywhere(), text, found);
        Time("exactly", PhraseBook.Build(phrases, PhraseComparison.Exact), text, found);
        Compare(phrases, text);
        Html(book, text);
        Attacks();
    }

    private static void Time(string name, PhraseBook book, string text, List<PhraseMatch> found)
    {
        var finder = new PhraseFinder(book);
        Print(name, () =>
        {
            found.Clear();
            finder.Find(text, found);
            return found.Count;
        });
    }

    /// <summary>What else finds the leftmost of many phrases, with fewer of them.</summary>
    private static void Compare(string[] phrases, string text)
    {
        foreach (int count in FewerPhrases)
        {
            string[] some = phrases[..count];
            var found = new List<PhraseMatch>();
            Time($"{count} phrases exactly", PhraseBook.Build(some, PhraseComparison.Exact), text, found);
            // Longest first, as an alternation takes the first that fits.
            var regex = new Regex(
                string.Join('|', some.OrderByDescending(one => one.Length).Select(Regex.Escape)),
                RegexOptions.Compiled | RegexOptions.CultureInvariant
            );
            Print($"{count} phrases, compiled regex", () => regex.Count(text), rounds: 5);
        }

        foreach (int count in FewerPhrases.Append(phrases.Length))
        {
            var values = SearchValues.Create(phrases.AsSpan(0, count), StringComparison.Ordinal);
            Print(
                $"{count} phrases, SearchValues (where one begins)",
                () =>
                {
                    int hits = 0;
                    ReadOnlySpan<char> rest = text;
                    while (rest.IndexOfAny(values) is >= 0 and var at)
                    {
                        hits++;
                        rest = rest[(at + 1)..];
                    }

                    return hits;
                },
                rounds: 20
            );
        }
    }

    private static void Html(PhraseBook book, string text)
    {
        var page = new StringBuilder("<!DOCTYPE html><html><head><title>x</title></head><body>");
        foreach (string line in text.Split('\n').TakeWhile(_ => page.Length < TextUnits))
        {
            page.Append("<p class=\"line\">").Append(WebUtility.HtmlEncode(line)).Append(" <b>bold</b></p>\n");
        }

        string html = page.ToString();
        var finder = new PhraseFinder(book);
        var found = new List<PhraseMatch>();
        HtmlContent parsed = HtmlContent.Parse(html);
        Print($"HTML of {html.Length} units, parsed", () => HtmlContent.Parse(html).Passages.Count);
        Print("HTML, matched", () => Find(parsed, finder, found).Length);
        Emphasis[] emphases = Find(parsed, finder, found);
        Print("HTML, written", () => parsed.Write(emphases).Length);
        Print("HTML, end to end", () =>
        {
            HtmlContent content = HtmlContent.Parse(html);
            return content.Write(Find(content, finder, found)).Length;
        });
    }

    private static Emphasis[] Find(HtmlContent content, PhraseFinder finder, List<PhraseMatch> found)
    {
        found.Clear();
        foreach (TextRange passage in content.Passages)
        {
            finder.Find(content.Text.AsSpan(passage.Start, passage.Length), found, passage.Start, collapses: true);
        }

        return [.. found.Select(match => new Emphasis(match.Start, match.Length, 1, "2 people"))];
    }

    private static void Attacks()
    {
        string letters = new('a', TextUnits);
        string[] phrases = [.. Enumerable.Range(1, Hostile).Select(length => new string('a', length))];
        var found = new List<PhraseMatch>();
        Time(
            $"a to a^{Hostile} exactly in {TextUnits} a",
            PhraseBook.Build(phrases, PhraseComparison.Exact),
            letters,
            found
        );
        Time("the same, words", PhraseBook.Build(phrases, PhraseComparison.Words), letters, found);
        string nested = string.Concat(Enumerable.Repeat("<div>", Nested));
        Print(
            $"{Nested} nested elements, refused",
            () =>
            {
                try
                {
                    HtmlContent.Parse(nested);
                    return 0;
                }
                catch (HtmlRefusedException)
                {
                    return 1;
                }
            },
            rounds: 50
        );
    }

    private static void Print(string name, Func<int> run, int rounds = Rounds)
    {
        double[] times = new double[rounds];
        int result = 0;
        for (int i = -rounds / 4; i < rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            result = run();
            if (i >= 0)
            {
                times[i] = Ms(start);
            }
        }

        Array.Sort(times);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {result}; p50 {times[rounds / 2]:0.000} ms, p99 {times[rounds * 99 / 100]:0.000} ms, "
                    + $"min {times[0]:0.000} ms"
            )
        );
    }

    private static double Ms(long start) => Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}
