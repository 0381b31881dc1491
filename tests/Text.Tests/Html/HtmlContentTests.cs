using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using Engine.Text.Html;
using Engine.Text.Phrases;
using Tests.Support;
using Xunit;

namespace Text.Tests.Html;

public class HtmlContentTests
{
    [Theory]
    [InlineData("<p>one phrase here</p>", "<p>one [phrase] here</p>")]
    [InlineData("a phr<b>ase</b> b", "a [phr]<b>[ase]</b> b")]
    [InlineData("<i>a</i> two\n  <b>words</b>", "<i>a</i> [two\n  ]<b>[words]</b>")]
    [InlineData("<p>two</p><p>words</p>", "<p>two</p><p>words</p>")]
    [InlineData("two<br>words", "two<br>words")]
    [InlineData("<a href=\"x\">phrase</a> phrase", "<a href=\"x\">phrase</a> [phrase]")]
    [InlineData("two <a href=\"x\">words</a>", "two <a href=\"x\">words</a>")]
    [InlineData("<code>phrase</code><pre>phrase</pre>", "<code>phrase</code><pre>phrase</pre>")]
    [InlineData("<textarea>phrase</textarea>", "<textarea>phrase</textarea>")]
    [InlineData("<style>phrase</style>", "<style>phrase</style>")]
    [InlineData("<select><option>phrase</option></select>", "<select><option>phrase</option></select>")]
    [InlineData(
        "<table><tbody><tr><td>phrase</td></tr></tbody></table>",
        "<table><tbody><tr><td>[phrase]</td></tr></tbody></table>"
    )]
    [InlineData("<svg><text>phrase</text></svg>", "<svg><text>phrase</text></svg>")]
    [InlineData("AT&amp;T phrase &lt;b&gt;", "AT&amp;T [phrase] &lt;b&gt;")]
    [InlineData("<mark>phrase</mark>", "<mark>[phrase]</mark>")]
    public void Phrases_are_emphasised_where_they_may_be(string html, string emphasised) =>
        Assert.Equal(emphasised, Shorten(Emphasise(html)));

    [Theory]
    [InlineData("<p>plain</p>")]
    [InlineData("<!DOCTYPE html><html lang=\"en\"><head><title>a phrase</title></head><body><p>x</p></body></html>")]
    [InlineData("<pre>\n\nx</pre>")]
    [InlineData("a&#13;b<!-- said --><hr>")]
    [InlineData("<div aria-label=\"x &lt; &quot;y&quot;\" class=\"a\" data-x=\"\" style=\"color: red\">z</div>")]
    [InlineData("<svg viewBox=\"0 0 1 1\"><circle vector-effect=\"none\" r=\"30\"></circle></svg>")]
    [InlineData("<math><mrow><mi>a</mi><mo>+</mo></mrow></math>")]
    [InlineData("<img src=\"data:image/png;base64,x\" srcset=\"a 1x\" alt=\"\">")]
    [InlineData("<noscript>Turn scripts on</noscript><style>b > i { color: red }</style>")]
    [InlineData("<x-card name=\"b\">c</x-card>")]
    [InlineData("<form action=\"/x\"><input name=\"y\"><button>z</button></form>")]
    public void What_is_harmless_comes_back_as_it_went_in(string html) =>
        Assert.Equal(html, HtmlContent.Parse(html).Write([]));

    [Theory]
    [InlineData("<b onclick=\"f()\" ONLOAD=x>y</b>", "<b>y</b>")]
    [InlineData("a<script>f()</script>b", "ab")]
    [InlineData("<a href=\" java\tscript:f()\">x</a>", "<a>x</a>")]
    [InlineData("<a href=\"&#1;javascript:f()\">x</a>", "<a>x</a>")]
    [InlineData("<a href=\"data:text/html,x\">x</a>", "<a>x</a>")]
    [InlineData("<a href=\"/x?y:z\">x</a>", "<a href=\"/x?y:z\">x</a>")]
    [InlineData("<button formaction=\"javascript:f()\">x</button>", "<button>x</button>")]
    [InlineData("<noscript><p title=\"</noscript><img src=x onerror=f()>\"></noscript>", "")]
    [InlineData("<iframe srcdoc=\"x\"></iframe><object data=\"x\"></object>", "")]
    [InlineData("<svg><style><img src=x onerror=f()></style></svg>", "<svg></svg><img src=\"x\">")]
    [InlineData("<svg><foreignObject><p>x</p></foreignObject></svg>", "<svg></svg>")]
    [InlineData("<p title=\"--><img src=x>\">x</p>", "<p title=\"--&gt;&lt;img src=x&gt;\">x</p>")]
    [InlineData("<base href=\"//e\"><meta http-equiv=\"refresh\" content=\"0;x\">", "")]
    [InlineData("<template><b>x</b></template>", "")]
    public void What_could_run_goes(string html, string cleaned) => Assert.Equal(cleaned, Write(html));

