using Engine.Contracts.Access;
using Engine.Web;
using Engine.Workflows.Module;
using Engine.Workflows.TaggedContent.Settings;
using Engine.Workflows.TaggedContent.Tagging;

namespace Engine.Workflows.TaggedContent.Web;

/// <summary>The page to paste a text into. A plain form; with its script, switching a tag needs no button.</summary>
internal static class TaggedContentPages
{
    public const string Path = "/tagged-content";

    /// <summary>What an HTML form calls a tag that is shown, and one that is switched on.</summary>
    internal const string Offered = "offered",
        On = "on";

    private static readonly PageNeeds Switching = new() { Script = TaggedContentPage.Script };

    public static void Map(WorkflowEndpoints endpoints, BookmarkShelf shelf)
    {
        endpoints
            .Routes.MapGet(Path, (HttpContext _) => Show(endpoints, new TaggedForm()))
            .ForRole(Role.Viewer)
            .Describe("The page to find bookmarks in a text.");
        endpoints
            .Routes.MapPost(Path, async (HttpContext http) =>
            {
                IFormCollection form = await Forms.ReadAsync(http).ConfigureAwait(false);
                Tagger tagger = await shelf.GetAsync().ConfigureAwait(false);
                return Show(endpoints, Answer(form, tagger, TaggedContentEndpoints.Vocabularies(endpoints)));
            })
            .ForRole(Role.Viewer);
    }

    private static TaggedForm Answer(
        IFormCollection form,
        Tagger tagger,
        IReadOnlyDictionary<string, VocabularySetting> vocabularies
    )
    {
        string vocabulary = form["vocabulary"].ToString();
        HashSet<string> off = [.. form[Offered].OfType<string>().Except(form[On].OfType<string>())];
        var request = new TagRequest(
            // Forms send line ends as CR LF.
            form["content"].ToString().ReplaceLineEndings("\n"),
            form["format"] == "html",
            Vocabulary: vocabularies.GetValueOrDefault(vocabulary)
        )
        {
            IsFragment = true,
            AboutName = "data-about",
        };
        TaggedText all = TaggedContentEndpoints.Tag(tagger, request);
        string[] tags =
        [
            .. all.Matches.SelectMany(match => Tags(match.Bookmark)).Distinct().Order(StringComparer.Ordinal),
        ];
        return new TaggedForm
        {
            Content = request.Content,
            IsHtml = request.IsHtml,
            Vocabulary = vocabulary,
            Tags = [.. tags.Select(tag => (tag, !off.Contains(tag)))],
            Result = tags.Any(off.Contains)
                ? TaggedContentEndpoints.Tag(tagger, request with { HiddenTags = off })
                : all,
        };
    }

    private static IReadOnlyList<string> Tags(Bookmark bookmark) =>
        bookmark.Tags.Count > 0 ? bookmark.Tags : [Tagger.Untagged];

    private static IResult Show(WorkflowEndpoints endpoints, TaggedForm form) =>
        Page.Show<TaggedContentPage>(
            new
            {
                Form = form,
                Vocabularies = TaggedContentEndpoints
                    .Vocabularies(endpoints)
                    .Keys.Order(StringComparer.Ordinal)
                    .ToArray(),
            },
            needs: Switching
        );
}

/// <summary>What the form holds, and what was found.</summary>
public sealed record TaggedForm
{
    public string Content { get; init; } = "";

    public bool IsHtml { get; init; }

    /// <summary>The id of the vocabulary that is chosen; empty for all bookmarks.</summary>
    public string Vocabulary { get; init; } = "";

    /// <summary>The tags that were found, and whether each is switched on.</summary>
    public IReadOnlyList<(string Tag, bool IsOn)> Tags { get; init; } = [];

    /// <summary>What was found; null before anything was sent.</summary>
    public TaggedText? Result { get; init; }

    /// <summary>The bookmarks that were found, with how often, the most often first.</summary>
    public IReadOnlyList<(Bookmark Bookmark, int Times)> Found =>
        [
            .. (Result?.Matches ?? [])
                .GroupBy(match => match.Bookmark)
                .Select(group => (group.Key, group.Count()))
                .OrderByDescending(one => one.Item2)
                .ThenBy(one => one.Key.Phrase, StringComparer.Ordinal),
        ];
}
