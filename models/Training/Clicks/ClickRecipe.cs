using System.Security.Cryptography;
using Engine.Pipeline.Settings;
using Models.Scoring;
using Models.Training.Data;
using Models.Training.Learning;

namespace Models.Training.Clicks;

/// <summary>The quality that cross-validation expects on new clicks.</summary>
/// <param name="Auc">The area under the ROC curve.</param>
/// <param name="F1">The F1 score at the cut-off.</param>
/// <param name="Recall1">The recall at 1 % false positives.</param>
/// <param name="Recall5">The recall at 5 % false positives.</param>
/// <param name="LogLoss">The log loss after calibration.</param>
public readonly record struct ClickExpectation(double Auc, double F1, double Recall1, double Recall5, double LogLoss);

/// <summary>The settings that cross-validation chooses.</summary>
/// <param name="Weight">The number of clicks that a parent's rate weighs as (m).</param>
/// <param name="Known">The forest for publishers with labels.</param>
/// <param name="Strangers">The forest for other publishers.</param>
/// <param name="L2">The penalty of the logistic regression, in clicks.</param>
/// <param name="LinearShare">The share of the regression in the score, 0 to 1.</param>
/// <param name="NetworkShare">The share of the networks; the rest is the forest's.</param>
public sealed record ClickSettings(
    double Weight,
    BoostingSettings Known,
    BoostingSettings Strangers,
    double L2,
    double LinearShare,
    double NetworkShare
);

/// <summary>Trains an ad network's own click forest from its labels. The score blends a logistic regression over all
/// keys, small neural networks over histories, and forests over histories: one for clicks of publishers with labels,
/// and one for other clicks, whose rows have histories counted without their own publisher. Histories of a training row
/// never include its own label: they are counted on the other folds. Settings are chosen by cross-validation, with
/// histories recounted in each fold, as for new clicks.</summary>
public sealed class ClickRecipe(int seed, Action<string> progress)
{
    private const int Folds = 5;
    private const int HistoryFolds = 10;

    /// <summary>The number of rows per click, each with histories counted without other folds, so that the forest
    /// learns how much they vary.</summary>
    private const int Rounds = 3;

    /// <summary>The number of forests, each with its own rounds of rows, whose mean is the strangers' forest. Which
    /// publishers share a fold is random and matters more than settings do (on iFlytek's publishers left out, over
    /// three seeds: AUC 0.8847 to 0.8935 for one forest, 0.8914 to 0.8946 for the mean of four).</summary>
    private const int StrangerForests = 4;

    /// <summary>The weight, in the known publishers' forest, of a row as from a new publisher. Chosen by
    /// cross-validation on iFlytek's clicks, where each metric gained a little.</summary>
    private const float StrangerWeight = 0.5f;

    /// <summary>The column that shows whether a publisher is known: ln(1 + clicks), for which half of one click is
    /// enough.</summary>
    private static readonly int SeenPublisher = FeatureAt("seen_publisher");

    /// <summary>The column of the regression's log-odds.</summary>
    private static readonly int Linear = FeatureAt("linear");

    /// <summary>A forest that adds nothing.</summary>
    private static readonly Forest Nothing = new([new Tree([], [], [], [], [], [0])], ClickHistories.Names.Count, 0);

    private delegate float RowScore(ReadOnlySpan<float> row);

    private const float Known = 0.5f;

    /// <summary>The features hidden from the strangers' forest: the hour, which reflects publishers' habits; the
    /// spelling of the operating system, which reflects a publisher's software; and pair shares, which reflect the
    /// phones of known publishers' visitors. AUC on iFlytek's publishers left out: 0.8926 without the hour and 0.8894
    /// with it; 0.8843 with the spelling and one round of rows; 0.8913 without shares and 0.8867 with them, with
    /// another seed 0.8791 and 0.8698.</summary>
    private static readonly int[] HiddenFromStrangers =
    [
        .. (
            (string[])
                [
                    "rate_hour",
                    "seen_hour",
                    "rate_publisher_hour",
                    "seen_publisher_hour",
                    "rate_placement_hour",
                    "seen_placement_hour",
                    "hour",
                    "rate_os",
                    "seen_os",
                ]
        ).Select(FeatureAt),
        .. ClickHistories
            .Names.Index()
            .Where(name => name.Item.StartsWith("share_", StringComparison.Ordinal))
            .Select(name => name.Index),
    ];

