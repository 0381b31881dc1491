using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.ContentRequests.Traffic;

/// <summary>Content requests of one sponsor's pages in order of time, the same for the same parameters. Most match its
/// definitions in <c>configs/samples/sponsors.yaml</c>, some recur without a definition, and some are spam.</summary>
public sealed class ContentRequestTraffic : ISampleTraffic
{
    /// <summary>A random stream that the clicks don't use.</summary>
    private const ulong Stream = ulong.MaxValue - 1;

    /// <summary>The requests of pages: percentage, unit, size, parameter and resource.</summary>
    private static readonly (int Share, string Unit, int[] Size, string? Color, string Resource)[] Habits =
    [
        (40, "news/front/top", [300, 250], "blue", "https://news.example/"),
        (18, "news/front/side", [160, 600], null, "https://news.example/"),
        (12, "news/sport/top", [300, 250], null, "https://news.example/sport/"),
        (12, "news/front/top", [320, 50], null, "https://news.example/m/"), // an undefined banner for phones
        (8, "news/front/top", [300, 250], "green", "https://news.example/"), // a colour that isn't allowed
        (6, "news/weather/top", [300, 250], null, "https://news.example/weather/"), // an undefined unit
        (4, "news/front/top", [300, 250], null, "https://news.example.evil/"), // a foreign page
    ];

    public string Option => "requests";

    public string Description =>
        "number of content requests of a sponsor's pages to add: valid, undefined and foreign ones";

    public int DemoCount(int clicks) => clicks / 50;

    public IEnumerable<SampleEvent> Play(TrafficRequest request)
    {
        var dice = new Dice(request.Seed, Stream);
        double step = (double)(request.EndMs - request.StartMs) / Math.Max(1, request.Count);
        for (int i = 0; i < request.Count; i++)
        {
            long time = request.StartMs + (long)((i + dice.Unit()) * step);
            yield return Request($"r-{Dice.Mix(request.Seed ^ Stream) >> 40:x}-{i}", time, dice);
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
