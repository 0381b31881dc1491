using Engine.Workflows.Module;

namespace Engine.Workflows.TaggedContent.Events;

/// <summary>A person bookmarks something, or no longer does.</summary>
/// <param name="Bookmark">The bookmark's key (<see cref="BookmarkKey"/>), which is the record's.</param>
/// <param name="IsRemoved">Whether the person gives it up.</param>
/// <param name="Phrase">The phrase as it was sent; null for an address.</param>
/// <param name="Address">The address as it was sent; null for a phrase.</param>
/// <param name="Tags">Each once.</param>
/// <param name="Source">Where the person has it from, or null.</param>
public sealed record BookmarkEvent(
    string Type,
    string Id,
    long Time,
    string Bookmark,
    string Person,
    bool IsRemoved,
    string? Phrase,
    string? Address,
    IReadOnlyList<string> Tags,
    string? Source
) : WorkflowEvent(Type, Id, Bookmark, Time)
{
    internal static BookmarkEvent Read(EventReader reader)
    {
        string? phrase = reader.OptionalText("phrase"),
            address = phrase == null ? reader.OptionalText("address") : null;
        bool isRemoved = reader.Type == BookmarkSchemas.Removed.Type;
        return new BookmarkEvent(
            reader.Type,
            reader.Id(),
            reader.Time(),
            (phrase != null ? BookmarkKey.OfPhrase(phrase) : BookmarkKey.OfAddress(address!))!,
            reader.Text("person"),
            isRemoved,
            phrase,
            address,
            isRemoved ? [] : [.. reader.Texts("tags").Distinct()],
            isRemoved ? null : reader.OptionalText("source")
        );
    }
}