    private static readonly (double Weight, BoostingSettings Boosting)[] Tried =
    [
        (6, new BoostingSettings(300, 16, 0.03, 40, 0.3, 0.7, 10)),
        (6, new BoostingSettings(500, 24, 0.02, 60, 0.15, 0.7, 20)),
        (8, new BoostingSettings(400, 12, 0.03, 60, 0.15, 0.6, 20)),
    ];

    private static readonly BoostingSettings[] TriedForStrangers =
    [
        new(300, 16, 0.03, 40, 0.3, 0.7, 10),
        new(200, 8, 0.03, 60, 0.2, 0.7, 20),
    ];

    private static readonly double[] TriedL2 = [2, 4],
        TriedShares = [0, 0.15, 0.3, 0.45],
        TriedNetworkShares = [0, 0.1, 0.2, 0.3, 0.4];

    /// <summary>Alone, the networks are weaker than the forest, but their errors differ. More strongly regularised ones
    /// are better alone and add less.</summary>
    private static readonly NetworkSettings Networks = new(
        First: 64,
        Second: 16,
        Passes: 20,
        Rate: 0.002,
        Decay: 0.05,
        Dropout: 0.1,
        Networks: 4,
        Share: 1,
        PacedShare: 0
    );

    /// <summary>Chooses settings, trains and calibrates. The artefact contains the SHA-256 of its histories.</summary>
    /// <param name="labelled">The latest time of the labels, in ms since the Unix epoch; 0 if they have none.</param>
    public (Artefact Artefact, byte[] Histories, ClickExpectation Expected) Make(
        (ClickRecord Click, bool Bad)[] clicks,
        long labelled
    )
    {
        ClickSettings chosen = Choose(clicks);
        float[] raw = CrossValidate(clicks, (trained, left) => Score(trained, chosen, left));
        Calibration calibration = Calibrating.Fit(raw, [.. clicks.Select(c => c.Bad)]);
        var (expected, cut) = Expect(raw, clicks, calibration);
        var (ensemble, rows) = Train(clicks, chosen);
        ArtefactFeature[] features = [.. ClickHistories.Names.Select((name, f) => Range(name, rows, f))];
        byte[] histories = ClickHistories
            .Of(clicks, chosen.Weight, labelled)
            .With(ClickLogistic.Fit(clicks, chosen.L2))
            .ToBytes();
        var header = new ArtefactHeader(
            ArtefactHeader.Clicks,
            features,
            calibration,
            cut,
            [new ArtefactSource("labelled clicks", clicks.Length, clicks.Count(c => c.Bad), "the network's own")],
            new Dictionary<string, double>
            {
                ["auc"] = expected.Auc,
                ["f1"] = expected.F1,
                ["recall_at_1_percent"] = expected.Recall1,
                ["recall_at_5_percent"] = expected.Recall5,
                ["log_loss"] = expected.LogLoss,
            },
            new Dictionary<string, string>
            {
                ["boosting"] = chosen.Known.ToString(),
                ["boosting_strangers"] = chosen.Strangers.ToString(),
                ["m"] = Report.F($"{chosen.Weight}"),
                ["l2"] = Report.F($"{chosen.L2}"),
                ["linear_share"] = Report.F($"{chosen.LinearShare}"),
                ["networks"] = Networks.ToString(),
                ["network_share"] = Report.F($"{chosen.NetworkShare}"),
                [ModelInForce.HistoriesHash] = Convert.ToHexStringLower(SHA256.HashData(histories)),
            },
            seed
        );
        return (Artefact.Create(header, ensemble), histories, expected);
    }

