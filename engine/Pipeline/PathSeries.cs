using Engine.Pipeline.Clicks;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Features;
using Engine.Pipeline.Windows;
using Models.Scoring;

namespace Engine.Pipeline;

/// <summary>Adds up what the paths of a visitor, a network, a publisher and a campaign say together. One path can't
/// tell a careful robot from a person, but several can. Publishers and campaigns are seen in every partition, and each
/// partition uses its own part of their paths, so that the sums depend on nothing but its own log.</summary>
internal static unsafe class PathSeries
{
    /// <summary>Adds a click's path and fills the click's features.</summary>
    public static void Add(ClickRow row, in PathScore score, ArtefactSeries series)
    {
        int milli = (int)Math.Round(1000 * ArtefactSeries.Bounded(score.LogOdds));
        row.VisitorSeries = Add(row, row.ActorKey, milli);
        row.NetworkSeries = Add(row, row.Network, milli);
        row[ClickFeature.SeriesVisitor] = Probability(row.VisitorSeries);
        row[ClickFeature.SeriesNetwork] = Probability(row.NetworkSeries);
        row[ClickFeature.SeriesPublisher] = Probability(Add(row, row.Publisher, milli));
        row[ClickFeature.SeriesCampaign] = Probability(Add(row, row.Campaign, milli));

        float Probability(SeriesFound found) => (float)series.Probability(found.Sum, found.Paths);
    }

    private static SeriesFound Add(ClickRow row, ulong key, int milli)
    {
        SeriesEntry* entry = row.Partition.PathSeries.Touch(key, row.LogTime);
        entry->Add(row.Time, milli);
        return new SeriesFound(entry->Sum(row.Time, out int paths) / 1000.0, paths);
    }
}
