using Engine.Workflows.Module.Traffic;
using Ingest.Generate.Events;
using Ingest.Generate.Sessions;

namespace Ingest.Generate.Actors;

/// <summary>Clicks from data centres: programs and headless browsers, most of them posing as browsers.</summary>
internal sealed class DatacentreVisitor : Actor
{
    internal override string Name => "datacentre";
    internal override double Share => 0.03;

    internal override int DrawClicks(Dice dice) => dice.Whole(2, 15);

    internal override TimeSpan DrawGap(Dice dice) => TimeSpan.FromSeconds(dice.LogNormal(6, 0.6));

    internal override void Play(Session session)
    {
        Dice dice = session.Dice;
        Publisher publisher = session.World.RobotsPublisher(dice);
        ClickDraft at = MousePerson.Computer(session, DatacentreRanges.Address(dice)) with { Publisher = publisher };
        if (dice.Chance(0.3))
        {
            at = at with { UserAgent = dice.Pick(UserAgents.Programs), Device = null };
        }

        for (int i = 0; i < session.Times.Length; i++)
        {
            (double x, double y) = World.PointIn(dice, at.Placement, at.Viewport);
            session.Add(
                at with
                {
                    Id = session.Id("c", i),
                    TimeMs = session.Times[i],
                    X = x,
                    Y = y,
                    Placement = dice.Pick(publisher.Placements),
                    Campaign = session.World.AnyCampaign(dice),
                },
                dice.Chance(0.3) ? PathWay.Never : PathWay.None,
                invalid: true
            );
        }
    }
}

/// <summary>Crawlers that declare themselves, and follow ads like any other link.</summary>
internal sealed class Crawler : Actor
{
    internal override string Name => "crawler";
    internal override double Share => 0.03;

    internal override int DrawClicks(Dice dice) => dice.Whole(2, 20);

    internal override TimeSpan DrawGap(Dice dice) => TimeSpan.FromSeconds(dice.LogNormal(4, 0.4));

    internal override void Play(Session session)
    {
        Dice dice = session.Dice;
        string ip = dice.Chance(0.5) ? DatacentreRanges.Address(dice) : session.World.PersonsAddress(dice);
        ClickDraft at = MousePerson.Computer(session, ip) with
        {
            UserAgent = dice.Pick(UserAgents.Crawlers),
            Visitor = null,
            Pointer = null,
            Device = null,
            Referrer = "",
        };
        for (int i = 0; i < session.Times.Length; i++)
        {
            at = MousePerson.Elsewhere(session, at);
            session.Add(at with { Id = session.Id("c", i), TimeMs = session.Times[i] }, PathWay.None, invalid: true);
        }
    }
}
