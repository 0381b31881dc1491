using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Engine.Pipeline.Features;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows.Module.Traffic;
using Models.Scoring;
using Models.Training.Clicks;
using Models.Training.Data;
using Models.Training.Learning;

namespace Models.Training.Commands;

/// <summary>`models train-sample`: trains the shipped click forest on the generator's labelled traffic.</summary>
internal static class TrainSampleCommand
{
    private const int TrainedRuns = 6,
        CalibratedRuns = 2,
        MeasuredRuns = 2;

    /// <summary>How much more a valid click weighs where fields are missing: who says little gets the benefit of the
    /// doubt.</summary>
    private const float SparseValidWeight = 2.5f;

    /// <summary>Busy and quiet runs, so that the forest doesn't learn the rates of a single demo.</summary>
    private static readonly double[] Minutes = [4, 12, 30, 60];

    /// <summary>130 trees of up to 48 leaves: small enough for a third of a microsecond, and larger forests gain
    /// nothing on these rows.</summary>
    private static readonly BoostingSettings Boost = new(
        Trees: 130,
        Leaves: 48,
        Rate: 0.07,
        MinRows: 60,
        FeatureShare: 0.6
    );

    public static Command Make()
    {
        var configs = new Option<DirectoryInfo>("--configs")
        {
            Description = "Folder with engine.yaml, settings and lists",
            DefaultValueFactory = _ => new DirectoryInfo("configs"),
        };
        var to = new Option<FileInfo>("--out")
        {
            Description = "The artefact; its card is written beside it as .md",
            DefaultValueFactory = _ => new FileInfo("models/Artifacts/clicks.artefact"),
        };
        var seed = new Option<int>("--seed") { Description = "Seed of all randomness", DefaultValueFactory = _ => 1 };
        var clicks = new Option<int>("--clicks")
        {
            Description = "Clicks per run of the generator",
            DefaultValueFactory = _ => 15_000,
        };
        var command = new Command(
            "train-sample",
            "Trains the shipped click forest on the generator's labelled traffic, through the engine's own pipeline"
        )
        {
            configs,
            to,
            seed,
            clicks,
        };
        command.SetAction(parsed =>
            Exit.Of(() =>
                Run(
                    parsed.GetRequiredValue(configs),
                    parsed.GetRequiredValue(to),
                    parsed.GetRequiredValue(seed),
                    parsed.GetRequiredValue(clicks)
                )
            )
        );
        return command;
    }

    private static int Run(DirectoryInfo configs, FileInfo to, int seed, int clicks)
    {
        DecisionSettings settings = SettingsOf(configs, to.DirectoryName!, out KeyedHash hash);
        Rows trained = RowsOf(seed * 100, TrainedRuns, clicks, settings, hash),
            calibrated = RowsOf((seed * 100) + 50, CalibratedRuns, clicks, settings, hash),
            measured = RowsOf((seed * 100) + 70, MeasuredRuns, clicks, settings, hash),
            complete = Measured((seed * 100) + 70, clicks, settings, hash, events => events),
            required = Measured((seed * 100) + 70, clicks, settings, hash, MissingFields.AllButRequired);
        UnnamedVisitors.ShuffleCounts(trained, seed);
        UnnamedVisitors.ShuffleCounts(calibrated, seed);
        Forest forest = Boosting.Train(trained, Boost, seed);
        Calibration calibration = Calibrating.Fit([.. Raw(forest, calibrated)], calibrated.Positive);
        double[] scores = [.. Raw(forest, measured).Select(raw => calibration.Probability(raw))];
        var people = scores.Where((_, i) => !measured.Positive[i]).ToArray();
        var invalid = scores.Where((_, i) => measured.Positive[i]).ToArray();
        var metrics = new SortedDictionary<string, double>
        {
            ["auc"] = Curves.Auc(people, invalid),
            ["found at 0.5"] = Curves.Over(invalid, 0.5),
            ["found at 0.9"] = Curves.Over(invalid, 0.9),
            ["people over 0.5"] = Curves.Over(people, 0.5),
            ["people over 0.9"] = Curves.Over(people, 0.9),
        };
        foreach (
            (string name, Rows rows) in (ReadOnlySpan<(string, Rows)>)
                [("all fields", complete), ("only the required fields", required)]
        )
        {
            double[] sent = [.. Raw(forest, rows).Select(raw => calibration.Probability(raw))];
            metrics[$"{name}: people over 0.5"] = Curves.Over([.. sent.Where((_, i) => !rows.Positive[i])], 0.5);
            metrics[$"{name}: found at 0.5"] = Curves.Over([.. sent.Where((_, i) => rows.Positive[i])], 0.5);
        }

        var header = new ArtefactHeader(
            ArtefactHeader.Clicks,
            FeaturesOf(trained),
            calibration,
            0.5,
            [new ArtefactSource("ingest generate", trained.Count, trained.Positive.Count(p => p), "ours, Apache-2.0")],
            metrics,
            new SortedDictionary<string, string>
            {
                ["trees"] = $"{Boost.Trees}",
                ["leaves"] = $"{Boost.Leaves}",
                ["cursor"] = settings.CursorModel?.Artefact.Version ?? "none",
            },
            seed
        );
        Artefact artefact = Artefact.Create(header, forest);
        artefact.Save(to.FullName);
        File.WriteAllText(Path.ChangeExtension(to.FullName, ".md"), Card(artefact, measured, scores));
        IEnumerable<string> figures = metrics.Select(metric =>
            string.Create(CultureInfo.InvariantCulture, $"{metric.Key} {metric.Value:0.####}")
        );
        Console.WriteLine($"{artefact.Version} {to}: {string.Join(", ", figures)}");
        return Exit.Done;
    }

