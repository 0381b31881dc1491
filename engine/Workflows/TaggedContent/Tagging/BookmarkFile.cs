using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts.Events;
using Engine.Workflows.TaggedContent.Decision;
using Engine.Workflows.TaggedContent.Events;

namespace Engine.Workflows.TaggedContent.Tagging;

/// <summary>Reads bookmarks from lines of JSON, each an event <c>bookmark</c> or <c>bookmark-removed</c>, in place of
/// the topic's. Only what finding a phrase takes is asked for: id and time may be absent, and phrases may be long.
/// </summary>
public static class BookmarkFile
{
    /// <summary>What is left at the end of the lines.</summary>
    /// <param name="isExact">Whether phrases are compared as they are.</param>
    /// <exception cref="FormatException">A line isn't one of these events; says which line and why.</exception>
    public static IReadOnlyCollection<HeldBookmark> Read(IEnumerable<string> lines, bool isExact)
    {
        var held = new Dictionary<string, HeldBookmark>();
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            BookmarkEvent e;
            try
            {
                e = Read(line, isExact);
            }
            catch (Exception wrong) when (wrong is JsonException or FormatException or InvalidOperationException)
            {
                throw new FormatException($"line {number}: {wrong.Message}", wrong);
            }

            string field = $"{e.Bookmark} {e.Person}";
            if (e.IsRemoved)
            {
                held.Remove(field);
            }
            else
            {
                held[field] = HeldBookmark.Of(e, held.GetValueOrDefault(field));
            }
        }

        return held.Values;
    }

    private static BookmarkEvent Read(string line, bool isExact)
    {
        JsonObject json = JsonFields.Parse(line) ?? throw new FormatException("expected a JSON object");
        string type = (string?)json["type"] ?? BookmarkSchemas.Bookmark.Type;
        if (type != BookmarkSchemas.Bookmark.Type && type != BookmarkSchemas.Removed.Type)
        {
            throw new FormatException(
                $"'type' is '{type}'; expected {BookmarkSchemas.Bookmark.Type} or {BookmarkSchemas.Removed.Type}"
            );
        }

        string? phrase = (string?)json["phrase"],
            address = phrase == null ? (string?)json["address"] : null;
        string? key =
            phrase == null ? BookmarkKey.OfAddress(address ?? throw new FormatException("'phrase' is missing"))
            : isExact && phrase.Length > 0 ? BookmarkKey.Of(phrase)
            : BookmarkKey.OfPhrase(phrase);
        return new BookmarkEvent(
            type,
            (string?)json["id"] ?? "",
            (long?)json["time"] ?? 0,
            key ?? throw new FormatException($"'{phrase ?? address}' can't be compared with anything"),
            (string?)json["person"] ?? "",
            type == BookmarkSchemas.Removed.Type,
            phrase,
            address,
            [.. (json["tags"]?.AsArray() ?? []).Select(tag => (string)tag!).Distinct()],
            (string?)json["source"]
        );
    }
}
