using System.Security.Cryptography;
using Engine.Pipeline.Settings;
using Models.Scoring;
using Models.Training.Learning;

namespace Models.Training.Clicks;

/// <summary>What cross-validation expects of new clicks.</summary>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="F1">At the cut-off.</param>
/// <param name="Recall1">At 1 % false positives.</param>
/// <param name="Recall5">At 5 %.</param>
/// <param name="LogLoss">After calibration.</param>
public readonly record struct ClickExpectation(double Auc, double F1, double Recall1, double Recall5, double LogLoss);

/// <summary>
/// Trains a network's own click forest from its labels. Histories of a training row never hold its own label: they are counted on the other
/// folds. Settings are chosen by cross-validation with histories made anew in each fold, as they will be for new clicks.
/// </summary>
public sealed class ClickRecipe(int seed, Action<string> progress)
{
    private const int Folds = 5;
    private const int HistoryFolds = 10;

    /// <summary>Each click is a row so many times, its histories counted without other folds: the forest learns how far they waver.</summary>
    private const int Rounds = 3;

    /// <summary>Of a row seen as a new publisher's; by cross-validation on iFlytek's clicks, where it gained a little in each figure.</summary>
    private const float StrangerWeight = 0.5f;

    private static readonly (double Weight, BoostingSettings Boosting)[] Tried =
    [
        (6, new BoostingSettings(300, 16, 0.03, 40, 0.3, 0.7, 10)),
        (6, new BoostingSettings(500, 24, 0.02, 60, 0.15, 0.7, 20)),
        (8, new BoostingSettings(400, 12, 0.03, 60, 0.15, 0.6, 20)),
        (4, new BoostingSettings(500, 32, 0.02, 60, 0.15, 0.6, 30)),
    ];

    /// <summary>Chooses, trains, calibrates. The artefact names the SHA-256 of the histories that go with it.</summary>
    /// <param name="labelled">The latest time of the labels, ms since the epoch; 0 where they have none.</param>
    public (Artefact Artefact, byte[] Histories, ClickExpectation Expected) Make((ClickRecord Click, bool Bad)[] clicks, long labelled)
    {
        var (chosen, raw) = Choose(clicks);
        Calibration calibration = Calibrating.Fit(raw, [.. clicks.Select(c => c.Bad)]);
        var (expected, cut) = Expect(raw, clicks, calibration);
        Rows rows = OutOfFold(clicks, chosen.Weight);
        Forest forest = Boosting.Train(rows, chosen.Boosting, seed);
        ArtefactFeature[] features = [.. ClickHistories.Names.Select((name, f) => Range(name, rows, f))];
        byte[] histories = ClickHistories.Of(clicks, chosen.Weight, labelled).ToBytes();
        var header = new ArtefactHeader(ArtefactHeader.Clicks, features, calibration, cut,
            [new ArtefactSource("labelled clicks", clicks.Length, clicks.Count(c => c.Bad), "the network's own")],
            new Dictionary<string, double> { ["auc"] = expected.Auc, ["f1"] = expected.F1, ["recall_at_1_percent"] = expected.Recall1, ["recall_at_5_percent"] = expected.Recall5, ["log_loss"] = expected.LogLoss },
            new Dictionary<string, string> { ["boosting"] = chosen.Boosting.ToString(), ["m"] = Report.F($"{chosen.Weight}"), [ModelInForce.HistoriesHash] = Convert.ToHexStringLower(SHA256.HashData(histories)) }, seed);
        return (Artefact.Create(header, forest), histories, expected);
    }

    /// <summary>Settings by least log loss in cross-validation.</summary>
    /// <returns>The settings, and each click's raw score by a forest that didn't see it.</returns>
    public ((double Weight, BoostingSettings Boosting) Settings, float[] Raw) Choose((ClickRecord Click, bool Bad)[] clicks)
    {
        var best = (Loss: double.MaxValue, Tried: Tried[0], Raw: Array.Empty<float>());
        foreach (var tried in Tried)
        {
            float[] raw = CrossValidate(clicks, tried.Weight, tried.Boosting);
            double auc = Curves.Auc(Of(raw, clicks, false), Of(raw, clicks, true));
            double loss = Expect(raw, clicks, Calibrating.Fit(raw, [.. clicks.Select(c => c.Bad)])).Expected.LogLoss;
            progress(Report.F($"m {tried.Weight}, {tried.Boosting}: AUC {auc:F4}, log loss {loss:F4}"));
            best = loss < best.Loss ? (loss, tried, raw) : best;
        }

        return (best.Tried, best.Raw);
    }

