using System.Text;
using Models.Scoring;
using static Models.Training.Learning.Report;

namespace Models.Training.Learning;

/// <summary>Measures what several paths of one person or program say together, by the rule of
/// <c>cursor.series</c>.</summary>
public static class SeriesReport
{
    /// <summary>The number of paths from which a series counts, as in the shipped settings.</summary>
    public const int MinPaths = 3;

    /// <summary>Writes people flagged within ten paths, and programs found within five, by source and family.</summary>
    /// <param name="result">The recipe's result, with left-out scores of known people and families.</param>
    /// <param name="unseen">The scores of sources never trained on.</param>
    public static string Of(CursorResult result, IReadOnlyDictionary<string, LeftOut[]> unseen)
    {
        Artefact artefact = result.Artefact;
        var text = new StringBuilder("## Several paths of one visitor\n\n");
        text.AppendLine(
            F(
                $"The rule of `cursor.series`: from {MinPaths} paths on, the mean log-odds is over the artefact's "
                    + $"limit, {artefact.Series!.LimitOf(3):F2} for 3 paths, {artefact.Series.LimitOf(5):F2} for 5, "
                    + $"{artefact.Series.LimitOf(10):F2} for 10. A group's paths are cut into series in their order.\n"
            )
        );
        text.AppendLine("| people of | flagged within 10 paths | series | share of variance between people |")
            .AppendLine("| --- | ---: | ---: | ---: |");
        var people = unseen
            .Select(u => (Source: u.Key + ", never trained on", Scores: u.Value.Where(s => !s.Program)))
            .Concat(
                result
                    .AsRecorded.Where(s => !s.Program)
                    .GroupBy(s => s.Kind)
                    .Select(g => (g.Key["people/".Length..] + ", left out by person", g.AsEnumerable()))
            );
        foreach (var (source, scores) in people)
        {
            bool[] flagged = [.. Series(artefact, scores, 10)];
            if (flagged.Length > 0)
            {
                double share = flagged.Average(f => f ? 1.0 : 0);
                text.AppendLine(
                    F(
                        $"| {source} | {Share(share, flagged.Length)} | {flagged.Length} | "
                            + $"{Between(artefact, scores):F2} |"
                    )
                );
            }
        }

        text.AppendLine()
            .AppendLine("| programs, family left out | found within 5 paths | series |")
            .AppendLine("| --- | ---: | ---: |");
        foreach (
            var family in result
                .AsRecorded.Where(s => s.Program)
                .GroupBy(s => s.Kind)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
        )
        {
            bool[] found = [.. Series(artefact, family, 5)];
            if (found.Length > 0)
            {
                text.AppendLine(
                    F($"| {family.Key} | {Share(found.Average(f => f ? 1.0 : 0), found.Length)} | {found.Length} |")
                );
            }
        }

        return text.AppendLine().ToString();
    }

    /// <summary>Finds whether the mean of the first paths is over the limit after any of them.</summary>
    /// <param name="series">The artefact's limit.</param>
    /// <param name="logOdds">The log-odds of the paths, in their order.</param>
    public static bool IsProgram(ArtefactSeries series, IEnumerable<double> logOdds)
    {
        double sum = 0;
        int paths = 0;
        foreach (double one in logOdds)
        {
            sum += ArtefactSeries.Bounded(one);
            paths++;
            if (paths >= MinPaths && sum / paths > series.LimitOf(paths))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<bool> Series(Artefact artefact, IEnumerable<LeftOut> scores, int paths) =>
        scores
            .GroupBy(s => s.Group)
            .SelectMany(group => group.Chunk(paths))
            .Where(some => some.Length >= MinPaths)
            .Select(some => IsProgram(artefact.Series!, some.Select(s => artefact.LogOdds(s.Raw))));

    /// <summary>Computes how much of the variance of log-odds lies between people rather than between the paths of one:
    /// 0 if errors of one person's paths are independent, 1 if all paths of one person score alike (the intraclass
    /// correlation of a one-way analysis; R. Fisher, 1925).</summary>
    private static double Between(Artefact artefact, IEnumerable<LeftOut> scores)
    {
        double[][] groups =
        [
            .. scores
                .GroupBy(s => s.Group)
                .Where(g => g.Count() >= 2)
                .Select(g => g.Select(s => ArtefactSeries.Bounded(artefact.LogOdds(s.Raw))).ToArray()),
        ];
        int all = groups.Sum(g => g.Length);
        if (groups.Length < 2)
        {
            return double.NaN;
        }

        double mean = groups.Sum(g => g.Sum()) / all;
        double between = groups.Sum(g => g.Length * Math.Pow(g.Average() - mean, 2)) / (groups.Length - 1),
            within = groups.Sum(g => g.Sum(v => Math.Pow(v - g.Average(), 2))) / (all - groups.Length);
        double size = (all - groups.Sum(g => (double)g.Length * g.Length / all)) / (groups.Length - 1);
        return (between - within) / (between + ((size - 1) * within));
    }
}
