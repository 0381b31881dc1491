using Engine.Pipeline.Clicks;
using Engine.Pipeline.Settings;
using Models.Scoring;

namespace Engine.Pipeline.Decide;

/// <summary>Decides whether several paths are together a program's.</summary>
internal static class ProgramSeries
{
    /// <summary>Finds the series that shows a program: the visitor's, or the network's if the visitor has too few paths
    /// of its own. So people who share a network with a robot are judged by their own paths as soon as they have
    /// enough.</summary>
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
        found = row.VisitorSeries.Paths >= setting.MinClicks ? row.VisitorSeries : row.NetworkSeries;
        limit = series.LimitOf(found.Paths, setting.Limit);
        return found.Paths >= setting.MinClicks && found.Mean > limit;
    }
}
