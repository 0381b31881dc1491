using Engine.Pipeline.CursorPath;
using Models.Scoring;
using Models.Training.Data;
using Models.Training.Paths;

namespace Models.Training.Learning;

/// <summary>The settings of the one recipe for cursor artefacts (models.md). The same data and seed give the same
/// artefact.</summary>
/// <param name="Corpus">The settings of the rows.</param>
/// <param name="Boosting">The settings of the forest.</param>
/// <param name="Network">The settings of the networks beside the forest, over the same features.</param>
/// <param name="Folds">The number of folds of people and families, left out one at a time for the cut-off and
/// calibration.</param>
/// <param name="FalsePositives">The share of known people, left out and seen through simulated recorders, that may
/// score above the cut-off. Chosen so that at most 0.5 % of each unseen source's people do (models.md).</param>
/// <param name="SeriesLimit">The mean log-odds of many paths that people hardly ever exceed. Chosen on people's series
/// of unseen sources (models.md).</param>
public sealed record CursorSettings(
    CorpusSettings Corpus,
    BoostingSettings Boosting,
    NetworkSettings Network,
    int Folds = 5,
    double FalsePositives = 0.0008,
    double SeriesLimit = 0.5
)
{
    /// <summary>The settings of the shipped artefact.</summary>
    public static CursorSettings Shipped { get; } =
        new(
            new CorpusSettings(),
            new BoostingSettings(Trees: 100, Leaves: 28, Rate: 0.25, Forests: 4),
            new NetworkSettings()
        );

    /// <summary>The same settings, with rows for training networks.</summary>
    public CursorSettings Paced => this with { Corpus = Corpus with { PacedShare = Network.PacedShare } };

    /// <summary>A fifth of the work: checks that a whole evaluation runs, and gives rough figures.</summary>
    public static CursorSettings Quick { get; } =
        new(
            new CorpusSettings(1, 4, 500),
            new BoostingSettings(Trees: 75, Leaves: 28, Rate: 0.25, Forests: 2),
            new NetworkSettings(Passes: 6),
            Folds: 3
        );
}

/// <summary>The score of a path left out of training, from models that didn't see it.</summary>
/// <param name="Kind">"people/source" or the family.</param>
/// <param name="Group">The person or recording.</param>
/// <param name="Program">Whether it is a program's path (the label).</param>
/// <param name="Raw">The raw score.</param>
public readonly record struct LeftOut(string Kind, string Group, bool Program, float Raw);

/// <summary>The result of the recipe.</summary>
/// <param name="Artefact">The artefact to save.</param>
/// <param name="Seen">Left-out scores of paths through simulated recorders; the cut-off and calibration are derived
/// from them.</param>
/// <param name="AsRecorded">Left-out scores of paths as they were recorded, which are reported.</param>
/// <param name="CutRaw">The cut-off as a raw score.</param>
public sealed record CursorResult(
    Artefact Artefact,
    IReadOnlyList<LeftOut> Seen,
    IReadOnlyList<LeftOut> AsRecorded,
    double CutRaw
);

/// <summary>Creates cursor artefacts.</summary>
public sealed class CursorRecipe(CursorSettings settings, int seed, Action<string> progress)
{
    /// <summary>Runs the recipe.</summary>
    /// <param name="data">People and programs to train on.</param>
    /// <param name="families">Selects our own adversaries to train on.</param>
    public CursorResult Make(IReadOnlyList<PathRecord> data, Func<string, bool> families)
    {
        PathRecord[] people = [.. data.Where(p => !p.Program)],
            programs = [.. data.Where(p => p.Program)];
        var material = new People(people);
        Rows[] draws = Draw(settings, seed, people, programs, material, families),
            paced = Draw(settings.Paced, seed, people, programs, material, families);
        Rows recorded = Corpus.AsRecorded([
            .. data,
            .. new Corpus(settings.Corpus, seed).Noted(material, 400, families),
        ]);
        string[] all = Families(draws[0]);
        progress(
            $"{draws.Length} draws of {draws[0].Count} rows, {draws[0].Positive.Count(p => p)} of programs of "
                + $"{all.Length} families, {PathFeatures.Count} features"
        );

        List<LeftOut> seen = [],
            asRecorded = [];
        for (int fold = 0; fold < settings.Folds; fold++)
        {
            bool Out(bool program, string kind, string group) =>
                (program ? Array.IndexOf(all, kind) % settings.Folds : FoldOf(group)) == fold;
            bool OutOf(Rows rows, int i) => Out(rows.Positive[i], rows.Kind[i], rows.Group[i]);
            Rows[] In(Rows[] of) => [.. of.Select(rows => rows.Where(i => !OutOf(rows, i)))];
            Ensemble part = Train(In(draws), In(paced), settings, seed);
            seen.AddRange(draws.SelectMany(rows => Score(part, rows, i => OutOf(rows, i))));
            asRecorded.AddRange(Score(part, recorded, i => OutOf(recorded, i)));
            progress($"fold {fold + 1} of {settings.Folds}");
        }

        Ensemble whole = Train(draws, paced, settings, seed);
        progress("forest and network of all");
        double cut = Curves.CutOff(
            [.. seen.Where(s => !s.Program).Select(s => (double)s.Raw)],
            settings.FalsePositives
        );
        return new CursorResult(Finish(data, draws, recorded, whole, seen, asRecorded, cut), seen, asRecorded, cut);
    }

