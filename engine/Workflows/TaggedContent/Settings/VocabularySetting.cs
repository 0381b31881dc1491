using System.Text;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Workflows.TaggedContent.Events;

namespace Engine.Workflows.TaggedContent.Settings;

/// <summary>A part of all bookmarks: <c>vocabulary/&lt;id&gt;</c>.</summary>
/// <param name="Tags">Bookmarks with one of these tags belong to it.</param>
/// <param name="MindsWords">Whether phrases begin and end with words; false for scripts whose words have no
/// boundaries.</param>
public sealed record VocabularySetting(IReadOnlySet<string> Tags, bool MindsWords);

/// <summary>Reads <c>vocabulary/&lt;id&gt;</c>.</summary>
public sealed class VocabularyKind : ISettingKind
{
    public const string Name = "vocabulary";

    public string Kind => Name;

    public object Parse(string id, SettingReader record)
    {
        IReadOnlyList<string> tags = record.Texts("tags")
            ?? throw record.Wrong("'tags' is missing", DeadLetterReason.MissingField);
        return
            tags.Count is 0 or > BookmarkSchemas.MaxTags
            || tags.Any(tag => Encoding.UTF8.GetByteCount(tag) > BookmarkSchemas.MaxTagBytes)
            ? throw record.Wrong(
                $"'tags' has {tags.Count} texts; expected 1 to {BookmarkSchemas.MaxTags}, each of at most "
                    + $"{BookmarkSchemas.MaxTagBytes} bytes"
            )
            : new VocabularySetting(tags.ToHashSet(), record.OptionalFlag("words") ?? true);
    }
}
