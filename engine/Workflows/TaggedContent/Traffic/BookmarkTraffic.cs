using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.Module.Traffic;
using Engine.Workflows.TaggedContent.Events;

namespace Engine.Workflows.TaggedContent.Traffic;

/// <summary>People of an advertising network who bookmark what they come across, some of it more often than other, with
/// some bookmarks given up again and a few that compare as nothing. A seed fixes who does what.</summary>
public sealed class BookmarkTraffic : ISampleTraffic
{
    /// <summary>A separate stream of random numbers.</summary>
    private const ulong Stream = 0xB00_C3A;

    private const int People = 40;

    internal const string Bookmarked = "bookmark",
        GivenUp = "bookmark.removed",
        Empty = "bookmark.empty";

    /// <summary>From those that many have to those that few have.</summary>
    private static readonly (string Phrase, string[] Tags)[] Phrases =
    [
        ("click fraud", ["fraud"]),
        ("cookie stuffing", ["fraud", "affiliate"]),
        ("chargeback", ["payment"]),
        ("Café Aroma", ["brand"]),
        ("domain spoofing", ["fraud"]),
        ("refund", ["payment"]),
        ("ad stacking", ["fraud"]),
        ("Straßenfest", ["campaign"]),
        ("ghost site", ["fraud", "publisher"]),
        ("brand safety", ["brand"]),
        ("made for advertising", ["publisher"]),
        ("pixel", []),
        ("residential proxy", ["fraud", "network"]),
        ("datacentre", ["network"]),
    ];

    public string Option => "bookmarks";

    public string Description => "number of bookmarks of phrases to add";

    public int DemoCount(int clicks) => 200;

    public IEnumerable<SampleEvent> Play(TrafficRequest request)
    {
        var dice = new Dice(request.Seed, Stream);
        long span = request.EndMs - request.StartMs;
        for (int i = 0; i < request.Count; i++)
        {
            double unit = dice.Unit();
            (string phrase, string[] tags) = Phrases[(int)(unit * unit * Phrases.Length)];
            string actor =
                dice.Chance(0.02) ? Empty
                : dice.Chance(0.05) ? GivenUp
                : Bookmarked;
            long time = request.StartMs + span * i / request.Count;
            string id = string.Create(CultureInfo.InvariantCulture, $"k-{request.Seed:x}-{i}");
            var bookmark = new JsonObject
            {
                ["type"] = actor == GivenUp ? BookmarkSchemas.Removed.Type : BookmarkSchemas.Bookmark.Type,
                ["id"] = id,
                ["time"] = time,
                ["person"] = $"p-{dice.Whole(1, People + 1)}",
                ["phrase"] = actor == Empty ? "\u00AD" : phrase,
            };
            if (actor == Bookmarked)
            {
                bookmark["tags"] = new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]);
                bookmark["source"] = $"case-{dice.Whole(1, 30)}";
            }

            yield return new SampleEvent(
                Encoding.UTF8.GetBytes(bookmark.ToJsonString()),
                (string)bookmark["type"]!,
                Topics.Bookmarks,
                BookmarkKey.OfPhrase(phrase)!,
                time,
                actor,
                id,
                null
            );
        }
    }
}