    /// <summary>Draws all rows anew for each of the mean's forests. Each sees other recorders, cuts and adversaries, so
    /// accidental patterns of one draw aren't confirmed by the others.</summary>
    public static Rows[] Draw(
        CursorSettings settings,
        int seed,
        IReadOnlyList<PathRecord> people,
        IReadOnlyList<PathRecord> programs,
        People material,
        Func<string, bool> families
    )
    {
        var draws = new Rows[settings.Boosting.Forests];
        for (int k = 0; k < draws.Length; k++)
        {
            var corpus = new Corpus(settings.Corpus, Boosting.SeedOf(seed, k));
            draws[k] = new Rows(PathFeatures.Count);
            corpus.AddPeople(draws[k], people);
            corpus.AddPrograms(draws[k], programs);
            corpus.AddAdversaries(draws[k], material, families);
        }

        return draws;
    }

    /// <summary>Trains a forest, and networks on paced rows. Where people take longer on another task than in any
    /// training row, a network continues along its slopes and would call them programs (models.md). Trees don't, and
    /// find less if trained on paced rows.</summary>
    public static Ensemble Train(
        IReadOnlyList<Rows> draws,
        IReadOnlyList<Rows> paced,
        CursorSettings settings,
        int seed
    ) => new(Boosting.Train(draws, settings.Boosting, seed), NetworkTraining.Train(paced, settings.Network, seed));

    /// <summary>Scores rows.</summary>
    public static IEnumerable<LeftOut> Score(Ensemble ensemble, Rows rows, Func<int, bool> wanted)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            if (wanted(i))
            {
                yield return new LeftOut(rows.Kind[i], rows.Group[i], rows.Positive[i], ensemble.Score(rows[i]));
            }
        }
    }

    /// <summary>Computes the mean |contribution| of each feature to the raw score of paths as recorded, in
    /// log-odds.</summary>
    public IEnumerable<(string Name, double Worth)> Worth(Artefact artefact, IReadOnlyList<PathRecord> data)
    {
        Rows rows = Corpus.AsRecorded([.. data.Where((_, i) => i % 10 == seed % 10)]);
        var sum = new double[rows.Features];
        var by = new float[rows.Features];
        for (int i = 0; i < rows.Count; i++)
        {
            artefact.Forest.Contributions(rows[i], by);
            for (int f = 0; f < by.Length; f++)
            {
                sum[f] += Math.Abs(by[f]) / rows.Count;
            }
        }

        return artefact.Features.Select((f, i) => (f.Name, sum[i]));
    }

    private static string[] Families(Rows rows) =>
        [
            .. Enumerable
                .Range(0, rows.Count)
                .Where(i => rows.Positive[i])
                .Select(i => rows.Kind[i])
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    private int FoldOf(string group)
    {
        uint hash = 2166136261;
        foreach (char c in group)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)((hash >> 8) % (uint)settings.Folds);
    }

    private Artefact Finish(
        IReadOnlyList<PathRecord> data,
        Rows[] draws,
        Rows recorded,
        Ensemble ensemble,
        List<LeftOut> seen,
        List<LeftOut> asRecorded,
        double cut
    )
    {
        Calibration calibration = Calibrating.Fit([.. seen.Select(s => s.Raw)], [.. seen.Select(s => s.Program)]);
        double[] logOdds =
        [
            .. asRecorded
                .Where(s => !s.Program)
                .Select(s => ArtefactSeries.Bounded(calibration.LogOddsOf(s.Raw)))
                .Order(),
        ];
        int own = draws.Sum(rows => rows.Kind.Count(Adversaries.All.Select(a => a.Family).ToHashSet().Contains));
        double[] people = [.. asRecorded.Where(s => !s.Program).Select(s => (double)s.Raw)],
            programs = [.. asRecorded.Where(s => s.Program).Select(s => (double)s.Raw)];
        var header = new ArtefactHeader(
            ArtefactHeader.Cursor,
            Ranges(recorded),
            calibration,
            // the largest smaller double, so that the raw score of the cut-off itself reaches it
            Math.BitDecrement(calibration.Probability((float)cut)),
            [
                .. data.GroupBy(p => p.Source)
                    .Select(g => new ArtefactSource(
                        g.Key,
                        g.Count(),
                        g.Count(p => p.Program),
                        "MIT or ISC: see the card"
                    )),
                new ArtefactSource("own adversaries", own, own, "ours"),
            ],
            new Dictionary<string, double>
            {
                ["auc_families_and_people_left_out"] = Math.Round(Curves.Auc(people, programs), 5),
                ["recall_at_1_percent"] = Math.Round(Curves.Recall(people, programs, 0.01), 4),
                ["known_people_called_programs"] = Math.Round(Curves.Over(people, cut), 5),
                ["families_left_out_found"] = Math.Round(Curves.Over(programs, cut), 4),
            },
            new Dictionary<string, string>
            {
                ["boosting"] = settings.Boosting.ToString(),
                ["network"] = settings.Network.ToString(),
                ["corpus"] = settings.Corpus.ToString(),
                ["cut-off"] = $"{settings.FalsePositives} of known people, left out, through simulated recorders",
            },
            seed,
            new ArtefactSeries(logOdds[logOdds.Length / 2], settings.SeriesLimit)
        );
        return Artefact.Create(header, ensemble);
    }

    /// <summary>Gets the usual range of each feature in people, as recorded.</summary>
    private static List<ArtefactFeature> Ranges(Rows recorded)
    {
        int[] people = [.. Enumerable.Range(0, recorded.Count).Where(i => !recorded.Positive[i])];
        var ranges = new List<ArtefactFeature>();
        for (int f = 0; f < PathFeatures.Count; f++)
        {
            int column = f;
            float[] values = [.. people.Select(i => recorded[i][column]).Order()];
            float At(double share) => values[(int)(share * (values.Length - 1))];
            ranges.Add(
                new ArtefactFeature(PathFeatures.Names[f], PathFeatures.Table[f].Unit, At(0.05), At(0.5), At(0.95))
            );
        }

        return ranges;
    }
}
