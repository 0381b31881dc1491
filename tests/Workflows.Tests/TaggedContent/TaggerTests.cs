using Engine.Text.Phrases;
using Engine.Workflows.TaggedContent.Settings;
using Engine.Workflows.TaggedContent.Tagging;
using Xunit;

namespace Workflows.Tests.TaggedContent;

/// <summary>What is emphasised, and how.</summary>
public class TaggerTests
{
    private static readonly Tagger Fraud = Of(
        """{"person":"p-1","phrase":"click fraud","tags":["fraud"],"source":"case-1"}""",
        """{"person":"p-2","phrase":"click","tags":["web","word"]}""",
        """{"person":"p-3","phrase":"pixel"}"""
    );

    [Fact]
    public void A_match_says_who_has_it()
    {
        TaggedText tagged = Fraud.Tag(new TagRequest("Click <fraud> & CLICK FRAUD", IsHtml: false));
        Assert.Equal(
            "<mark class=\"depth-1\" tabindex=\"0\" title=\"click: 1 person; tags: web, word\">Click</mark> "
                + "&lt;fraud&gt; &amp; <mark class=\"depth-1\" tabindex=\"0\" title=\"click fraud: 1 person; tags: "
                + "fraud; source: case-1\">CLICK FRAUD</mark>",
            tagged.Html
        );
        Assert.Equal(
            """[{"start":0,"length":5,"phrase":"click","bookmark":"KEY","persons":1,"tags":["web","word"]},{"start":16,"length":11,"phrase":"click fraud","bookmark":"KEY","persons":1,"tags":["fraud"]}]""",
            System.Text.RegularExpressions.Regex.Replace(
                tagged.ToJson()["matches"]!.ToJsonString(),
                "[0-9a-f]{64}",
                "KEY"
            )
        );
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(8, 4)]
    [InlineData(15, 4)]
    [InlineData(16, 5)]
    [InlineData(5_000, 5)]
    public void What_more_people_have_is_emphasised_deeper(int people, int depth) =>
        Assert.Contains(
            $"<mark class=\"depth-{depth}\"",
            Of([.. Enumerable.Range(0, people).Select(i => $$"""{"person":"p-{{i}}","phrase":"x"}""")])
                .Tag(new TagRequest("x", IsHtml: false))
                .Html
        );

    [Theory]
    [InlineData("fraud", "click fraud")]
    [InlineData("web", "click")]
    [InlineData("word fraud", "click fraud")]
    [InlineData("other", "")]
    [InlineData("", "")]
    public void Only_bookmarks_with_one_of_the_tags_count_when_tags_are_asked_for(string tags, string found) =>
        Assert.Equal(
            found,
            Phrases(
                new TagRequest(
                    "click fraud, pixel",
                    IsHtml: false,
                    tags.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet()
                )
            )
        );

    [Theory]
    [InlineData("fraud", "click|pixel")]
    [InlineData("web", "click fraud|pixel")]
    [InlineData("fraud|web", "click|pixel")]
    [InlineData("fraud|web|word", "pixel")]
    [InlineData("", "click fraud")]
    public void What_has_no_other_tag_is_switched_off_with_its_tags(string hidden, string found) =>
        Assert.Equal(
            found,
            Phrases(new TagRequest("click fraud, pixel", IsHtml: false) { HiddenTags = hidden.Split('|').ToHashSet() })
        );

    [Fact]
    public void A_vocabulary_limits_what_is_found_and_may_not_mind_words()
    {
        var vocabulary = new VocabularySetting(new HashSet<string> { "web" }, MindsWords: true);
        Assert.Equal("click", Phrases(new TagRequest("click fraud clicks", IsHtml: false, null, vocabulary)));
        Assert.Equal(
            "click|click",
            Phrases(new TagRequest("click fraud clicks", IsHtml: false, null, vocabulary with { MindsWords = false }))
        );
    }

    [Fact]
    public void A_page_is_a_fragment_where_it_must_be()
    {
        var request = new TagRequest("<body class=\"x\"><p>click</p></body>", IsHtml: true);
        Assert.StartsWith("<html><head></head><body class=\"x\"><p><mark", Fraud.Tag(request).Html);
        Assert.StartsWith("<p><mark", Fraud.Tag(request with { IsFragment = true }).Html);
    }

    [Fact]
    public void Lines_of_a_file_are_what_is_left_at_its_end()
    {
        Tagger tagger = Of(
            """{"type":"bookmark","person":"p-1","phrase":"a"}""",
            "",
            """{"type":"bookmark","person":"p-1","phrase":"b"}""",
            """{"type":"bookmark-removed","person":"p-1","phrase":"A"}""",
            """{"type":"bookmark","person":"p-1","address":"https://shop.example/"}"""
        );
        Assert.Equal(
            "<mark class=\"depth-1\" tabindex=\"0\" title=\"b: 1 person\">B</mark> a",
            tagger.Tag(new TagRequest("B a", false)).Html
        );
    }

    [Theory]
    [InlineData("[]", "line 1: expected a JSON object")]
    [InlineData("{", "line 1: ")]
    [InlineData("{}", "line 1: 'phrase' is missing")]
    [InlineData("""{"type":"click","phrase":"a"}""", "line 1: 'type' is 'click'")]
    [InlineData("""{"phrase":1}""", "line 1: ")]
    [InlineData("""{"phrase":"\u00AD"}""", "line 1: ")]
    public void A_line_that_is_no_bookmark_is_named(string line, string problem) =>
        Assert.StartsWith(
            problem,
            Assert.Throws<FormatException>(() => BookmarkFile.Read([line], isExact: false)).Message
        );

    [Fact]
    public void Exact_phrases_are_compared_as_they_are()
    {
        Tagger tagger = Tagger.Build(
            BookmarkFile.Read(["""{"phrase":"Ass"}""", """{"phrase":"ass"}""", """{"phrase":" "}"""], isExact: true),
            PhraseComparison.Exact
        );
        Assert.Equal(
            ["Ass", " ", "ass"],
            tagger
                .Tag(new TagRequest("ClAss Class ASS", false))
                .Matches.Select(match => match.Bookmark.Phrase)
                .Distinct()
        );
    }

    private static Tagger Of(params string[] lines) => Tagger.Build(BookmarkFile.Read(lines, isExact: false));

    private static string Phrases(TagRequest request) =>
        string.Join('|', Fraud.Tag(request).Matches.Select(match => match.Bookmark.Phrase));
}
