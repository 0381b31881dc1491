using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.Meetings.Traffic;

/// <summary>Incident calls that are announced after they have begun, as such calls are: some people join at once, some
/// late, one leaves for a moment, and some don't come. The rule <c>default</c> of the samples falls due soon after the
/// announcement. The same parameters give the same events.</summary>
public sealed class MeetingTraffic : ISampleTraffic
{
    /// <summary>The <see cref="SampleEvent.Actor"/> of these events.</summary>
    public const string Actor = "meeting";

    private const string Host = "p-1";

    private const int People = 8,
        LongestCallMs = 120_000;

    /// <summary>How long before its announcement a call has begun: a little less than the rule's 300 s.</summary>
    private const int BegunMs = 290_000;

    private static readonly string[] Roles = ["db", "network", "web"];

    public string Option => "meetings";

    public string Description => "number of meetings to add, some of whose invitees don't come";

    public int DemoCount(int clicks) => 3;

    public IEnumerable<SampleEvent> Play(TrafficRequest request) =>
        Enumerable.Range(0, request.Count).SelectMany(index => Play(request, index)).OrderBy(played => played.TimeMs);

    /// <summary>The id of a meeting.</summary>
    public static string IdOf(int index) => string.Create(CultureInfo.InvariantCulture, $"incident-{index + 1}");

    private static IEnumerable<SampleEvent> Play(TrafficRequest request, int index)
    {
        var dice = new Dice(request.Seed, 0x3EE7_0000 + (ulong)index);
        string meeting = IdOf(index);
        long call = Math.Min(LongestCallMs, (request.EndMs - request.StartMs) / 2),
            announced = request.StartMs + (long)(dice.Unit() * (request.EndMs - request.StartMs - call));
        int number = 0;
        yield return Event(
            "meeting-scheduled",
            announced,
            new JsonObject
            {
                ["title"] = $"Incident {index + 1}",
                ["start"] = announced - BegunMs,
                ["host"] = Host,
                ["join"] = $"https://meet.example/{meeting}",
                ["rules"] = new JsonArray("default"),
                ["invitees"] = new JsonArray([.. Enumerable.Range(1, People).Select(person => Invitee(dice, person))]),
            }
        );
        yield return Attends(Host, "joined", announced);
        for (int person = 2; person <= People; person++)
        {
            string name = $"p-{person}";
            if (dice.Chance(0.4))
            {
                continue; // doesn't come
            }

            long joined = announced + (long)(dice.Unit() * call / 2);
            yield return Attends(name, "joined", joined);
            if (dice.Chance(0.2))
            {
                yield return Attends(name, "left", joined + call / 4);
            }
        }

        yield return Event("meeting-ended", announced + call, new JsonObject { ["cancelled"] = false });

        SampleEvent Attends(string person, string what, long time) =>
            Event(
                "attendance",
                time,
                new JsonObject
                {
                    ["person"] = person,
                    ["session"] = $"s-{person}",
                    ["what"] = what,
                }
            );

        SampleEvent Event(string type, long time, JsonObject more) =>
            SampleEvent.OfWorkflow(
                type,
                $"{meeting}-{request.Seed:x}-{++number}",
                time,
                Topics.Meetings,
                "meeting",
                meeting,
                Actor,
                more
            );
    }

    private static JsonObject Invitee(Dice dice, int person) =>
        new()
        {
            ["person"] = $"p-{person}",
            ["roles"] = new JsonArray(dice.Pick(Roles)),
            ["channels"] = new JsonArray(
                new JsonObject { ["chat"] = $"u-{person}" },
                new JsonObject { ["email"] = $"p{person}@corp.example" }
            ),
            ["deputy"] = Host,
        };
}