    /// <summary>Chooses settings by minimum log loss, one after another: the known publishers' forest, the logistic
    /// regression, its share, the networks' share, the strangers' forest.</summary>
    public ClickSettings Choose((ClickRecord Click, bool Bad)[] clicks)
    {
        var (boosting, known) = Best(Tried, clicks, t =>
            CrossValidate(clicks, (trained, left) =>
                ScoreBy(ForestOf(Rows(trained, t.Weight), t.Boosting).Score, ClickHistories.Of(trained, t.Weight), left)
            )
        );
        var (l2, linear) = Best(TriedL2, clicks, t =>
            CrossValidate(clicks, (trained, left) =>
                LinearOf(ClickHistories.Of(trained, boosting.Weight).With(ClickLogistic.Fit(trained, t)), left)
            )
        );
        var (share, _) = Best(TriedShares, clicks, t =>
            [.. known.Zip(linear, (k, l) => (float)(((1 - t) * k) + (t * l)))]
        );
        float[] networks = CrossValidate(clicks, (trained, left) =>
            ScoreBy(
                new Ensemble(Nothing, NetworksOf(trained, boosting.Weight, 1)).Score,
                ClickHistories.Of(trained, boosting.Weight),
                left
            )
        );
        var (networkShare, _) = Best(TriedNetworkShares, clicks, t =>
            [
                .. known
                    .Zip(linear, networks)
                    .Select(s => (float)(((1 - share - t) * s.First) + (share * s.Second) + (t * s.Third))),
            ]
        );
        var (strangers, _) = Best(TriedForStrangers, clicks, t =>
            WithoutPublishers(clicks, (trained, left) =>
                ScoreBy(
                    ForestOf(StrangerRows(trained, boosting.Weight, 0), t).Score,
                    ClickHistories.Of(trained, boosting.Weight),
                    left
                )
            )
        );
        return new ClickSettings(
            boosting.Weight,
            boosting.Boosting,
            strangers with
            {
                Forests = StrangerForests,
            },
            l2,
            share,
            networkShare
        );
    }

    /// <summary>Scores clicks with a model trained on other clicks.</summary>
    public float[] Score(
        (ClickRecord Click, bool Bad)[] trained,
        ClickSettings settings,
        IEnumerable<ClickRecord> clicks
    ) =>
        ScoreBy(
            Train(trained, settings).Ensemble.Score,
            ClickHistories.Of(trained, settings.Weight).With(ClickLogistic.Fit(trained, settings.L2)),
            clicks
        );

    private (Ensemble Ensemble, Rows Known) Train((ClickRecord Click, bool Bad)[] clicks, ClickSettings settings)
    {
        Rows rows = Rows(clicks, settings.Weight);
        Forest known = ForestOf(rows, settings.Known);
        Forest strangers = Boosting.Train(
            [
                .. Enumerable
                    .Range(0, settings.Strangers.Forests)
                    .Select(draw => StrangerRows(clicks, settings.Weight, draw)),
            ],
            settings.Strangers,
            seed
        );
        float forests = (float)(1 - settings.LinearShare - settings.NetworkShare);
        Forest blend = ForestBlend.Of(strangers, known, SeenPublisher, Known, Linear, forests, settings.LinearShare);
        return (
            new Ensemble(
                blend,
                settings.NetworkShare > 0 ? NetworksOf(clicks, settings.Weight, settings.NetworkShare) : []
            ),
            rows
        );
    }

    /// <summary>Trains networks on rows of both known and new publishers, because they serve both: on iFlytek's
    /// publishers left out, networks trained only on known ones lost 0.002 in AUC, and those trained on both gained as
    /// much. They don't see the regression's log-odds, which are already added beside them.</summary>
    private IReadOnlyList<Network> NetworksOf((ClickRecord Click, bool Bad)[] clicks, double weight, double share)
    {
        Rows rows = Rows(clicks, weight);
        AddStrangers(rows, clicks, weight, 0, StrangerWeight);
        return NetworkTraining.Train([rows], Networks with { Share = share }, seed, Linear);
    }

