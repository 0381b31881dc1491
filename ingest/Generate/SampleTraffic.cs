using System.Collections;
using Engine.Workflows.Module.Traffic;
using Ingest.Generate.Actors;
using Ingest.Generate.Events;
using Ingest.Generate.Sessions;

namespace Ingest.Generate;

/// <summary>
/// Labelled traffic in order of time, the same for the same numbers: people, robots, cheats and mistakes, interleaved.
/// Enumerate it as often as needed; sessions are played when their time comes, so memory is bounded by what goes on at
/// once.
/// </summary>
/// <param name="seed">Gives the traffic; another seed gives other ids too, so that two runs don't repeat each other's
/// clicks.</param>
/// <param name="clicks">How many clicks get a verdict: exactly so many. Paths, repeats and malformed events come on
/// top.</param>
/// <param name="endMs">When the last event is, at the latest; ms since the Unix epoch.</param>
/// <param name="span">Over how long it all happens.</param>
public sealed class SampleTraffic(ulong seed, int clicks, long endMs, TimeSpan span) : IEnumerable<SampleEvent>
{
    /// <summary>
    /// Within the 5 min by which an event's time may differ from log time, whoever stamps the records.
    /// </summary>
    public static readonly TimeSpan DefaultSpan = TimeSpan.FromMinutes(4);

    /// <summary>What follows a session's last click: a late path, a repeat.</summary>
    private const long AfterClicksMs = 10_000;

    /// <summary>Less traffic than this has no room for mistakes.</summary>
    private const int MinForMistakes = 100;
    private const double ShareOfMistakes = 0.003;

    private static readonly Actor[] Actors =
    [
        new MousePerson(),
        new TouchPerson(),
        new KeyboardPerson(),
        new DoubleClicker(),
        new StraightRobot(),
        new CurveRobot(),
        new ReplayRobot(),
        new SilentRobot(),
        new DatacentreVisitor(),
        new Crawler(),
        new OwnPublisher(),
        new ClickFarm(),
    ];

    /// <summary>The actors' names with their shares of the clicks.</summary>
    public static IReadOnlyList<(string Name, double Share)> Shares { get; } =
    [.. Actors.Select(actor => (actor.Name, actor.Share))];

    private readonly record struct Planned(long Start, int Index, int Actor, int Clicks, int Duration);

    /// <summary>The time of the earliest event possible.</summary>
    public long StartMs => endMs - (long)span.TotalMilliseconds;

    public IEnumerator<SampleEvent> GetEnumerator()
    {
        var world = new World(seed, clicks);
        using var writer = new EventWriter();
        var waiting = new PriorityQueue<SampleEvent, (long Time, long Order)>();
        long order = 0;
        foreach (Planned plan in Plan())
        {
            while (
                waiting.TryPeek(out _, out (long Time, long Order) first) && first.Time < plan.Start - BeforeClicksMs
            )
            {
                yield return waiting.Dequeue();
            }

            foreach (SampleEvent played in Play(plan, world, writer))
            {
                waiting.Enqueue(played, (played.TimeMs, order++));
            }
        }
        while (waiting.TryDequeue(out SampleEvent? last, out _))
        {
            yield return last;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A path may precede the first click of its session by so much.</summary>
    private const long BeforeClicksMs = 100;

    private List<SampleEvent> Play(Planned plan, World world, EventWriter writer)
    {
        var dice = new Dice(seed, (ulong)plan.Index + 1);
        bool mistake = plan.Actor >= Actors.Length;
        long[] times = mistake ? [plan.Start] : Times(dice, plan, Actors[plan.Actor].MinGap);
        var session = new Session(
            mistake ? Malformed.Name : Actors[plan.Actor].Name,
            seed,
            plan.Index,
            dice,
            world,
            times,
            writer
        );
        if (mistake)
        {
            Malformed.Play(session, plan.Actor - Actors.Length);
        }
        else
        {
            Actors[plan.Actor].Play(session);
        }

        return session.Events;
    }

    /// <summary>The clicks' times: strewn over the session, at least a gap apart where there is room for it.</summary>
    private static long[] Times(Dice dice, Planned plan, TimeSpan leastGap)
    {
        double gap = Math.Min(leastGap.TotalMilliseconds, 0.8 * plan.Duration / plan.Clicks);
        double free = plan.Duration - gap * (plan.Clicks - 1);
        double[] places = [.. Enumerable.Range(0, plan.Clicks).Select(_ => dice.Unit() * free)];
        Array.Sort(places);
        return [.. places.Select((place, i) => plan.Start + (long)(place + i * gap))];
    }

    private List<Planned> Plan()
    {
        var dice = new Dice(seed, 0);
        var plans = new List<Planned>();
        double room = Math.Max(1000, span.TotalMilliseconds - AfterClicksMs - BeforeClicksMs);
        long start = endMs - AfterClicksMs - (long)room;
        int[] counts = Counts();
        for (int actor = 0; actor < Actors.Length; actor++)
        {
            for (int left = counts[actor]; left > 0;)
            {
                int wanted = Math.Min(left, Actors[actor].DrawClicks(dice));
                double duration = Math.Min(room * 0.98, wanted * Actors[actor].DrawGap(dice).TotalMilliseconds);
                plans.Add(
                    new Planned(
                        start + (long)(dice.Unit() * (room - duration)),
                        plans.Count,
                        actor,
                        wanted,
                        (int)duration
                    )
                );
                left -= wanted;
            }
        }
        int mistakes = clicks < MinForMistakes ? 0 : Math.Max(Malformed.Kinds, (int)(clicks * ShareOfMistakes));
        for (int i = 0; i < mistakes; i++)
        {
            int kind = i < Malformed.Kinds ? i : i % (Malformed.Kinds - 1);
            plans.Add(new Planned(start + (long)(dice.Unit() * room), plans.Count, Actors.Length + kind, 1, 0));
        }
        plans.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Index.CompareTo(b.Index));
        return plans;
    }

    /// <summary>Each actor's clicks: its share, and the sum is exact.</summary>
    private int[] Counts()
    {
        int[] counts = [.. Actors.Select(actor => (int)(clicks * actor.Share))];
        for (int actor = 0, left = clicks - counts.Sum(); left > 0; actor = (actor + 1) % Actors.Length, left--)
        {
            counts[actor]++;
        }

        return counts;
    }
}
