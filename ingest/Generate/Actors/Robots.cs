using Engine.Workflows.Module.Traffic;
using Ingest.Generate.Events;
using Ingest.Generate.Movement;
using Ingest.Generate.Sessions;

namespace Ingest.Generate.Actors;

/// <summary>The common part of robots that move a pointer: a browser, changing addresses, and publishers who pay for
/// the clicks.</summary>
internal abstract class PointerRobot : Actor
{
    internal override int DrawClicks(Dice dice) => dice.Whole(4, 30);

    internal override TimeSpan DrawGap(Dice dice) => TimeSpan.FromSeconds(dice.LogNormal(5, 0.6));

    /// <summary>The share of clicks after which the robot changes its address and visitor.</summary>
    private protected virtual double Moves => 0.25;

    /// <summary>Creates the source of the session's paths.</summary>
    private protected abstract Func<ClickDraft, List<CursorPoint>> Begin(Session session);

    internal override void Play(Session session)
    {
        Dice dice = session.Dice;
        Publisher publisher = session.World.RobotsPublisher(dice);
        Campaign campaign = session.World.AnyCampaign(dice);
        Func<ClickDraft, List<CursorPoint>> path = Begin(session);
        ClickDraft at = Fresh(session, publisher, 0);
        for (int i = 0; i < session.Times.Length; i++)
        {
            if (i > 0 && dice.Chance(Moves))
            {
                at = Fresh(session, publisher, i);
            }

            at = at with
            {
                Id = session.Id("c", i),
                TimeMs = session.Times[i],
                Placement = dice.Pick(publisher.Placements),
                Campaign = dice.Chance(0.6) ? campaign : session.World.AnyCampaign(dice),
            };
            PathWay way = session.UsualWay();
            session.Add(at, way == PathWay.Late ? PathWay.OnClick : way, invalid: true, path(at));
        }
    }

    private static ClickDraft Fresh(Session session, Publisher publisher, int number)
    {
        ClickDraft at = MousePerson.Computer(session, session.World.PersonsAddress(session.Dice));
        // A robot that forges a phone's user agent but uses a mouse contradicts itself.
        string agent = session.Dice.Chance(0.15) ? UserAgents.OfPhone(World.Phone(session.Dice)) : at.UserAgent;
        return at with { Publisher = publisher, Visitor = session.Id("v", number), UserAgent = agent, Referrer = "" };
    }
}

/// <summary>Moves in straight lines to the middle of the ad.</summary>
internal sealed class StraightRobot : PointerRobot
{
    internal override string Name => "robot.straight";
    internal override double Share => 0.045;

    private protected override Func<ClickDraft, List<CursorPoint>> Begin(Session session) =>
        at =>
        {
            Dice dice = session.Dice;
            (double x, double y) = World.PointIn(dice, at.Placement, at.Viewport, middle: dice.Chance(0.6));
            return RobotMovement.Straight(
                dice,
                dice.Whole(0, at.Viewport.Width),
                dice.Whole(0, at.Viewport.Height),
                x,
                y
            );
        };
}

/// <summary>Moves along smooth curves, like libraries that promise to look human.</summary>
internal sealed class CurveRobot : PointerRobot
{
    internal override string Name => "robot.curve";
    internal override double Share => 0.045;

    private protected override Func<ClickDraft, List<CursorPoint>> Begin(Session session) =>
        at =>
        {
            Dice dice = session.Dice;
            (double x, double y) = World.PointIn(dice, at.Placement, at.Viewport);
            return RobotMovement.Curve(dice, dice.Whole(0, at.Viewport.Width), dice.Whole(0, at.Viewport.Height), x, y);
        };
}

/// <summary>Replays one recording of a person over and over, from a new network each time.</summary>
internal sealed class ReplayRobot : PointerRobot
{
    /// <summary>Shorter paths have too little shape to be distinguished from others (models.md).</summary>
    private const double MinLengthPx = 500;

    private const int MinPoints = 30;

    internal override string Name => "robot.replay";
    internal override double Share => 0.04;

    internal override int DrawClicks(Dice dice) => dice.Whole(20, 60);

    internal override TimeSpan DrawGap(Dice dice) => TimeSpan.FromSeconds(dice.LogNormal(3, 0.4));

    private protected override double Moves => 1;

    private protected override Func<ClickDraft, List<CursorPoint>> Begin(Session session)
    {
        List<CursorPoint> recording = Recorded(session);
        return at =>
        {
            (double x, double y) = World.PointIn(session.Dice, at.Placement, at.Viewport);
            return RobotMovement.Replayed(session.Dice, recording, x, y);
        };
    }

    private static List<CursorPoint> Recorded(Session session)
    {
        while (true)
        {
            List<CursorPoint> path = new Hand(session.Dice).MoveAndClick(session.Dice, 1536, 730, 700, 400, 90);
            if (path.Count >= MinPoints && CursorPoint.Length(path) >= MinLengthPx)
            {
                return path;
            }
        }
    }
}

/// <summary>Posts clicks whose announced path never arrives, some with a position outside the page or an invalid
/// page.</summary>
internal sealed class SilentRobot : Actor
{
    internal override string Name => "robot.silent";
    internal override double Share => 0.02;

    internal override int DrawClicks(Dice dice) => dice.Whole(4, 25);

    internal override TimeSpan DrawGap(Dice dice) => TimeSpan.FromSeconds(dice.LogNormal(4, 0.5));

    internal override void Play(Session session)
    {
        Dice dice = session.Dice;
        Publisher publisher = session.World.RobotsPublisher(dice);
        ClickDraft at = MousePerson.Computer(session, session.World.PersonsAddress(dice)) with
        {
            Publisher = publisher,
        };
        bool outside = dice.Chance(0.3),
            noPage = dice.Chance(0.3);
        for (int i = 0; i < session.Times.Length; i++)
        {
            (double x, double y) = World.PointIn(dice, at.Placement, at.Viewport, middle: true);
            session.Add(
                at with
                {
                    Id = session.Id("c", i),
                    TimeMs = session.Times[i],
                    Campaign = session.World.AnyCampaign(dice),
                    Placement = dice.Pick(publisher.Placements),
                    X = outside ? at.Viewport.Width + dice.Whole(10, 500) : x,
                    Y = y,
                    Page = noPage ? "about:blank" : null,
                },
                PathWay.Never,
                invalid: true
            );
        }
    }
}
