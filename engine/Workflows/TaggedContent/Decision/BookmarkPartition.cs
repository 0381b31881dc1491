using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.Module;
using Engine.Workflows.TaggedContent.Events;

namespace Engine.Workflows.TaggedContent.Decision;

/// <summary>The bookmarks of one partition: who has each, and its record.</summary>
internal sealed class BookmarkPartition(string partition) : IDeciderPartition
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Dictionary<string, SortedDictionary<string, HeldBookmark>> _holders = [];

    public long Due => long.MaxValue;

    public WorkflowEvent? Read(EventReader reader) => BookmarkEvent.Read(reader);

    public void Restore(string field, string value) => Keep(HeldBookmark.Read(field, value));

    public void Recall(WorkflowEvent e, in Moment at)
    {
        // Bookmarks are remembered, not rebuilt.
    }

    public void Elapse(in Moment at, IResults results)
    {
        // There are no timers.
    }

    public void Decide(WorkflowEvent e, in Moment at, IResults results)
    {
        var bookmark = (BookmarkEvent)e;
        HeldBookmark? before = _holders.GetValueOrDefault(bookmark.Bookmark)?.GetValueOrDefault(bookmark.Person);
        if (bookmark.IsRemoved)
        {
            if (before == null)
            {
                return;
            }

            _holders[bookmark.Bookmark].Remove(bookmark.Person);
            results.Remember(before.Field, null);
        }
        else
        {
            HeldBookmark held = HeldBookmark.Of(bookmark, before);
            Keep(held);
            results.Remember(held.Field, held.ToJson());
        }

        SortedDictionary<string, HeldBookmark> holders = _holders[bookmark.Bookmark];
        results.Replace(
            new RecordChange(
                BookmarkKeys.Record(bookmark.Bookmark),
                JsonOf(holders.Count > 0 ? [.. holders.Values] : [before!], holders.Count, at),
                at.Offset,
                []
            )
            {
                Expires = false,
            }
        );
        if (holders.Count == 0)
        {
            _holders.Remove(bookmark.Bookmark);
        }
    }

    /// <summary>The record. Its phrase is as the first person wrote it.</summary>
    /// <param name="holders">Who has it; if nobody, who had it last.</param>
    private string JsonOf(IReadOnlyList<HeldBookmark> holders, int persons, in Moment at)
    {
        HeldBookmark first = holders.MinBy(one => one.First)!;
        var tags = new JsonObject();
        if (persons > 0)
        {
            foreach (
                IGrouping<string, string> tag in holders
                    .SelectMany(one => one.Tags)
                    .GroupBy(tag => tag)
                    .OrderByDescending(tag => tag.Count())
                    .ThenBy(tag => tag.Key, StringComparer.Ordinal)
            )
            {
                tags[tag.Key] = tag.Count();
            }
        }

        return new JsonObject
        {
            [first.Phrase != null ? "phrase" : "address"] = first.Phrase ?? first.Address,
            ["persons"] = persons,
            ["tags"] = tags,
            ["first"] = first.First,
            ["last"] = holders.Max(one => one.Last),
            ["at"] = LogPlace.Text(partition, at.Offset),
        }.ToJsonString(Readable);
    }

    private void Keep(HeldBookmark held)
    {
        if (!_holders.TryGetValue(held.Bookmark, out SortedDictionary<string, HeldBookmark>? holders))
        {
            _holders[held.Bookmark] = holders = new SortedDictionary<string, HeldBookmark>(StringComparer.Ordinal);
        }

        holders[held.Person] = held;
    }
}
