using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Workflows.TaggedContent.Events;

namespace Engine.Workflows.TaggedContent.Decision;

/// <summary>A bookmark as one person has it. Remembered in the field <c>&lt;bookmark&gt; &lt;person&gt;</c>, from which
/// every instance reads what it finds in texts.</summary>
/// <param name="Phrase">The phrase as the person sent it last; null for an address.</param>
/// <param name="Address">The address; null for a phrase.</param>
/// <param name="Tags">Each once.</param>
/// <param name="Source">Where the person has it from, or null.</param>
/// <param name="First">When the person bookmarked it, event time, ms.</param>
/// <param name="Last">When the person did so last, event time, ms.</param>
public sealed record HeldBookmark(
    string Bookmark,
    string Person,
    string? Phrase,
    string? Address,
    IReadOnlyList<string> Tags,
    string? Source,
    long First,
    long Last
)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The field that it is remembered in. Neither part holds a space.</summary>
    public string Field => $"{Bookmark} {Person}";

    /// <param name="before">What the person had before, or null.</param>
    public static HeldBookmark Of(BookmarkEvent e, HeldBookmark? before) =>
        new(
            e.Bookmark,
            e.Person,
            e.Phrase,
            e.Address,
            e.Tags,
            e.Source,
            Math.Min(before?.First ?? e.Time, e.Time),
            Math.Max(before?.Last ?? e.Time, e.Time)
        );

    /// <summary>Reads a remembered field.</summary>
    public static HeldBookmark Read(string field, string value)
    {
        int space = field.IndexOf(' ', StringComparison.Ordinal);
        JsonNode json = JsonNode.Parse(value)!;
        return new HeldBookmark(
            field[..space],
            field[(space + 1)..],
            (string?)json["phrase"],
            (string?)json["address"],
            [.. json["tags"]!.AsArray().Select(tag => (string)tag!)],
            (string?)json["source"],
            (long)json["first"]!,
            (long)json["last"]!
        );
    }

    /// <summary>The value that it is remembered as.</summary>
    public string ToJson()
    {
        var json = new JsonObject
        {
            [Phrase != null ? "phrase" : "address"] = Phrase ?? Address,
            ["tags"] = new JsonArray([.. Tags.Select(tag => JsonValue.Create(tag))]),
            ["first"] = First,
            ["last"] = Last,
        };
        if (Source != null)
        {
            json["source"] = Source;
        }

        return json.ToJsonString(Readable);
    }
}
