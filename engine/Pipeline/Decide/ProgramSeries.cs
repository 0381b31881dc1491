using Engine.Pipeline.Clicks;
using Engine.Pipeline.Settings;
using Models.Scoring;

namespace Engine.Pipeline.Decide;

/// <summary>Decides whether several paths are together a program's.</summary>
internal static class ProgramSeries
{
    /// <summary>Finds the series that shows a program: the visitor's, or the network's if the visitor has too few paths
    /// of its own, and these look more like a program's than a person's. So people who share a network with a robot
    /// aren't judged by its paths.</summary>
    /// <param name="row">The click.</param>
    /// <param name="setting">The setting of <c>cursor.series</c>.</param>
    /// <param name="series">The artefact's figures for series.</param>
    /// <param name="found">The series.</param>
    /// <param name="limit">The mean log-odds that it exceeds.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryFind(
        ClickRow row,
        ReasonSetting setting,
        ArtefactSeries series,
        out SeriesFound found,
        out double limit
    )
    {
        SeriesFound own = row.VisitorSeries;
        found = own.Paths >= setting.MinClicks || own.Mean <= 0 ? own : row.NetworkSeries;
        limit = series.LimitOf(found.Paths, setting.Limit);
        return found.Paths >= setting.MinClicks && found.Mean > limit;
    }
}