    private Forest ForestOf(Rows rows, BoostingSettings settings) => Boosting.Train(rows, settings, seed);

    private static float[] ScoreBy(RowScore score, ClickHistories histories, IEnumerable<ClickRecord> clicks) =>
        [.. clicks.Select(click => score(histories.Features(click)))];

    private static float[] LinearOf(ClickHistories histories, IEnumerable<ClickRecord> clicks) =>
        [.. clicks.Select(click => histories.Features(click)[^1])];

    private (T Tried, float[] Raw) Best<T>(
        IEnumerable<T> all,
        (ClickRecord Click, bool Bad)[] clicks,
        Func<T, float[]> score
    )
    {
        var best = (Loss: double.MaxValue, Tried: default(T)!, Raw: Array.Empty<float>());
        foreach (T tried in all)
        {
            float[] raw = score(tried);
            var expected = Expect(raw, clicks, Calibrating.Fit(raw, [.. clicks.Select(c => c.Bad)])).Expected;
            progress(Report.F($"{tried}: AUC {expected.Auc:F4}, log loss {expected.LogLoss:F4}"));
            best = expected.LogLoss < best.Loss ? (expected.LogLoss, tried, raw) : best;
        }

        return (best.Tried, best.Raw);
    }

    /// <summary>Scores each click with a model trained on the other folds.</summary>
    private float[] CrossValidate(
        (ClickRecord Click, bool Bad)[] clicks,
        Func<(ClickRecord Click, bool Bad)[], IEnumerable<ClickRecord>, float[]> score
    ) => ByPart(clicks, [.. clicks.Select((_, i) => FoldOf(i, Folds, 1))], score);

    /// <summary>Scores each click with a model trained on other publishers.</summary>
    private static float[] WithoutPublishers(
        (ClickRecord Click, bool Bad)[] clicks,
        Func<(ClickRecord Click, bool Bad)[], IEnumerable<ClickRecord>, float[]> score
    )
    {
        Dictionary<string, int> parts = PublisherParts.Of(clicks, Folds);
        return ByPart(clicks, [.. clicks.Select(c => parts[PublisherParts.Publisher(c.Click)])], score);
    }

    private static float[] ByPart(
        (ClickRecord Click, bool Bad)[] clicks,
        int[] parts,
        Func<(ClickRecord Click, bool Bad)[], IEnumerable<ClickRecord>, float[]> score
    )
    {
        var raw = new float[clicks.Length];
        foreach (int part in parts.Distinct().Order())
        {
            int[] left = [.. Enumerable.Range(0, clicks.Length).Where(i => parts[i] == part)];
            foreach (
                var (k, value) in score(
                        [.. clicks.Where((_, i) => parts[i] != part)],
                        left.Select(i => clicks[i].Click)
                    )
                    .Index()
            )
            {
                raw[left[k]] = value;
            }
        }

        return raw;
    }

    /// <summary>Creates rows whose histories are counted without their own fold, plus a round as for new
    /// publishers.</summary>
    private Rows Rows((ClickRecord Click, bool Bad)[] clicks, double weight)
    {
        var rows = new Rows(ClickHistories.Names.Count);
        for (int round = 0; round < Rounds; round++)
        {
            AddRound(rows, clicks, [.. clicks.Select((_, i) => FoldOf(i, HistoryFolds, 2 + round))], weight, 1, []);
        }

        AddRound(rows, clicks, PublisherFolds(clicks, 0), weight, StrangerWeight, []);
        return rows;
    }

    /// <summary>Creates rows whose histories are counted without their own publisher: new publishers look like that,
    /// which random folds never show.</summary>
    /// <param name="draw">Each draw has its own folds.</param>
    private Rows StrangerRows((ClickRecord Click, bool Bad)[] clicks, double weight, int draw)
    {
        var rows = new Rows(ClickHistories.Names.Count);
        AddStrangers(rows, clicks, weight, draw, 1);
        return rows;
    }

