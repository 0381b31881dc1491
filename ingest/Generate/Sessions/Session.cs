using Engine.Contracts;
using Engine.Workflows.Module.Traffic;
using Ingest.Generate.Events;
using Ingest.Generate.Movement;

namespace Ingest.Generate.Sessions;

/// <summary>The way a click's path reaches Kafka.</summary>
internal enum PathWay
{
    /// <summary>There is no path, and none is announced.</summary>
    None,
    OnClick,
    Before,
    After,

    /// <summary>The path arrives after the join deadline of 2 s.</summary>
    Late,

    /// <summary>The path is announced but never arrives.</summary>
    Never,
}

/// <summary>One session of an actor: a person's visit, a robot's run. Collects the events, in any order.</summary>
/// <param name="actor">The actor's name.</param>
/// <param name="index">The index among all sessions of the traffic; ids derive from it.</param>
/// <param name="times">The times of the clicks, ascending, in ms since the Unix epoch.</param>
internal sealed class Session(
    string actor,
    ulong seed,
    int index,
    Dice dice,
    World world,
    long[] times,
    EventWriter writer
)
{
    /// <summary>The time within which a page script repeats a request whose answer was lost.</summary>
    private const int RepeatWithinMs = 10_000;
    private const double RepeatChance = 0.004;

    internal Dice Dice => dice;
    internal World World => world;
    internal long[] Times => times;
    internal List<SampleEvent> Events { get; } = [];

    /// <summary>Creates an id that is unique to this session.</summary>
    internal string Id(string kind, int number) =>
        $"{kind}-{Dice.Mix(seed ^ Dice.Mix(((ulong)index << 28) + ((ulong)kind[0] << 20) + (ulong)number)):x16}";

    /// <summary>Draws the way that page scripts send a path: most send it with the click, some before or after, few
    /// lose it.</summary>
    internal PathWay UsualWay() =>
        dice.Unit() switch
        {
            < 0.55 => PathWay.OnClick,
            < 0.67 => PathWay.Before,
            < 0.97 => PathWay.After,
            < 0.985 => PathWay.Late,
            _ => PathWay.Never,
        };

    /// <summary>Adds a click and its path.</summary>
    internal void Add(ClickDraft click, PathWay way, bool invalid, IReadOnlyList<CursorPoint>? path = null)
    {
        if (way == PathWay.None)
        {
            path = null;
        }

        if (path is not null)
        {
            click = click with { X = path[^1].X, Y = path[^1].Y };
        }

        click = click with { ExpectsPath = way != PathWay.None, Path = way == PathWay.OnClick ? path : null };
        string key = NetworkOf(click.Ip);
        byte[] json = writer.Click(click);
        Events.Add(new SampleEvent(json, "click", Topics.Interactions, key, click.TimeMs, actor, click.Id, invalid));
        if (dice.Chance(RepeatChance))
        {
            Events.Add(
                new SampleEvent(
                    json,
                    "click",
                    Topics.Interactions,
                    key,
                    click.TimeMs + dice.Whole(200, RepeatWithinMs),
                    actor,
                    click.Id,
                    null
                )
            );
        }
        if (path is null || way is PathWay.OnClick or PathWay.Never)
        {
            return;
        }

        long time =
            click.TimeMs
            + way switch
            {
                PathWay.Before => -dice.Whole(2, 60),
                PathWay.After => dice.Whole(5, 900),
                _ => dice.Whole(2_500, 6_000),
            };
        Events.Add(
            new SampleEvent(
                writer.CursorPath(click.Id, time, click.Ip, path),
                "cursor-path",
                Topics.Interactions,
                key,
                time,
                actor,
                click.Id,
                null
            )
        );
    }

    /// <summary>Adds something that isn't an event, or a bad event.</summary>
    internal void AddRaw(byte[] bytes, string type, string ip, long timeMs, string id) =>
        Events.Add(new SampleEvent(bytes, type, Topics.Interactions, NetworkOf(ip), timeMs, actor, id, null));

    /// <summary>Writes the click's JSON, which the caller then spoils.</summary>
    internal byte[] Write(ClickDraft click) => writer.Click(click);

    /// <summary>Gets the key of an address's records. An invalid address gets the key of the unspecified
    /// address.</summary>
    private static string NetworkOf(string ip) =>
        (IpAddress.TryParse(ip, out IpAddress address) ? address : default).NetworkText();
}
