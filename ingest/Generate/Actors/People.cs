using Engine.Workflows.Module.Traffic;
using Ingest.Generate.Events;
using Ingest.Generate.Movement;
using Ingest.Generate.Sessions;

namespace Ingest.Generate.Actors;

/// <summary>A person at a computer: reads a page or a few, moves the mouse, and clicks on interesting ads.</summary>
internal sealed class MousePerson : Actor
{
    internal override string Name => "person.mouse";
    internal override double Share => 0.40;

    internal override int DrawClicks(Dice dice) => 1 + (int)Math.Min(5, dice.Exponential(1));

    internal override TimeSpan DrawGap(Dice dice) => TimeSpan.FromSeconds(dice.LogNormal(25, 0.5));

    internal override void Play(Session session)
    {
        Dice dice = session.Dice;
        var hand = new Hand(dice);
        ClickDraft at = Computer(session, session.World.PersonsAddress(dice));
        for (int i = 0; i < session.Times.Length; i++)
        {
            at = Elsewhere(session, at) with { Id = session.Id("c", i), TimeMs = session.Times[i] };
            session.Add(at, session.UsualWay(), invalid: false, Move(dice, hand, at));
        }
    }

    /// <summary>Creates a person's computer and the page open on it.</summary>
    internal static ClickDraft Computer(Session session, string ip)
    {
        Dice dice = session.Dice;
        World world = session.World;
        string agent = dice.Pick(UserAgents.Desktop);
        Publisher publisher = world.AnyPublisher(dice);
        return new ClickDraft
        {
            Id = "",
            TimeMs = 0,
            Ip = ip,
            UserAgent = agent,
            Visitor = session.Id("v", 0),
            Publisher = publisher,
            Placement = dice.Pick(publisher.Placements),
            Campaign = world.AnyCampaign(dice),
            Pointer = "mouse",
            Viewport = World.DesktopViewport(dice),
            Device = World.Computer(dice, agent),
            Referrer = dice.Chance(0.4) ? "https://search.example/?q=" + dice.Whole(1, 5000) : "",
        };
    }

    /// <summary>Moves to the next ad: another campaign, often another publisher.</summary>
    internal static ClickDraft Elsewhere(Session session, ClickDraft at)
    {
        Dice dice = session.Dice;
        Publisher publisher = dice.Chance(0.5) ? at.Publisher : session.World.AnyPublisher(dice);
        return at with
        {
            Publisher = publisher,
            Placement = dice.Pick(publisher.Placements),
            Campaign = session.World.AnyCampaign(dice),
        };
    }

    internal static List<CursorPoint> Move(Dice dice, Hand hand, ClickDraft at)
    {
        (double x, double y) = World.PointIn(dice, at.Placement, at.Viewport);
        return hand.MoveAndClick(dice, at.Viewport.Width, at.Viewport.Height, x, y, at.Placement.Height);
    }
}

/// <summary>A person with a phone: taps, without cursor paths.</summary>
internal sealed class TouchPerson : Actor
{
    internal override string Name => "person.touch";
    internal override double Share => 0.26;

    internal override int DrawClicks(Dice dice) => 1 + (int)Math.Min(4, dice.Exponential(0.8));

    internal override TimeSpan DrawGap(Dice dice) => TimeSpan.FromSeconds(dice.LogNormal(20, 0.5));

    internal override void Play(Session session)
    {
        Dice dice = session.Dice;
        DeviceDraft phone = World.Phone(dice);
        ClickDraft at = MousePerson.Computer(session, session.World.PersonsAddress(dice)) with
        {
            Pointer = "touch",
            Device = phone,
            UserAgent = UserAgents.OfPhone(phone),
            Viewport = World.PhoneViewport(dice),
        };
        for (int i = 0; i < session.Times.Length; i++)
        {
            at = MousePerson.Elsewhere(session, at);
            (double x, double y) = World.PointIn(dice, at.Placement, at.Viewport);
            session.Add(
                at with
                {
                    Id = session.Id("c", i),
                    TimeMs = session.Times[i],
                    X = x,
                    Y = y,
                },
                PathWay.None,
                invalid: false
            );
        }
    }
}

/// <summary>A person who navigates with the Tab key: clicks without a position.</summary>
internal sealed class KeyboardPerson : Actor
{
    internal override string Name => "person.keyboard";
    internal override double Share => 0.04;

    internal override int DrawClicks(Dice dice) => 1 + (int)Math.Min(2, dice.Exponential(0.6));

    internal override TimeSpan DrawGap(Dice dice) => TimeSpan.FromSeconds(dice.LogNormal(30, 0.5));

    internal override void Play(Session session)
    {
        ClickDraft at = MousePerson.Computer(session, session.World.PersonsAddress(session.Dice)) with
        {
            Pointer = "keyboard",
        };
        for (int i = 0; i < session.Times.Length; i++)
        {
            at = MousePerson.Elsewhere(session, at);
            session.Add(at with { Id = session.Id("c", i), TimeMs = session.Times[i] }, PathWay.None, invalid: false);
        }
    }
}

/// <summary>A person who double-clicks where a single click is meant. The second click of each pair, at most 400 ms
/// after the first, is invalid.</summary>
internal sealed class DoubleClicker : Actor
{
    internal override string Name => "double-click";
    internal override double Share => 0.02;

    internal override int DrawClicks(Dice dice) => 2;

    internal override TimeSpan DrawGap(Dice dice) => TimeSpan.FromSeconds(2);

    internal override void Play(Session session)
    {
        Dice dice = session.Dice;
        ClickDraft at = MousePerson.Computer(session, session.World.PersonsAddress(dice));
        List<CursorPoint> path = MousePerson.Move(dice, new Hand(dice), at);
        session.Add(
            at with
            {
                Id = session.Id("c", 0),
                TimeMs = session.Times[0],
            },
            PathWay.OnClick,
            invalid: false,
            path
        );
        if (session.Times.Length < 2)
        {
            return;
        }
        // The hand hasn't moved: the second click has a path with a single position, or the page script sends none.
        ClickDraft again = at with
        {
            Id = session.Id("c", 1),
            TimeMs = session.Times[0] + dice.Whole(80, 400),
            X = path[^1].X,
            Y = path[^1].Y,
        };
        session.Add(again, PathWay.None, invalid: true);
    }
}
