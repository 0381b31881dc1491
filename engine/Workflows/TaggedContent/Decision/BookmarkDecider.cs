using Engine.Workflows.Module;
using Engine.Workflows.TaggedContent.Settings;

namespace Engine.Workflows.TaggedContent.Decision;

/// <summary>Keeps who has bookmarked what. The settings decide nothing here: they limit what is found in a text.
/// </summary>
public sealed class BookmarkDecider : IDecider
{
    /// <summary>Zero: bookmarks are remembered, as they reach further back than the log.</summary>
    public TimeSpan LongestWindow => TimeSpan.Zero;

    public object Compile(SettingRecords records) => records.Of<VocabularySetting>(VocabularyKind.Name).ToDictionary();

    public IDeciderPartition Open(string partition) => new BookmarkPartition(partition);
}
