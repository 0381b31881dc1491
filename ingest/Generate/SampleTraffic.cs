using System.Collections;
using Engine.Workflows.Module.Traffic;
using Ingest.Generate.Actors;
using Ingest.Generate.Events;
using Ingest.Generate.Sessions;

namespace Ingest.Generate;

/// <summary>Labelled traffic in order of time: people, robots, cheats and mistakes, interleaved. The same parameters
/// give the same traffic. It can be enumerated repeatedly. Sessions are generated when their time comes, so memory use
/// depends only on concurrent sessions.</summary>
/// <param name="seed">Determines the traffic. Another seed also gives other ids, so two runs don't repeat each other's
/// clicks.</param>
/// <param name="clicks">The exact number of clicks that get a verdict, not counting paths, repeats and malformed
/// events.</param>
/// <param name="endMs">The latest time of the last event, in ms since the Unix epoch.</param>
/// <param name="span">The event time that the traffic spans.</param>
public sealed class SampleTraffic(ulong seed, int clicks, long endMs, TimeSpan span) : IEnumerable<SampleEvent>
{
    /// <summary>Within the 5 min that an event's time may differ from log time, whichever side stamps the
    /// records.</summary>
    public static readonly TimeSpan DefaultSpan = TimeSpan.FromMinutes(4);

    /// <summary>The time for what follows a session's last click: a late path, a repeat.</summary>
    private const long AfterClicksMs = 10_000;

    /// <summary>Traffic with fewer clicks than this contains no mistakes.</summary>
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

    /// <summary>The actors' names and their shares of the clicks.</summary>
    public static IReadOnlyList<(string Name, double Share)> Shares { get; } =
    [.. Actors.Select(actor => (actor.Name, actor.Share))];

    private readonly record struct Planned(long Start, int Index, int Actor, int Clicks, int Duration);

    /// <summary>The earliest possible event time.</summary>
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

    /// <summary>The maximum time that a path may precede the first click of its session.</summary>
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

    /// <summary>Gets the times of the clicks: spread over the session, at least a gap apart if there is room.</summary>
    private static long[] Times(Dice dice, Planned plan, TimeSpan minGap)
    {
        double gap = Math.Min(minGap.TotalMilliseconds, 0.8 * plan.Duration / plan.Clicks);
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

    /// <summary>Gets each actor's number of clicks: its share, with an exact total.</summary>
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
