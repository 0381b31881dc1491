using System.Globalization;
using System.Text;
using Engine.Contracts;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.Priority.Traffic;

/// <summary>Instances of the process <c>refund-review</c> in order of time, the same for the same parameters. Each
/// starts with or without a tier, loses more over time, and is taken by a worker and finished. The key is always the
/// instance, so its events keep their order.</summary>
public sealed class ProcessTraffic : ISampleTraffic
{
    /// <summary>The <see cref="SampleEvent.Actor"/> of these events.</summary>
    public const string Actor = "process";

    public const string Process = "refund-review";

    /// <summary>Separate from the streams of the clicks.</summary>
    private const ulong Stream = 1UL << 40;

    private const int LongestLifeMs = 60_000,
        Workers = 4;

    private static readonly string?[] Tiers = ["gold", "silver", "silver", "bronze", null, null, null];

    public string Option => "processes";

    public string Description => "number of instances of the process refund-review to add";

    public int DemoCount(int clicks) => 40;

    public IEnumerable<SampleEvent> Play(TrafficRequest request) =>
        Enumerable
            .Range(0, request.Count)
            .SelectMany(index => Play(request.Seed, index, request.StartMs, request.EndMs))
            .OrderBy(played => played.TimeMs);

    private static IEnumerable<SampleEvent> Play(ulong seed, int index, long startMs, long endMs)
    {
        var dice = new Dice(seed, Stream + (ulong)index);
        string name = $"rr-{Dice.Mix(seed ^ Dice.Mix(Stream + (ulong)index)):x16}";
        long life = Math.Min(LongestLifeMs, (endMs - startMs) / 2);
        long at = startMs + (long)(dice.Unit() * (endMs - startMs - life));
        long lost = (long)dice.LogNormal(5_000_000, 1);
        string? tier = dice.Pick(Tiers);
        yield return Event(
            "started",
            at,
            $",\"context\":{{\"lost_micros\":{lost}{(tier == null ? "" : $",\"tier\":\"{tier}\"")}}}"
        );
        int changes = dice.Whole(0, 5);
        for (int i = 1; i <= changes; i++)
        {
            lost += (long)dice.Exponential(15_000_000);
            string share = dice.Between(0, 1).ToString("F3", CultureInfo.InvariantCulture);
            yield return Event(
                "context",
                at + life * i / 8,
                $",\"context\":{{\"lost_micros\":{lost},\"invalid_share\":{share}}}"
            );
        }
        yield return Event("taken", at + life * 6 / 8, $",\"worker\":\"w-{dice.Whole(1, Workers + 1)}\"");
        // Workers abandon one in ten: the lease ends, and the instance waits again.
        if (!dice.Chance(0.1))
        {
            yield return Event("finished", at + life, "");
        }

        SampleEvent Event(string what, long time, string more)
        {
            string json =
                $"{{\"type\":\"process-{what}\",\"process\":\"{Process}\""
                + $",\"instance\":\"{name}\",\"time\":{time}{more}}}";
            return new SampleEvent(
                Encoding.ASCII.GetBytes(json),
                $"process-{what}",
                Topics.Processes,
                name,
                time,
                Actor,
                "",
                null
            );
        }
    }
}
