using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.WebConsole.WorkflowResults;
using Engine.Workflows.TaggedContent.Decision;
using Engine.Workflows.TaggedContent.Events;

namespace Engine.WebConsole.Bookmarks;

/// <summary>Reads bookmarks: phrases and addresses, who has them and with which tags. Thread-safe.</summary>
internal sealed class BookmarkDesk(ResultReader results)
{
    private const int MaxShown = 100;

    /// <summary>The bookmarks that the latest events are about, the one with the latest event first.</summary>
    public async Task<IReadOnlyList<KnownBookmark>> RecentAsync(CancellationToken cancel)
    {
        string[] latest =
        [
            .. (await results.LatestAsync(Topics.Bookmarks, cancel).ConfigureAwait(false))
                .Select(e => e.Record.KeyText)
                .OfType<string>()
                .Where(IsKey)
                .Distinct()
                .Take(MaxShown),
        ];
        JsonObject?[] found = await Task.WhenAll(latest.Select(key => results.FindAsync(BookmarkKeys.Record(key))))
            .ConfigureAwait(false);
        return
        [
            .. latest
                .Zip(found)
                .Where(one => one.Second != null)
                .Select(one => new KnownBookmark(one.First, one.Second!)),
        ];
    }

    /// <summary>The key of a phrase or an address; null if it is neither.</summary>
    public static string? KeyOf(string text) => BookmarkKey.OfAddress(text) ?? BookmarkKey.OfPhrase(text);

    /// <summary>A bookmark by its key; null if nobody ever had it.</summary>
    public async Task<KnownBookmark?> FindAsync(string key) =>
        IsKey(key) && await results.FindAsync(BookmarkKeys.Record(key)).ConfigureAwait(false) is { } record
            ? new KnownBookmark(key, record)
            : null;

    /// <summary>The latest events of a bookmark, the latest first.</summary>
    public Task<IReadOnlyList<RecordedEvent>> EventsAsync(string key, CancellationToken cancel) =>
        results.LatestOfAsync(Topics.Bookmarks, key, cancel);

    private static bool IsKey(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}

/// <summary>A bookmark.</summary>
/// <param name="Key">The SHA-256 of what it is about.</param>
public sealed record KnownBookmark(string Key, JsonObject Record)
{
    /// <summary>The phrase or the address.</summary>
    public string What => Record.Text("phrase") is { Length: > 0 } phrase ? phrase : Record.Text("address");

    /// <summary>The tags with the number of people who use each, the most used first.</summary>
    public IReadOnlyList<(string Tag, long People)> Tags =>
        [
            .. (Record["tags"] as JsonObject ?? [])
                .Select(tag => (tag.Key, People: (Record["tags"] as JsonObject).Number(tag.Key)))
                .OrderByDescending(tag => tag.People)
                .ThenBy(tag => tag.Key, StringComparer.Ordinal),
        ];
}
