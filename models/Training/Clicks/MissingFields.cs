using System.Text;
using System.Text.Json.Nodes;
using Engine.Workflows.Module.Traffic;

namespace Models.Training.Clicks;

/// <summary>Leaves out fields as other networks' integrations do: each publisher sends all optional fields, lacks one
/// group of them, lacks several, or sends none. What is missing depends on the publisher alone, never on who clicked,
/// so it can't become a sign of fraud.</summary>
internal static class MissingFields
{
    private const double CompleteShare = 0.2,
        OneShare = 0.3,
        SeveralShare = 0.25;

    private static readonly string[][] Groups =
    [
        ["visitor"],
        ["ua"],
        ["page"],
        ["referrer"],
        ["pointer"],
        ["x", "y", "viewport"],
        ["device"],
        ["placement", "advertiser", "target"],
        ["path", "expects_path"],
    ];

    private const int All = (1 << 9) - 1,
        Paths = 1 << 8;

    /// <summary>Leaves out what each publisher doesn't send.</summary>
    public static IEnumerable<SampleEvent> ByPublisher(IReadOnlyList<SampleEvent> events, int seed)
    {
        var random = new Random(seed);
        var missing = new Dictionary<string, int>();
        return Without(events, publisher =>
            missing.TryGetValue(publisher, out int groups) ? groups : missing[publisher] = Draw(random)
        );
    }

    /// <summary>Leaves only the required fields.</summary>
    public static IEnumerable<SampleEvent> AllButRequired(IReadOnlyList<SampleEvent> events) =>
        Without(events, _ => All);

    private static int Draw(Random random)
    {
        double kind = random.NextDouble();
        return kind < CompleteShare ? 0
            : kind < CompleteShare + OneShare ? 1 << random.Next(Groups.Length)
            : kind < CompleteShare + OneShare + SeveralShare ? random.Next(All + 1)
            : All;
    }

    private static IEnumerable<SampleEvent> Without(IReadOnlyList<SampleEvent> events, Func<string, int> missing)
    {
        // a path may come before its click
        var withoutPath = new HashSet<string>();
        var clicks = new Dictionary<SampleEvent, SampleEvent>(ReferenceEqualityComparer.Instance);
        foreach (SampleEvent e in events)
        {
            if (Click(e) is not { } click || (string?)click["publisher"] is not { } publisher)
            {
                continue;
            }

            int groups = missing(publisher);
            for (int i = 0; i < Groups.Length; i++)
            {
                foreach (string field in (groups >> i & 1) != 0 ? Groups[i] : [])
                {
                    click.Remove(field);
                }
            }

            if ((groups & Paths) != 0)
            {
                withoutPath.Add(e.Click);
            }

            clicks[e] = e with { Json = Encoding.UTF8.GetBytes(click.ToJsonString()) };
        }

        return events
            .Where(e => e.Type != "cursor-path" || !withoutPath.Contains(e.Click))
            .Select(e => clicks.GetValueOrDefault(e, e));
    }

    /// <summary>Parses a click; null for another event, and for one that is malformed on purpose.</summary>
    private static JsonObject? Click(SampleEvent e)
    {
        if (e.Type != "click" || e.Invalid is null)
        {
            return null;
        }

        return JsonNode.Parse(e.Json)!.AsObject();
    }
}
