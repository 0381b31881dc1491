using Models.Scoring;
using Models.Training.Data;
using Models.Training.Learning;
using Xunit;

namespace Models.Tests;

public class BoostingTests
{
    [Fact]
    public void Our_forest_predicts_what_ML_NET_predicts_to_a_millionth()
    {
        Rows rows = Made(2000);
        var (model, predictor) = Boosting.TrainModel(rows, new BoostingSettings(60, 12), 3);
        Forest forest = Boosting.FromMicrosoft(model, rows);
        float[] theirs = Boosting.Predict(predictor, rows);
        for (int i = 0; i < rows.Count; i++)
        {
            Assert.Equal(theirs[i], forest.Score(rows[i]), 1e-6f);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_forest()
    {
        Rows rows = Made(800);
        ArtefactHeader header = RandomForest.Header(rows.Features);
        string one = Artefact.Create(header, Boosting.Train(rows, new BoostingSettings(20, 8), 5)).Version;
        Assert.Equal(one, Artefact.Create(header, Boosting.Train(rows, new BoostingSettings(20, 8), 5)).Version);
    }

    [Fact]
    public void A_mean_of_forests_scores_their_mean_and_none_alike()
    {
        Rows rows = Made(800);
        var settings = new BoostingSettings(20, 8);
        Forest one = Boosting.Train(rows, settings, 5),
            other = Boosting.Train(rows, settings, 6),
            mean = Boosting.Mean([one, other]);
        Assert.Equal(one.Trees.Count + other.Trees.Count, mean.Trees.Count);
        Assert.Contains(Enumerable.Range(0, rows.Count), i =>
            Math.Abs(one.Score(rows[i]) - other.Score(rows[i])) > 0.01f
        );
        for (int i = 0; i < rows.Count; i++)
        {
            Assert.Equal((one.Score(rows[i]) + other.Score(rows[i])) / 2, mean.Score(rows[i]), 1e-5f);
        }

        Assert.Equal(3 * settings.Trees, Boosting.Train(rows, settings with { Forests = 3 }, 5).Trees.Count);
    }

    [Fact]
    public void Each_forest_of_a_mean_trains_on_the_next_draw()
    {
        Rows first = Made(800),
            second = first.Where(i => i % 2 == 0);
        var settings = new BoostingSettings(20, 8);
        Forest mean = Boosting.Train([first, second], settings with { Forests = 2 }, 5);
        Forest one = Boosting.Train(first, settings, Boosting.SeedOf(5, 0)),
            other = Boosting.Train(second, settings, Boosting.SeedOf(5, 1));
        for (int i = 0; i < first.Count; i++)
        {
            Assert.Equal((one.Score(first[i]) + other.Score(first[i])) / 2, mean.Score(first[i]), 1e-5f);
        }
    }

    [Fact]
    public void Curves_are_those_of_hand_made_scores()
    {
        Assert.Equal(1, Curves.Auc([1, 2], [3, 4]));
        Assert.Equal(0.5, Curves.Auc([1, 2], [1, 2]));
        Assert.Equal(0.75, Curves.Auc([1, 3], [2, 4]));
        Assert.Equal(0.5, Curves.Recall([1, 2, 3, 10], [5, 11], 0));
        Assert.Equal(1, Curves.Recall([1, 2, 3, 10], [5, 11], 0.25));
        var (low, high) = Curves.Wilson(0.5, 100);
        Assert.Equal((0.404, 0.596), (Math.Round(low, 3), Math.Round(high, 3)));
    }

    [Fact]
    public void Calibration_gives_back_the_share_of_positives()
    {
        var random = new Random(2);
        float[] raw = [.. Enumerable.Range(0, 20_000).Select(_ => (float)(random.NextDouble() * 8 - 4))];
        bool[] label = [.. raw.Select(r => random.NextDouble() < 1 / (1 + Math.Exp(-0.5 * r)))];
        Calibration fitted = Calibrating.Fit(raw, label);
        for (float r = -3; r <= 3; r += 0.5f)
        {
            Assert.Equal(1 / (1 + Math.Exp(-0.5 * r)), fitted.Probability(r), 0.04);
        }
    }

    private static Rows Made(int count)
    {
        var random = new Random(1);
        var rows = new Rows(6);
        for (int i = 0; i < count; i++)
        {
            float[] v = [.. Enumerable.Range(0, 6).Select(_ => (float)(random.NextDouble() * 4 - 2))];
            rows.Add(v, v[0] * v[1] + v[2] > random.NextDouble() - 0.5, 1, i % 2 == 0 ? "a" : "b", "g" + (i % 50));
        }

        return rows;
    }
}
