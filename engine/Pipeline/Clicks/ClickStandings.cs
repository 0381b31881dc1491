using Engine.Pipeline.Features;
using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Clicks;

/// <summary>Reads the standings that concern a click, and adds the click's verdict to them.</summary>
internal static class ClickStandings
{
    /// <summary>Fills in the standings of the click's network, visitor and publisher, as the partition knows
    /// them.</summary>
    public static void Fill(ClickRow row)
    {
        Standings standings = row.Partition.Standings;
        StandingSums? network = standings.Of(row.Network),
            visitor = row.Visitor == 0 ? null : standings.Of(row.Visitor),
            publisher = standings.Of(row.Publisher);
        (row.NetworkSums, row.VisitorSums, row.PublisherSums) = (network, visitor, publisher);
        (row.VisitorElsewhere, row.PublisherElsewhere) = (visitor?.Elsewhere, publisher?.Elsewhere);
        (row.StandingNetwork, row.StandingNetworkClicks) =
            network == null ? (ClickFeatures.Unknown, 0) : (network.Share, network.Clicks);
        StandingSums? seen = visitor?.Seen;
        (row.StandingVisitor, row.StandingVisitorClicks) =
            seen == null ? (ClickFeatures.Unknown, 0) : (seen.Share, seen.Clicks);
        seen = publisher?.Seen;
        row.PublisherShare =
            seen == null
                ? default
                : new PublisherShare(
                    (float)(seen.RecentInvalid / (seen.RecentClicks + 1)),
                    seen.PastShare,
                    (float)seen.RecentClicks
                );
        row[ClickFeature.StandingNetwork] = row.StandingNetwork;
        row[ClickFeature.StandingNetworkClicks] = (float)row.StandingNetworkClicks;
        row[ClickFeature.StandingVisitor] = row.StandingVisitor;
        row[ClickFeature.PublisherShare] = publisher == null ? ClickFeatures.Unknown : row.PublisherShare.Recent;
    }

    /// <summary>Adds a verdict, which becomes visible in the next second of log time. A visitor is tracked only from
    /// the first invalid click on, as most never have one.</summary>
    public static void Note(this Standings standings, ClickRow row, bool invalid)
    {
        Note(
            standings,
            row,
            invalid,
            row.NetworkSums
                ?? standings.Find(row.Network)
                ?? standings.New(row.Network, StandingKind.Network, row.Event.Address.NetworkText())
        );
        StandingSums? visitor = row.VisitorSums;
        if (visitor == null && row.Visitor != 0)
        {
            visitor = standings.Find(row.Visitor);
            if (visitor == null && invalid)
            {
                visitor = standings.New(row.Visitor, StandingKind.Visitor, row.Event.Visitor.ToString());
            }
        }

        if (visitor != null)
        {
            Note(standings, row, invalid, visitor);
        }

        Note(
            standings,
            row,
            invalid,
            row.PublisherSums
                ?? standings.Find(row.Publisher)
                ?? standings.New(row.Publisher, StandingKind.Publisher, row.Event.Publisher.ToString())
        );
        Note(
            standings,
            row,
            invalid,
            standings.Find(row.Campaign)
                ?? standings.New(row.Campaign, StandingKind.Campaign, row.Event.Campaign.ToString())
        );
    }

    private static void Note(Standings standings, ClickRow row, bool invalid, StandingSums sums) =>
        standings.Note(sums, row.DecidedAt, row.LogTime, invalid, row.Event.CostMicros);
}
