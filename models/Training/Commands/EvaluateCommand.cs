using System.CommandLine;
using System.Text;
using Models.Training.Data;
using Models.Training.Learning;
using Models.Training.Paths;
using static Models.Training.Learning.Report;

namespace Models.Training.Commands;

/// <summary>`models evaluate`: measures the recipe on data that it didn't train on.</summary>
internal static class EvaluateCommand
{
    private const int QuickStored = 100_000;

    public static Command Make()
    {
        var data = new Option<DirectoryInfo>("--data")
        {
            Description = "Folder that contains paths/*.jsonl.gz",
            Required = true,
        };
        var to = new Option<DirectoryInfo>("--out")
        {
            Description = "Folder for report.md and its charts",
            Required = true,
        };
        var seed = new Option<int>("--seed") { Description = "Seed of all randomness", DefaultValueFactory = _ => 1 };
        var quick = new Option<bool>("--quick")
        {
            Description =
                "A fifth of the work, with fewer rows, trees and folds, to check that it runs; its figures aren't the "
                + "recipe's",
        };
        var only = new Option<bool>("--replays-only") { Description = "Measure only the replay index" };
        var many = new Option<int>("--stored")
        {
            Description = "Additional paths in the replay index, varied from people's",
            DefaultValueFactory = _ => 1_000_000,
        };
        var command = new Command(
            "evaluate",
            "Trains the recipe without some families, people and recorders, and reports by source and family as "
                + "Markdown and SVG"
        )
        {
            data,
            to,
            seed,
            quick,
            only,
            many,
        };
        command.SetAction(parsed =>
            Exit.Of(() =>
                Run(
                    parsed.GetRequiredValue(data),
                    parsed.GetRequiredValue(to),
                    parsed.GetRequiredValue(seed),
                    parsed.GetValue(quick),
                    parsed.GetValue(only),
                    parsed.GetRequiredValue(many)
                )
            )
        );
        return command;
    }

    private static int Run(DirectoryInfo data, DirectoryInfo to, int seed, bool quick, bool replaysOnly, int many)
    {
        to.Create();
        var replays = new StringBuilder();
        PathRecord[] people =
        [
            .. Inputs
                .MayTrain.Concat(Inputs.MayEvaluate)
                .SelectMany(s => Inputs.Source(data, s))
                .Where(p => !p.Program),
        ];
        ReplayMeasure.Write(replays, people, quick ? Math.Min(many, QuickStored) : many, seed);
        File.WriteAllText(Path.Combine(to.FullName, "replays.md"), replays.ToString());
        if (replaysOnly)
        {
            Console.WriteLine(Path.Combine(to.FullName, "replays.md"));
            return Exit.Done;
        }

        CursorSettings settings = quick ? CursorSettings.Quick : CursorSettings.Shipped;
        PathRecord[] train = [.. Inputs.MayTrain.SelectMany(source => Inputs.Source(data, source))];
        var recipe = new CursorRecipe(settings, seed, Console.Error.WriteLine);
        CursorResult result = recipe.Make(train, _ => true);
        var unseen = Inputs.MayEvaluate.ToDictionary(
            s => s,
            s =>
                CursorRecipe
                    .Score(result.Artefact.Ensemble, Corpus.AsRecorded(Inputs.Source(data, s)), _ => true)
                    .ToArray()
        );
        Pictures.Write(to, result, unseen);
        var recorders = new StringBuilder();
        var measure = new RecorderMeasure(settings, seed, Console.Error.WriteLine);
        measure.WriteByRecording(recorders, train, "delbot");
        measure.WriteLeftOut(recorders, train);
        File.WriteAllText(
            Path.Combine(to.FullName, "report.md"),
            Text(result, unseen, train, recipe) + SeriesReport.Of(result, unseen) + recorders + replays
        );
        Console.WriteLine(Path.Combine(to.FullName, "report.md"));
        return Exit.Done;
    }

