using Engine.Workflows.Module.Traffic;
using Ingest.Generate.Events;
using Ingest.Generate.Movement;
using Ingest.Generate.Sessions;

namespace Ingest.Generate.Actors;

/// <summary>A publisher who clicks the ads on his own pages by hand: the movements are human, but the rate and the
/// uniformity aren't.</summary>
internal sealed class OwnPublisher : Actor
{
    internal override string Name => "own-publisher";
    internal override double Share => 0.03;

    internal override int DrawClicks(Dice dice) => dice.Whole(15, 40);

    internal override TimeSpan DrawGap(Dice dice) => TimeSpan.FromSeconds(dice.LogNormal(3.5, 0.2));

    internal override void Play(Session session)
    {
        Dice dice = session.Dice;
        var hand = new Hand(dice);
        Publisher own = session.World.RobotsPublisher(dice);
        ClickDraft at = MousePerson.Computer(session, session.World.PersonsAddress(dice)) with
        {
            Publisher = own,
            Referrer = "",
        };
        for (int i = 0; i < session.Times.Length; i++)
        {
            at = at with
            {
                Id = session.Id("c", i),
                TimeMs = session.Times[i],
                Placement = dice.Pick(own.Placements),
                Campaign = session.World.AnyCampaign(dice),
            };
            session.Add(at, session.UsualWay(), invalid: true, MousePerson.Move(dice, hand, at));
        }
    }
}

/// <summary>A click farm: shelves of identical phones behind one or two networks, which tap one publisher's ads at
/// short intervals. Each phone is a returning visitor.</summary>
internal sealed class ClickFarm : Actor
{
    internal override string Name => "click-farm";
    internal override double Share => 0.04;

    internal override int DrawClicks(Dice dice) => dice.Whole(40, 120);

    internal override TimeSpan DrawGap(Dice dice) => TimeSpan.FromSeconds(dice.LogNormal(0.9, 0.3));

    internal override TimeSpan MinGap => TimeSpan.FromMilliseconds(60);

    internal override void Play(Session session)
    {
        Dice dice = session.Dice;
        World world = session.World;
        Publisher publisher = world.RobotsPublisher(dice);
        DeviceDraft model = World.Phone(dice) with { Connection = "wifi" };
        (int Width, int Height) viewport = World.PhoneViewport(dice);
        string[] networks =
        [
            .. Enumerable
                .Range(0, dice.Whole(1, 3))
                .Select(_ => $"{dice.Whole(245, 250)}.{dice.Whole(0, 256)}.{dice.Whole(0, 256)}"),
        ];
        int phones = dice.Whole(8, 25);
        Campaign campaign = world.AnyCampaign(dice);
        for (int i = 0; i < session.Times.Length; i++)
        {
            int phone = dice.Whole(0, phones);
            Placement placement = dice.Pick(publisher.Placements);
            (double x, double y) = World.PointIn(dice, placement, viewport);
            session.Add(
                new ClickDraft
                {
                    Id = session.Id("c", i),
                    TimeMs = session.Times[i],
                    Ip = $"{networks[phone % networks.Length]}.{10 + phone}",
                    UserAgent = UserAgents.OfPhone(model),
                    Visitor = session.Id("v", phone),
                    Publisher = publisher,
                    Placement = placement,
                    Campaign = dice.Chance(0.5) ? campaign : world.AnyCampaign(dice),
                    Pointer = "touch",
                    X = x,
                    Y = y,
                    Viewport = viewport,
                    Device = model,
                },
                PathWay.None,
                invalid: true
            );
        }
    }
}
