using System.CommandLine;
using System.Globalization;
using Engine.Pipeline.CursorPath;
using Models.Scoring;
using Models.Training.Data;
using Models.Training.Learning;

namespace Models.Training.Commands;

/// <summary>`models series`: judges several paths of one visitor together, as the engine would.</summary>
internal static class SeriesCommand
{
    public static Command Make()
    {
        Argument<FileInfo[]> files = GivenPaths.Argument("\"group\",");
        var most = new Option<int>("--most")
        {
            Description = "Paths of a group that are read, from its first",
            DefaultValueFactory = _ => 10,
        };
        Option<FileInfo> artefact = Inputs.CursorArtefact();
        var command = new Command(
            "series",
            "Prints group,paths,mean_log_odds,limit,program as CSV: whether a group's paths are together a program's, "
                + "by the rule of cursor.series"
        )
        {
            files,
            most,
            artefact,
        };
        command.SetAction(parsed =>
            Exit.Of(() =>
                Run(parsed.GetRequiredValue(files), parsed.GetRequiredValue(most), parsed.GetRequiredValue(artefact))
            )
        );
        return command;
    }

    private static int Run(FileInfo[] files, int most, FileInfo file)
    {
        Artefact artefact = Artefact.Load(file.FullName);
        ArtefactSeries series = artefact.Series
            ?? throw new ArtefactException(
                $"{file}: {artefact.Version} knows nothing of series. Train it again with `models train`."
            );
        var scorer = new PathScorer(artefact);
        var given = new GivenPaths(files);
        var groups = new OrderedDictionary<string, List<double>>();
        foreach (PathRecord path in given.Read())
        {
            PathScore score = scorer.Score(path.T, path.X, path.Y);
            if (!groups.TryGetValue(path.Group, out List<double>? group))
            {
                groups.Add(path.Group, group = []);
            }

            if (score.Assessed && group.Count < most)
            {
                group.Add(score.LogOdds);
            }
        }

        using var writer = new StreamWriter(Console.OpenStandardOutput());
        writer.WriteLine("group,paths,mean_log_odds,limit,program");
        foreach (var (group, logOdds) in groups)
        {
            double mean = logOdds.Count == 0 ? 0 : logOdds.Average(ArtefactSeries.Bounded);
            writer.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Csv.Field(group)},{logOdds.Count},{mean:F3},{series.LimitOf(logOdds.Count):F3},"
                        + $"{(SeriesReport.IsProgram(series, logOdds) ? 1 : 0)}"
                )
            );
        }

        return given.ExitCode;
    }
}