    /// <summary>Raw scores of clicks by a forest and histories of others.</summary>
    public float[] Score((ClickRecord Click, bool Bad)[] trained, (double Weight, BoostingSettings Boosting) settings, IEnumerable<ClickRecord> clicks)
    {
        Forest forest = Boosting.Train(OutOfFold(trained, settings.Weight), settings.Boosting, seed);
        ClickHistories histories = ClickHistories.Of(trained, settings.Weight);
        return [.. clicks.Select(click => forest.Score(histories.Features(click)))];
    }

    private float[] CrossValidate((ClickRecord Click, bool Bad)[] clicks, double weight, BoostingSettings boosting)
    {
        var raw = new float[clicks.Length];
        for (int fold = 0; fold < Folds; fold++)
        {
            int[] left = [.. Enumerable.Range(0, clicks.Length).Where(i => FoldOf(i, Folds, 1) == fold)];
            float[] scores = Score([.. clicks.Where((_, i) => FoldOf(i, Folds, 1) != fold)], (weight, boosting), left.Select(i => clicks[i].Click));
            foreach (var (k, i) in left.Index())
            {
                raw[i] = scores[k];
            }
        }

        return raw;
    }

    /// <summary>Rows whose histories are counted without their own fold.</summary>
    private Rows OutOfFold((ClickRecord Click, bool Bad)[] clicks, double weight)
    {
        var rows = new Rows(ClickHistories.Names.Count);
        for (int round = 0; round < Rounds; round++)
        {
            int salt = 2 + round;
            var byFold = Enumerable.Range(0, HistoryFolds).Select(f => ClickHistories.Of(clicks.Where((_, i) => FoldOf(i, HistoryFolds, salt) != f), weight)).ToArray();
            for (int i = 0; i < clicks.Length; i++)
            {
                rows.Add(byFold[FoldOf(i, HistoryFolds, salt)].Features(clicks[i].Click), clicks[i].Bad, 1, "click", clicks[i].Click.Id);
            }
        }

        AddStrangers(rows, clicks, weight);
        return rows;
    }

    /// <summary>A round whose histories are counted without a click's own publisher: what new ones look like, which random folds never show.</summary>
    private static void AddStrangers(Rows rows, (ClickRecord Click, bool Bad)[] clicks, double weight)
    {
        string[] publishers = [.. clicks.Select(c => c.Click.Fields[0])];
        Dictionary<string, int> folds = publishers.Distinct().Order(StringComparer.Ordinal).Index().ToDictionary(p => p.Item, p => p.Index % HistoryFolds);
        ClickHistories[] byFold = [.. Enumerable.Range(0, HistoryFolds).Select(f => ClickHistories.Of(clicks.Where((_, i) => folds[publishers[i]] != f), weight))];
        foreach (var (i, (click, bad)) in clicks.Index())
        {
            rows.Add(byFold[folds[publishers[i]]].Features(click), bad, StrangerWeight, "click", click.Id);
        }
    }

    private int FoldOf(int i, int folds, int salt)
    {
        ulong hash = ((ulong)(uint)i + ((ulong)(uint)(seed * 31 + salt) << 32)) * 0x9E3779B97F4A7C15;
        return (int)(((hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9 >> 33) % (ulong)folds);
    }

    private static (ClickExpectation Expected, double Cut) Expect(float[] raw, (ClickRecord Click, bool Bad)[] clicks, Calibration calibration)
    {
        double[] p = [.. raw.Select(r => Math.Clamp(calibration.Probability(r), 1e-6, 1 - 1e-6))];
        double[] bad = [.. p.Where((_, i) => clicks[i].Bad)], good = [.. p.Where((_, i) => !clicks[i].Bad)];
        var (f1, cut) = Enumerable.Range(20, 61).Select(c => c / 100.0).Select(c => (2.0 * bad.Count(v => v >= c) / (bad.Count(v => v >= c) + good.Count(v => v >= c) + bad.Length), c)).Max();
        double loss = p.Select((v, i) => -Math.Log(clicks[i].Bad ? v : 1 - v)).Average();
        return (new ClickExpectation(Curves.Auc(good, bad), f1, Curves.Recall(good, bad, 0.01), Curves.Recall(good, bad, 0.05), loss), cut);
    }

    private static double[] Of(float[] raw, (ClickRecord Click, bool Bad)[] clicks, bool bad) => [.. raw.Where((_, i) => clicks[i].Bad == bad).Select(r => (double)r)];

    private static ArtefactFeature Range(string name, Rows rows, int f)
    {
        float[] values = [.. Enumerable.Range(0, rows.Count).Where(i => !rows.Positive[i]).Select(i => rows[i][f]).Order()];
        float At(double share) => values.Length == 0 ? 0 : values[(int)(share * (values.Length - 1))];
        return new ArtefactFeature(name, name.StartsWith("seen", StringComparison.Ordinal) ? "ln clicks" : "1", At(0.05), At(0.5), At(0.95));
    }
}