    /// <summary>Builds the shipped settings, except for the click forest that is being trained.</summary>
    private static DecisionSettings SettingsOf(DirectoryInfo configs, string artefacts, out KeyedHash hash)
    {
        var files = new SettingFiles(Path.Combine(configs.FullName, "lists"), artefacts);
        var book = new SettingsBuilder(files);
        // Campaigns of the sample traffic have landing pages, which are features.
        string[] folders = [Path.Combine(configs.FullName, "settings"), Path.Combine(configs.FullName, "samples")];
        foreach ((string key, string value) in SettingsFolder.Read(folders))
        {
            if (key != "model/clicks" && SettingParser.Kinds.Contains(key.Split('/')[0]))
            {
                book.Apply(key, value);
            }
        }

        hash = new KeyedHash(0x1234_5678_9ABC_DEF1, 0x0FED_CBA9_8765_4321);
        return book.Build("s-base", hash);
    }

    private static Rows RowsOf(int firstSeed, int runs, int clicks, DecisionSettings settings, KeyedHash hash)
    {
        var rows = new Rows(ClickFeatures.Count);
        for (int i = 0; i < runs; i++)
        {
            int run = firstSeed + i;
            SampleEvent[] events = EventsOf(run, i, clicks);
            SampleRows.Add(rows, events, run, others: 2, validWeight: 1, settings, hash);
            SampleRows.Add(
                rows,
                MissingFields.ByPublisher(events, run),
                run,
                others: 1,
                SparseValidWeight,
                settings,
                hash
            );
            Console.Error.WriteLine($"generator run {run}: {rows.Count} rows");
        }

        return rows;
    }

    /// <summary>The clicks of runs as they come, with what <paramref name="missing"/> leaves of them.</summary>
    private static Rows Measured(
        int firstSeed,
        int clicks,
        DecisionSettings settings,
        KeyedHash hash,
        Func<SampleEvent[], IEnumerable<SampleEvent>> missing
    )
    {
        var rows = new Rows(ClickFeatures.Count);
        for (int i = 0; i < MeasuredRuns; i++)
        {
            SampleRows.Add(
                rows,
                missing(EventsOf(firstSeed + i, i, clicks)),
                firstSeed + i,
                others: 0,
                validWeight: 1,
                settings,
                hash
            );
        }

        return rows;
    }

    private static SampleEvent[] EventsOf(int run, int index, int clicks) =>
        SampleRows.Events((ulong)run, clicks, TimeSpan.FromMinutes(Minutes[index % Minutes.Length]));

    private static IEnumerable<float> Raw(Forest forest, Rows rows) =>
        Enumerable.Range(0, rows.Count).Select(i => forest.Score(rows[i]));

    private static ArtefactFeature[] FeaturesOf(Rows rows) =>
        [
            .. ClickFeatures.Table.Select(
                (feature, f) =>
                {
                    float[] people =
                    [
                        .. Enumerable
                            .Range(0, rows.Count)
                            .Where(i => !rows.Positive[i])
                            .Select(i => rows[i][f])
                            .Order(),
                    ];
                    return new ArtefactFeature(
                        feature.Name,
                        feature.Unit,
                        people[people.Length / 20],
                        people[people.Length / 2],
                        people[people.Length * 19 / 20]
                    );
                }
            ),
        ];

    private static string Card(Artefact artefact, Rows measured, double[] scores)
    {
        var text = new StringBuilder();
        string F(ref DefaultInterpolatedStringHandler line) => line.ToStringAndClear();
        text.AppendLine($"# {artefact.Version}").AppendLine();
        text.AppendLine(
            "Gives the probability that a click is invalid. Trained by ML.NET (LightGBM) on the labelled traffic of "
                + "`out/ingest generate`, through the engine's"
        );
        text.AppendLine(
            "own pipeline, by `out/models train-sample`. The traffic is made up: these figures say that the way "
                + "works, not how well it would do on yours."
        );
        text.AppendLine("Train your own from your labels with `out/models train-clicks`.").AppendLine();
        foreach ((string name, double value) in artefact.Header.Metrics)
        {
            text.AppendLine(F($"- {name}: {value:0.####}"));
        }

        text.AppendLine()
            .AppendLine("On runs of the generator that it never saw, by who clicked:")
            .AppendLine()
            .AppendLine("| who | clicks | over 0.5 | over 0.9 |")
            .AppendLine("| --- | ---: | ---: | ---: |");
        foreach (
            IGrouping<string, int> actor in Enumerable
                .Range(0, measured.Count)
                .GroupBy(i => (measured.Positive[i] ? "invalid: " : "valid: ") + measured.Kind[i])
                .OrderBy(actor => actor.Key, StringComparer.Ordinal)
        )
        {
            text.AppendLine(
                F(
                    $"| {actor.Key} | {actor.Count()} | {actor.Average(i => scores[i] >= 0.5 ? 1.0 : 0):P1} | "
                        + $"{actor.Average(i => scores[i] >= 0.9 ? 1.0 : 0):P1} |"
                )
            );
        }

        text.AppendLine()
            .AppendLine("| feature | unit | p05 | p50 | p95 of valid clicks |")
            .AppendLine("| --- | --- | ---: | ---: | ---: |");
        foreach (ArtefactFeature feature in artefact.Features)
        {
            text.AppendLine(
                F($"| {feature.Name} | {feature.Unit} | {feature.P05:G4} | {feature.P50:G4} | {feature.P95:G4} |")
            );
        }

        return text.ToString();
    }
}
