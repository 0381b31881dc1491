using Engine.Contracts;
using Engine.Contracts.Events;
using static Engine.Contracts.Events.EventField;

namespace Engine.Workflows.TaggedContent.Events;

/// <summary>The events of <c>bookmarks</c>.</summary>
public static class BookmarkSchemas
{
    public const int MaxTags = 32,
        MaxTagBytes = 64;

    private const int MaxPhraseBytes = 256,
        MaxAddressBytes = 2_048;

    private static readonly EventField Phrase = Optional(
            "phrase",
            100,
            new KeyTextKind(
                MaxPhraseBytes,
                "a text with something to compare",
                "cookie stuffing",
                BookmarkKey.OfPhrase
            ),
            "what is bookmarked: a word or several, which compare without letter case and accents"
        ),
        Address = Optional(
            "address",
            101,
            new KeyTextKind(
                MaxAddressBytes,
                "an address of http or https",
                "https://shop.example/p/9",
                BookmarkKey.OfAddress
            ),
            "what is bookmarked in place of a phrase"
        );

    /// <summary>A person bookmarks something.</summary>
    public static readonly EventSchema Bookmark = Of(
        "bookmark",
        "Bookmark",
        110,
        "A person bookmarks a phrase or an address; sending it again replaces the person's tags and source",
        """{"type":"bookmark","id":"k-1","time":1763769600000,"person":"p-1","phrase":"cookie stuffing","tags":["fraud"],"source":"case-9"}""",
        Optional("tags", 102, new ListKind(new TextKind(MaxTagBytes), MaxTags), "what the person files it under"),
        Optional("source", 28, FieldKind.Identifier, "where the person has it from")
    );

    /// <summary>A person gives a bookmark up.</summary>
    public static readonly EventSchema Removed = Of(
        "bookmark-removed",
        "BookmarkRemoved",
        111,
        "A person no longer bookmarks a phrase or an address",
        """{"type":"bookmark-removed","id":"k-2","time":1763769600000,"person":"p-1","phrase":"cookie stuffing"}"""
    );

    public static readonly IReadOnlyList<EventSchema> All = [Bookmark, Removed];

    private static EventSchema Of(
        string type,
        string message,
        int number,
        string meaning,
        string example,
        params EventField[] more
    ) =>
        new(
            type,
            Topics.Bookmarks,
            Phrase.Name,
            message,
            number,
            meaning,
            example,
            [
                Required("id", 2, FieldKind.Identifier, "the event's own id"),
                Required("time", 3, FieldKind.Time, "event time, milliseconds since the Unix epoch, UTC"),
                Required("person", 87, FieldKind.Identifier, "who"),
                Phrase,
                Address,
                .. more,
            ]
        )
        {
            Derived = new DerivedKey(
                Address,
                "the SHA-256, in hex, of `phrase` as it is compared, or of `address` normalised"
            ),
        };
}