    private void AddStrangers(
        Rows rows,
        (ClickRecord Click, bool Bad)[] clicks,
        double weight,
        int draw,
        float rowWeight
    )
    {
        for (int round = 0; round < Rounds; round++)
        {
            AddRound(
                rows,
                clicks,
                PublisherFolds(clicks, (draw * Rounds) + round),
                weight,
                rowWeight,
                HiddenFromStrangers
            );
        }
    }

    private static void AddRound(
        Rows rows,
        (ClickRecord Click, bool Bad)[] clicks,
        int[] folds,
        double weight,
        float rowWeight,
        int[] hidden
    )
    {
        ClickHistories[] byFold =
        [
            .. Enumerable
                .Range(0, HistoryFolds)
                .Select(f => ClickHistories.Of(clicks.Where((_, i) => folds[i] != f), weight)),
        ];
        foreach (var (i, (click, bad)) in clicks.Index())
        {
            float[] row = byFold[folds[i]].Features(click);
            foreach (int column in hidden)
            {
                row[column] = 0;
            }

            rows.Add(row, bad, rowWeight, "click", click.Id);
        }
    }

    /// <summary>Assigns whole publishers to folds, differently in each round.</summary>
    private int[] PublisherFolds((ClickRecord Click, bool Bad)[] clicks, int round)
    {
        string[] publishers =
        [
            .. clicks.Select(c => PublisherParts.Publisher(c.Click)).Distinct().Order(StringComparer.Ordinal),
        ];
        new Random((seed * 31) + round).Shuffle(publishers);
        Dictionary<string, int> folds = publishers.Index().ToDictionary(p => p.Item, p => p.Index % HistoryFolds);
        return [.. clicks.Select(c => folds[PublisherParts.Publisher(c.Click)])];
    }

    private int FoldOf(int i, int folds, int salt)
    {
        ulong hash = ((ulong)(uint)i + ((ulong)(uint)(seed * 31 + salt) << 32)) * 0x9E3779B97F4A7C15;
        return (int)(((hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9 >> 33) % (ulong)folds);
    }

    private static int FeatureAt(string name) => ClickHistories.Names.Index().First(n => n.Item == name).Index;

    private static (ClickExpectation Expected, double Cut) Expect(
        float[] raw,
        (ClickRecord Click, bool Bad)[] clicks,
        Calibration calibration
    )
    {
        double[] p = [.. raw.Select(r => Math.Clamp(calibration.Probability(r), 1e-6, 1 - 1e-6))];
        double[] bad = [.. p.Where((_, i) => clicks[i].Bad)],
            good = [.. p.Where((_, i) => !clicks[i].Bad)];
        var (f1, cut) = Enumerable
            .Range(20, 61)
            .Select(c => c / 100.0)
            .Select(c =>
                (2.0 * bad.Count(v => v >= c) / (bad.Count(v => v >= c) + good.Count(v => v >= c) + bad.Length), c)
            )
            .Max();
        double loss = p.Select((v, i) => -Math.Log(clicks[i].Bad ? v : 1 - v)).Average();
        return (
            new ClickExpectation(
                Curves.Auc(good, bad),
                f1,
                Curves.Recall(good, bad, 0.01),
                Curves.Recall(good, bad, 0.05),
                loss
            ),
            cut
        );
    }

    private static ArtefactFeature Range(string name, Rows rows, int f)
    {
        float[] values =
        [
            .. Enumerable.Range(0, rows.Count).Where(i => !rows.Positive[i]).Select(i => rows[i][f]).Order(),
        ];
        float At(double share) => values.Length == 0 ? 0 : values[(int)(share * (values.Length - 1))];
        return new ArtefactFeature(
            name,
            name.StartsWith("seen", StringComparison.Ordinal) ? "ln clicks"
                : name.StartsWith("share", StringComparison.Ordinal) ? "ln"
                : "1",
            At(0.05),
            At(0.5),
            At(0.95)
        );
    }
}