    /// <summary>What is written reads the same again, holds nothing that runs, and no element or attribute that wasn't
    /// there but ours.</summary>
    [Fact]
    public void Payloads_against_sanitisers_get_nowhere()
    {
        string? file = SharedData.Find("text/sanitiser.jsonl");
        Assert.SkipWhen(file is null, "there is no shared data");
        int cases = 0;
        foreach (string line in File.ReadLines(file))
        {
            string payload = JsonDocument.Parse(line).RootElement.GetProperty("payload").GetString()!;
            string written = Emphasise(payload + " phrase", "x", "phrase", "alert");
            Assert.Equal(Reread(written), written);
            Assert.Empty(RunnableIn(written));
            cases++;
        }

        Assert.Equal(204, cases);
    }

    [Theory]
    [InlineData("<div>", 50_000)]
    [InlineData("<b>", 50_000)]
    [InlineData("<a><div>", 25_000)]
    [InlineData("<table><tr><td>", 20_000)]
    [InlineData("<svg><g>", 20_000)]
    public void What_is_nested_too_deep_is_refused(string tags, int times) =>
        Assert.Throws<HtmlRefusedException>(() => HtmlContent.Parse(string.Concat(Enumerable.Repeat(tags, times))));

    [Fact]
    public void Elements_that_would_be_copied_without_end_are_refused() =>
        Assert.Throws<HtmlRefusedException>(() =>
            HtmlContent.Parse(
                $"<p>{string.Concat(Enumerable.Range(0, 300).Select(i => $"<b id={i}>"))}</p>"
                    + string.Concat(Enumerable.Repeat("<p>x</p>", 10_000))
            )
        );

    [Fact]
    public void A_plain_text_is_escaped() =>
        Assert.Equal(
            "a &lt;b&gt; <mark class=\"depth-2\" tabindex=\"0\" title=\"&quot;\">phrase</mark>\n&amp;",
            HtmlContent.Write("a <b> phrase\n&", [new Emphasis(6, 6, 2, "\"")])
        );

    private static string Write(string html) => HtmlContent.Parse(html).Write([]);

    private static string Emphasise(string html, params string[] phrases)
    {
        HtmlContent content = HtmlContent.Parse(html);
        PhraseBook book = PhraseBook.Build(
            phrases.Length > 0 ? phrases : ["phrase", "two words"],
            PhraseComparison.Words
        );
        var found = new List<PhraseMatch>();
        var finder = new PhraseFinder(book);
        foreach (TextRange passage in content.Passages)
        {
            finder.Find(content.Text.AsSpan(passage.Start, passage.Length), found, passage.Start, collapses: true);
        }

        string written = content.Write([.. found.Select(one => new Emphasis(one.Start, one.Length, 1, "who"))]);
        // Without our elements it is what it was.
        Assert.Equal(content.Write([]), Ours(written, ""));
        return written;
    }

    /// <summary>Our elements as brackets.</summary>
    private static string Shorten(string html) => Ours(html, "[]");

    /// <summary>Puts brackets, or nothing, in place of our elements, which hold text alone.</summary>
    private static string Ours(string html, string brackets) =>
        Regex.Replace(
            html,
            "<mark class=\"depth-1\"(?: tabindex=\"0\")? title=\"who\">([^<]*)</mark>",
            brackets.Length > 0 ? "[$1]" : "$1"
        );

    private static string Reread(string written) => HtmlContent.Parse(written).Write([]);

    private static IEnumerable<string> RunnableIn(string written) =>
        new HtmlParser(new HtmlParserOptions { IsScripting = true })
            .ParseDocument(written)
            .All.Where(element =>
                element.LocalName is "script" or "iframe" or "object" or "embed" or "template" or "foreignObject"
                || element.Attributes.Any(attribute =>
                    attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)
                    || (
                        attribute.LocalName is "href" or "src" or "action" or "formaction"
                        && attribute.Value.Contains("javascript:", StringComparison.OrdinalIgnoreCase)
                    )
                )
            )
            .Select(element => element.OuterHtml);
}
