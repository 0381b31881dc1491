using System.Numerics;
using Engine.Workflows.TaggedContent.Decision;

namespace Engine.Workflows.TaggedContent.Tagging;

/// <summary>A phrase that people have bookmarked.</summary>
/// <param name="Key">The bookmark's key.</param>
/// <param name="Phrase">The phrase as the first person wrote it.</param>
/// <param name="Persons">How many people have it.</param>
/// <param name="Tags">Their tags, by how many people use each.</param>
/// <param name="Sources">Where they have it from, the latest first.</param>
public sealed record Bookmark(
    string Key,
    string Phrase,
    int Persons,
    IReadOnlyList<string> Tags,
    IReadOnlyList<string> Sources
)
{
    private const int MaxDepth = 5;

    /// <summary>More are a list that nobody reads on hover.</summary>
    private const int MaxSources = 3;

    /// <summary>How deep it is emphasised, 1 to 5: each step takes twice as many people.</summary>
    public int Depth => Math.Clamp(1 + BitOperations.Log2((uint)Persons), 1, MaxDepth);

    /// <summary>What is shown on hover and focus.</summary>
    public string About
    {
        get
        {
            string people = Persons == 1 ? "1 person" : $"{Persons} people",
                tags = Tags.Count > 0 ? $"; tags: {string.Join(", ", Tags)}" : "",
                sources = Sources.Count > 0 ? $"; source: {string.Join(", ", Sources)}" : "";
            return $"{Phrase}: {people}{tags}{sources}";
        }
    }

    /// <summary>Adds up what people have bookmarked.</summary>
    /// <param name="holders">One bookmark, by person.</param>
    public static Bookmark Of(IReadOnlyList<HeldBookmark> holders) =>
        new(
            holders[0].Bookmark,
            holders.MinBy(one => one.First)!.Phrase!,
            holders.Count,
            [
                .. holders
                    .SelectMany(one => one.Tags)
                    .GroupBy(tag => tag)
                    .OrderByDescending(tag => tag.Count())
                    .ThenBy(tag => tag.Key, StringComparer.Ordinal)
                    .Select(tag => tag.Key),
            ],
            [
                .. holders
                    .OrderByDescending(one => one.Last)
                    .Select(one => one.Source)
                    .OfType<string>()
                    .Distinct()
                    .Take(MaxSources),
            ]
        );
}
