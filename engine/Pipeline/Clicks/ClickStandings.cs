using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Clicks;

/// <summary>Notes a click's verdict in the standings of everybody whom it concerns.</summary>
internal static class ClickStandings
{
    /// <summary>
    /// Notes a verdict; seen from the next second of log time on. A visitor is followed from the first invalid click
    /// on: most never have one.
    /// </summary>
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
