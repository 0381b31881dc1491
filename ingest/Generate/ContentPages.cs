using System.Collections;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;

namespace Ingest.Generate;

/// <summary>
/// Pages of one sponsor that ask for content, in order of time, the same for the same numbers: most by its definitions
/// as <c>configs/samples/sponsors.yaml</c> has them, some in ways that recur and that nobody defined, some spam.
/// </summary>
/// <param name="seed">Gives the requests and their ids.</param>
/// <param name="requests">How many.</param>
/// <param name="endMs">When the last is, at the latest; ms since the Unix epoch.</param>
/// <param name="span">Over how long.</param>
public sealed class ContentPages(ulong seed, int requests, long endMs, TimeSpan span) : IEnumerable<SampleEvent>
{
    /// <summary>A stream of random numbers that the clicks don't use.</summary>
    private const ulong Stream = ulong.MaxValue - 1;

    /// <summary>What pages ask for: how often of a hundred, unit, size, parameter.</summary>
    private static readonly (int Share, string Unit, int[] Size, string? Color, string Resource)[] Habits =
    [
        (40, "news/front/top", [300, 250], "blue", "https://news.example/"),
        (18, "news/front/side", [160, 600], null, "https://news.example/"),
        (12, "news/sport/top", [300, 250], null, "https://news.example/sport/"),
        (12, "news/front/top", [320, 50], null, "https://news.example/m/"), // a phone's banner that nobody defined
        (8, "news/front/top", [300, 250], "green", "https://news.example/"), // a colour that isn't allowed
        (6, "news/weather/top", [300, 250], null, "https://news.example/weather/"), // a unit that isn't there
        (4, "news/front/top", [300, 250], null, "https://news.example.evil/"), // somebody else's page
    ];

    public IEnumerator<SampleEvent> GetEnumerator()
    {
        var dice = new Dice(seed, Stream);
        double step = span.TotalMilliseconds / Math.Max(1, requests);
        long start = endMs - (long)span.TotalMilliseconds;
        for (int i = 0; i < requests; i++)
        {
            long time = start + (long)((i + dice.Unit()) * step);
            yield return Request($"r-{Dice.Mix(seed ^ Stream) >> 40:x}-{i}", time, dice);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Two streams, each in order of time, as one.</summary>
    public static IEnumerable<SampleEvent> ByTime(IEnumerable<SampleEvent> one, IEnumerable<SampleEvent> other)
    {
        using IEnumerator<SampleEvent> second = other.GetEnumerator();
        bool more = second.MoveNext();
        foreach (SampleEvent first in one)
        {
            for (; more && second.Current.TimeMs < first.TimeMs; more = second.MoveNext())
            {
                yield return second.Current;
            }

            yield return first;
        }
        for (; more; more = second.MoveNext())
        {
            yield return second.Current;
        }
    }

    private static SampleEvent Request(string id, long time, Dice dice)
    {
        int drawn = dice.Whole(0, 100),
            at = 0;
        while ((drawn -= Habits[at].Share) >= 0)
        {
            at++;
        }

        (_, string unit, int[] size, string? color, string resource) = Habits[at];
        var json = new JsonObject
        {
            ["type"] = "content-request",
            ["id"] = id,
            ["time"] = time,
            ["sponsor"] = "sp-1",
            ["resource"] = $"{resource}{dice.Whole(1, 400)}.html",
            ["ip"] = $"{dice.Whole(245, 250)}.{dice.Whole(0, 256)}.{dice.Whole(0, 256)}.{dice.Whole(1, 255)}",
            ["unit"] = unit,
            ["sizes"] = new JsonArray(new JsonArray(size[0], size[1])),
        };
        if (color != null)
        {
            json["parameters"] = new JsonObject { ["color"] = color };
        }

        return new SampleEvent(
            Encoding.UTF8.GetBytes(json.ToJsonString()),
            "content-request",
            Topics.ContentRequests,
            "sp-1",
            time,
            "page",
            id,
            null
        );
    }
}
