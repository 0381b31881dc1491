using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Engine.Text.Html;
using Engine.Text.Phrases;
using Engine.Workflows.TaggedContent.Decision;
using Engine.Workflows.TaggedContent.Settings;

namespace Engine.Workflows.TaggedContent.Tagging;

/// <summary>Finds bookmarks in texts and emphasises them. Immutable but for the buffers that it lends out, so any
/// number of threads may use it.</summary>
public sealed class Tagger
{
    /// <summary>Stands for bookmarks without tags, among <see cref="TagRequest.HiddenTags"/>.</summary>
    public const string Untagged = "";

    private readonly IReadOnlyList<Bookmark> _bookmarks;
    private readonly Finders _words,
        _anywhere;

    private Tagger(IReadOnlyList<Bookmark> bookmarks, PhraseBook book)
    {
        _bookmarks = bookmarks;
        _words = new Finders(book);
        _anywhere = new Finders(book.Anywhere());
    }

    /// <summary>The number of phrases.</summary>
    public int Count => _bookmarks.Count;

    /// <summary>Builds the tagger of what people have. Addresses are kept, but not looked for.</summary>
    public static Tagger Build(IEnumerable<HeldBookmark> held, PhraseComparison comparison = PhraseComparison.Words)
    {
        Bookmark[] bookmarks =
        [
            .. held.Where(one => one.Phrase != null).GroupBy(one => one.Bookmark).Select(one => Bookmark.Of([.. one])),
        ];
        return new Tagger(bookmarks, PhraseBook.Build([.. bookmarks.Select(one => one.Phrase)], comparison));
    }

    /// <summary>Emphasises what is found.</summary>
    /// <exception cref="HtmlRefusedException">It is HTML that is refused.</exception>
    public TaggedText Tag(TagRequest request)
    {
        HtmlContent? html = request.IsHtml ? HtmlContent.Parse(request.Content, request.IsFragment) : null;
        var found = new List<PhraseMatch>();
        Finders finders = request.Vocabulary?.MindsWords == false ? _anywhere : _words;
        PhraseFinder finder = finders.Take();
        Func<int, bool>? counts = request.IsLimited ? phrase => Counts(request, _bookmarks[phrase].Tags) : null;
        if (html == null)
        {
            finder.Find(request.Content, found, counts: counts);
        }
        else
        {
            foreach (TextRange passage in html.Passages)
            {
                finder.Find(
                    html.Text.AsSpan(passage.Start, passage.Length),
                    found,
                    passage.Start,
                    collapses: true,
                    counts
                );
            }
        }

        finders.Return(finder);
        Emphasis[] emphases =
        [
            .. found.Select(match => new Emphasis(
                match.Start,
                match.Length,
                _bookmarks[match.Phrase].Depth,
                _bookmarks[match.Phrase].About
            )),
        ];
        return new TaggedText(
            html?.Write(emphases, request.AboutName) ?? HtmlContent.Write(request.Content, emphases, request.AboutName),
            [.. found.Select(match => new TagMatch(match.Start, match.Length, _bookmarks[match.Phrase]))]
        );
    }

    private static bool Counts(TagRequest request, IReadOnlyList<string> tags) =>
        (request.Tags == null || tags.Any(request.Tags.Contains))
        && (request.Vocabulary == null || tags.Any(request.Vocabulary.Tags.Contains))
        && !(tags.Count == 0 ? request.HiddenTags.Contains(Untagged) : tags.All(request.HiddenTags.Contains));

    /// <summary>Finders that nobody uses at the moment.</summary>
    private sealed class Finders(PhraseBook book)
    {
        private readonly ConcurrentBag<PhraseFinder> _idle = [];

        public PhraseFinder Take() => _idle.TryTake(out PhraseFinder? finder) ? finder : new PhraseFinder(book);

        public void Return(PhraseFinder finder) => _idle.Add(finder);
    }
}

/// <summary>What to emphasise in what.</summary>
/// <param name="Content">A text, or HTML.</param>
/// <param name="IsHtml">Whether it is HTML.</param>
/// <param name="Tags">Only bookmarks with one of these tags; null for all.</param>
/// <param name="Vocabulary">Only bookmarks of this vocabulary; null for all.</param>
public sealed record TagRequest(
    string Content,
    bool IsHtml,
    IReadOnlySet<string>? Tags = null,
    VocabularySetting? Vocabulary = null
)
{
    /// <summary>Tags that are switched off: bookmarks that have no others don't count.</summary>
    public IReadOnlySet<string> HiddenTags { get; init; } = FrozenSet<string>.Empty;

    internal bool IsLimited => Tags != null || Vocabulary != null || HiddenTags.Count > 0;

    /// <summary>Whether HTML is part of a body, whatever it says.</summary>
    public bool IsFragment { get; init; }

    /// <summary>The attribute with what is shown on hover and focus. Browsers show <c>title</c> on hover.</summary>
    public string AboutName { get; init; } = "title";
}

/// <summary>A bookmark that was found.</summary>
/// <param name="Start">The UTF-16 unit at which it begins, of the text, or of the text of all text nodes.</param>
/// <param name="Length">Its length there.</param>
public readonly record struct TagMatch(int Start, int Length, Bookmark Bookmark);

/// <summary>What was found in a text.</summary>
/// <param name="Html">The text or the HTML, with <c>mark</c> elements around what was found.</param>
/// <param name="Matches">What was found, in order.</param>
public sealed record TaggedText(string Html, IReadOnlyList<TagMatch> Matches)
{
    public JsonObject ToJson() =>
        new()
        {
            ["html"] = Html,
            ["matches"] = new JsonArray([
                .. Matches.Select(match => new JsonObject
                {
                    ["start"] = match.Start,
                    ["length"] = match.Length,
                    ["phrase"] = match.Bookmark.Phrase,
                    ["bookmark"] = match.Bookmark.Key,
                    ["persons"] = match.Bookmark.Persons,
                    ["tags"] = new JsonArray([.. match.Bookmark.Tags.Select(tag => JsonValue.Create(tag))]),
                }),
            ]),
        };
}
