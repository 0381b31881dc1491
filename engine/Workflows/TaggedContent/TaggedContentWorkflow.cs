using System.Globalization;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Contracts.Settings;
using Engine.Workflows.Module;
using Engine.Workflows.Module.Traffic;
using Engine.Workflows.TaggedContent.Decision;
using Engine.Workflows.TaggedContent.Events;
using Engine.Workflows.TaggedContent.Settings;
using Engine.Workflows.TaggedContent.Tagging;
using Engine.Workflows.TaggedContent.Traffic;
using Engine.Workflows.TaggedContent.Web;

namespace Engine.Workflows.TaggedContent;

/// <summary>Tagged content: people bookmark phrases, and find each other's bookmarks emphasised in what they read.
/// </summary>
public sealed class TaggedContentWorkflow : IWorkflow
{
    public string Name => "tagged content";

    public string Topic => Topics.Bookmarks;

    public IReadOnlyList<EventSchema> Events => BookmarkSchemas.All;

    public IReadOnlyList<ISettingKind> SettingKinds { get; } = [new VocabularyKind()];

    public IReadOnlyList<KeyPattern> Keys =>
        [new("bookmark:<key>", "a bookmark: how many people have it, and with which tags")];

    public string Documentation => "tagged-content.md";

    public ISampleTraffic Traffic { get; } = new BookmarkTraffic();

    public IDecider CreateDecider(DeciderServices services) => new BookmarkDecider();

    public void MapEndpoints(WorkflowEndpoints endpoints)
    {
        var shelf = new BookmarkShelf(endpoints);
        TaggedContentEndpoints.Map(endpoints, shelf);
        TaggedContentPages.Map(endpoints, shelf);
    }

    public async Task<IReadOnlyList<string>> ReportAsync(ReportSource source)
    {
        IReadOnlyList<HeldBookmark> held = await BookmarkStore
            .ReadAsync(source.Redis, source.Keys, source.Partitions)
            .ConfigureAwait(false);
        return held.Count == 0
            ? []
            :
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{held.DistinctBy(one => one.Bookmark).Count()} bookmarks of "
                        + $"{held.DistinctBy(one => one.Person).Count()} people, to find in a text: "
                        + $"http://{source.Http}{TaggedContentPages.Path}"
                ),
            ];
    }
}
