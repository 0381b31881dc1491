using System.CommandLine;
using System.Globalization;
using Engine.Pipeline.Settings;
using Models.Scoring;
using Models.Training.Clicks;
using Models.Training.Data;
using Models.Training.Learning;

namespace Models.Training.Commands;

/// <summary>`models train-clicks`, `evaluate-clicks` and `score-clicks`: an ad network's own click forest.</summary>
internal static class ClickCommands
{
    /// <summary>The minimum number of labelled clicks for meaningful histories.</summary>
    private const int MinClicks = 200;

    public static Command MakeTrain()
    {
        var (clicks, labels) = Labelled();
        var to = new Option<FileInfo>("--out")
        {
            Description = "The artefact; its histories are written beside it as .histories",
            Required = true,
        };
        var seed = new Option<int>("--seed") { Description = "Seed of all randomness", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "train-clicks",
            "Trains an ad network's own click forest, with settings chosen by cross-validation, and prints the quality "
                + "it expects on new clicks"
        )
        {
            clicks,
            labels,
            to,
            seed,
        };
        command.SetAction(p =>
            Exit.Of(() =>
                Train(
                    p.GetRequiredValue(clicks),
                    p.GetRequiredValue(labels),
                    p.GetRequiredValue(to),
                    p.GetRequiredValue(seed)
                )
            )
        );
        return command;
    }

    public static Command MakeEvaluate()
    {
        var (clicks, labels) = Labelled();
        var to = new Option<FileInfo>("--out") { Description = "Markdown", Required = true };
        var seed = new Option<int>("--seed") { Description = "Seed of all randomness", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "evaluate-clicks",
            "Trains like train-clicks without the last third in time, then without some publishers, and reports on "
                + "what was left out"
        )
        {
            clicks,
            labels,
            to,
            seed,
        };
        command.SetAction(p =>
            Exit.Of(() =>
                Evaluate(
                    p.GetRequiredValue(clicks),
                    p.GetRequiredValue(labels),
                    p.GetRequiredValue(to),
                    p.GetRequiredValue(seed)
                )
            )
        );
        return command;
    }

    public static Command MakeScore()
    {
        var files = new Argument<FileInfo[]>("FILE")
        {
            Description = "Clicks, JSONL in the contract's form, .gz too",
            Arity = ArgumentArity.OneOrMore,
        };
        var artefact = new Option<FileInfo>("--artefact")
        {
            Description = "The artefact that train-clicks wrote, with its .histories beside it",
            Required = true,
        };
        var command = new Command("score-clicks", "Prints id,probability_invalid as CSV") { files, artefact };
        command.SetAction(p => Exit.Of(() => Score(p.GetRequiredValue(files), p.GetRequiredValue(artefact))));
        return command;
    }

    private static int Train(FileInfo clickFile, FileInfo labelFile, FileInfo to, int seed)
    {
        (ClickRecord, bool)[] clicks = Read(clickFile, labelFile, out long latest);
        var (artefact, histories, expected) = new ClickRecipe(seed, Console.Error.WriteLine).Make(clicks, latest);
        Directory.CreateDirectory(to.DirectoryName!);
        artefact.Save(to.FullName);
        File.WriteAllBytes(to.FullName + ModelInForce.HistoriesEnding, histories);
        Console.WriteLine(
            Report.F(
                $"{artefact.Version}: expected on new clicks: AUC {expected.Auc:F4}, F1 {expected.F1:F3}, recall "
                    + $"{expected.Recall1:F3} at 1 % and {expected.Recall5:F3} at 5 % false positives, log loss "
                    + $"{expected.LogLoss:F3}"
            )
        );
        return Exit.Done;
    }

    private static int Evaluate(FileInfo clickFile, FileInfo labelFile, FileInfo to, int seed)
    {
        string text = new ClickMeasure(seed, Console.Error.WriteLine).Write(Read(clickFile, labelFile, out _));
        Directory.CreateDirectory(to.DirectoryName!);
        File.WriteAllText(to.FullName, text);
        Console.WriteLine(to.FullName);
        return Exit.Done;
    }

    private static (Option<FileInfo> Clicks, Option<FileInfo> Labels) Labelled() =>
        (
            new Option<FileInfo>("--clicks")
            {
                Description = "Clicks, JSONL in the contract's form, .gz too",
                Required = true,
            },
            new Option<FileInfo>("--labels")
            {
                Description =
                    "JSONL of labels, or CSV or tab-separated text with the "
                    + "columns click (id, sid) and label, 1 for invalid",
                Required = true,
            }
        );

    /// <summary>Reads the clicks that have a label, in the file's order.</summary>
    private static (ClickRecord Click, bool Bad)[] Read(FileInfo clickFile, FileInfo labelFile, out long latest)
    {
        Dictionary<string, bool> labels = LabelFile.Read(labelFile.FullName, out latest);
        (ClickRecord Click, bool Bad)[] clicks =
        [
            .. ClickRecord.Read(clickFile.FullName).Where(c => labels.ContainsKey(c.Id)).Select(c => (c, labels[c.Id])),
        ];
        return clicks.Length >= MinClicks && clicks.Any(c => c.Bad) && !clicks.All(c => c.Bad)
            ? clicks
            : throw new DataException(
                $"Expected at least {MinClicks} labelled clicks, with both labels; {clicks.Length} of {clickFile} "
                    + $"have a label in {labelFile}, {clicks.Count(c => c.Bad)} of them invalid."
            );
    }

    private static int Score(FileInfo[] files, FileInfo file)
    {
        Artefact artefact = Artefact.Load(file.FullName);
        artefact.RequireFeatures(ClickHistories.Names);
        ClickHistories histories = ClickHistories.Load(file.FullName + ModelInForce.HistoriesEnding);
        using var writer = new StreamWriter(Console.OpenStandardOutput());
        writer.WriteLine("id,probability_invalid");
        foreach (ClickRecord click in files.SelectMany(f => ClickRecord.Read(f.FullName)))
        {
            double probability = artefact.Probability(artefact.Ensemble.Score(histories.Features(click)));
            writer.WriteLine($"{Csv.Field(click.Id)},{probability.ToString("G9", CultureInfo.InvariantCulture)}");
        }

        return Exit.Done;
    }
}
