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
        var files = new Argument<FileInfo[]>("FILE")
        {
            Description = "JSONL of paths, .gz too: {\"id\",\"group\",\"points\":[[t_ms,x,y],...]} per line",
            Arity = ArgumentArity.OneOrMore,
        };
        var most = new Option<int>("--most")
        {
            Description = "Paths of a group that are read, from its first",
            DefaultValueFactory = _ => 10,
        };
        var artefact = new Option<FileInfo>("--artefact")
        {
            Description = "Cursor artefact (default: the shipped one)",
            DefaultValueFactory = _ => new FileInfo(Inputs.ShippedCursor),
        };
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
        bool wrong = false;
        var groups = new OrderedDictionary<string, List<double>>();
        foreach (FileInfo paths in files)
        {
            foreach (PathRecord path in PathFile.Read(paths.FullName, error =>
                {
                    wrong = true;
                    Console.Error.WriteLine(error);
                }))
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

        return wrong ? Exit.Failed : Exit.Done;
    }
}