    private static string Text(
        CursorResult result,
        Dictionary<string, LeftOut[]> unseen,
        PathRecord[] train,
        CursorRecipe recipe
    )
    {
        var text = new StringBuilder(
            $"# Cursor paths: {result.Artefact.Version}\n\nShares have 95 % intervals (Wilson). Cut-off: "
                + $"{result.Artefact.Header.Settings["cut-off"]}.\n\n"
        );
        text.AppendLine("## People called programs at the cut-off")
            .AppendLine()
            .AppendLine("| people of | share | paths |")
            .AppendLine("| --- | ---: | ---: |");
        foreach (
            var (source, scores) in People(result)
                .Concat(unseen.Select(u => (u.Key + ", never trained on", Raw(u.Value.Where(s => !s.Program)))))
        )
        {
            text.AppendLine(
                F($"| {source} | {Share(Curves.Over(scores, result.CutRaw), scores.Length)} | {scores.Length} |")
            );
        }

        text.AppendLine().AppendLine("## Programs in a real browser, left out by family").AppendLine();
        RealBrowser(text, result, Raw(unseen["dlrv"]), train);
        double[] bdcPeople = Raw(unseen["bdc2017"].Where(s => !s.Program)),
            bdc = Raw(unseen["bdc2017"].Where(s => s.Program));
        text.AppendLine(
            F(
                $"\nbdc2017's programs, never trained on: AUC {Curves.Auc(bdcPeople, bdc):F3}, found at the cut-off "
                    + $"{Share(Curves.Over(bdc, result.CutRaw), bdc.Length)}.\n"
            )
        );
        text.AppendLine("## Families left out of training").AppendLine();
        Families(text, result, Raw(unseen["balabit"].Where(s => !s.Program)));
        text.AppendLine()
            .AppendLine("## Calibration")
            .AppendLine()
            .AppendLine("Left-out people and families through simulated recorders.\n")
            .AppendLine("| predicted | paths | programs among them |")
            .AppendLine("| --- | ---: | ---: |");
        foreach (
            var part in result
                .Seen.GroupBy(s => Math.Min(9, (int)(10 * result.Artefact.Probability(s.Raw))))
                .OrderBy(g => g.Key)
        )
        {
            text.AppendLine(
                F(
                    $"| {part.Key / 10.0:F1} to {(part.Key + 1) / 10.0:F1} | {part.Count()} | "
                        + $"{Share((double)part.Count(s => s.Program) / part.Count(), part.Count())} |"
                )
            );
        }

        text.AppendLine()
            .AppendLine("## What each feature is worth")
            .AppendLine()
            .AppendLine("Mean |contribution| to the raw score, left-out paths as recorded.\n")
            .AppendLine("| feature | log-odds |")
            .AppendLine("| --- | ---: |");
        foreach (var (name, worth) in recipe.Worth(result.Artefact, train).OrderByDescending(w => w.Worth))
        {
            text.AppendLine(F($"| {name} | {worth:F3} |"));
        }

        text.AppendLine();
        return text.ToString();
    }

    /// <summary>Writes the families that drove a real browser, against the people whose recorder is most like a
    /// page's.</summary>
    private static void RealBrowser(StringBuilder text, CursorResult result, double[] people, PathRecord[] train)
    {
        HashSet<string> groups = [.. train.Where(p => p.Source == Inputs.RealBrowser).Select(p => p.Group)];
        text.AppendLine("| family | found at the cut-off | AUC against dlrv's people | paths |")
            .AppendLine("| --- | ---: | ---: | ---: |");
        foreach (
            var family in result
                .AsRecorded.Where(s => s.Program && groups.Contains(s.Group))
                .GroupBy(s => s.Kind)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
        )
        {
            double[] scores = Raw(family);
            text.AppendLine(
                F(
                    $"| {family.Key} | {Share(Curves.Over(scores, result.CutRaw), scores.Length)} | "
                        + $"{Curves.Auc(people, scores):F4} | {scores.Length} |"
                )
            );
        }
    }

    private static IEnumerable<(string Source, double[] Scores)> People(CursorResult result) =>
        result
            .AsRecorded.Where(s => !s.Program)
            .GroupBy(s => s.Kind)
            .Select(g => (g.Key["people/".Length..] + ", left out by person", Raw(g)));
}
