using Models.Scoring;
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
        Forest one = Boosting.Train(rows, settings, 5), other = Boosting.Train(rows, settings, 6), mean = Boosting.Mean([one, other]);
        Assert.Equal(one.Trees.Count + other.Trees.Count, mean.Trees.Count);
        Assert.Contains(Enumerable.Range(0, rows.Count), i => Math.Abs(one.Score(rows[i]) - other.Score(rows[i])) > 0.01f);
        for (int i = 0; i < rows.Count; i++)
        {
            Assert.Equal((one.Score(rows[i]) + other.Score(rows[i])) / 2, mean.Score(rows[i]), 1e-5f);
        }

        Assert.Equal(3 * settings.Trees, Boosting.Train(rows, settings with { Forests = 3 }, 5).Trees.Count);
    }

    [Fact]
    public void Each_forest_of_a_mean_trains_on_the_next_draw()
    {
        Rows first = Made(800), second = first.Where(i => i % 2 == 0);
        var settings = new BoostingSettings(20, 8);
        Forest mean = Boosting.Train([first, second], settings with { Forests = 2 }, 5);
        Forest one = Boosting.Train(first, settings, Boosting.SeedOf(5, 0)), other = Boosting.Train(second, settings, Boosting.SeedOf(5, 1));
        for (int i = 0; i < first.Count; i++)
        {
            Assert.Equal((one.Score(first[i]) + other.Score(first[i])) / 2, mean.Score(first[i]), 1e-5f);
        }
    }

    [Fact]
    public void A_disguise_gives_programs_features_of_one_person_each_and_leaves_people_alone()
    {
        const float OfPeople = 100;
        Rows rows = new(6);
        for (int i = 0; i < 4000; i++)
        {
            bool program = i % 4 != 0;
            rows.Add([.. Enumerable.Range(0, 6).Select(f => program ? i : OfPeople + i)], program, 1 + (i % 3), program ? "program" : "people/test", "g" + i);
        }

        var disguise = new Disguise(0.5, 0.3);
        Rows one = disguise.Of(rows, 7), again = disguise.Of(rows, 7), other = disguise.Of(rows, 8);
        int takers = 0, taken = 0, programs = rows.Positive.Count(p => p);
        HashSet<float> donors = [.. Enumerable.Range(0, rows.Count).Where(i => !rows.Positive[i]).Select(i => OfPeople + i)];
        for (int i = 0; i < rows.Count; i++)
        {
            Assert.Equal((rows.Positive[i], rows.Weight[i], rows.Kind[i], rows.Group[i]), (one.Positive[i], one.Weight[i], one.Kind[i], one.Group[i]));
            Assert.Equal(again[i], one[i]);
            float[] foreign = [.. one[i].Where((v, f) => v != rows[i][f])];
            Assert.True(rows.Positive[i] || foreign.Length == 0);
            Assert.True(foreign.Length == 0 || (foreign.Distinct().Count() == 1 && donors.Contains(foreign[0])));
            (takers, taken) = (takers + (foreign.Length > 0 ? 1 : 0), taken + foreign.Length);
        }

        Assert.Equal(0.5 * 0.3 * 6, (double)taken / programs, 0.05);
        // of those drawn 0.7^6 take nothing
        Assert.Equal(0.5 * (1 - Math.Pow(0.7, 6)), (double)takers / programs, 0.03);
        Assert.Contains(Enumerable.Range(0, rows.Count), i => !one[i].SequenceEqual(other[i]));
    }

    [Fact]
    public void What_programs_alone_give_away_counts_less_once_they_are_disguised()
    {
        // two signs, the first plainer; an unseen program lacks it
        var random = new Random(3);
        var rows = new Rows(2);
        for (int i = 0; i < 4000; i++)
        {
            bool program = i % 2 == 0;
            rows.Add([(program ? 3f : 0) + (float)random.NextDouble(), (program ? 0.7f : 0) + (float)random.NextDouble()], program, 1, program ? "a" : "people/test", "g" + (i % 50));
        }

        var boosting = new BoostingSettings(20, 8, FeatureShare: 1);
        float Unseen(Disguise disguise) => CursorRecipe.Train(new CursorSettings(new(), boosting, disguise, new Emphasis(0, 1)), 5, [rows]).Score([0.5f, 1.5f]);
        Assert.True(Unseen(new Disguise(0, 0)) < 0, "without a disguise the first sign alone decides");
        Assert.True(Unseen(new Disguise(0.5, 0.3)) > 0, "disguised, the second counts as well");
    }

    [Fact]
    public void People_who_score_highest_left_out_weigh_more_and_nobody_else()
    {
        // a tenth of people's persons are like programs
        var random = new Random(4);
        Rows Draw()
        {
            var rows = new Rows(2);
            for (int i = 0; i < 3000; i++)
            {
                bool program = i % 3 == 0, alike = !program && i % 50 < 5;
                rows.Add([(program || alike ? 2 : 0) + (2 * (float)random.NextDouble()), (float)random.NextDouble()], program, 1, program ? "a" : "people/test", alike ? "alike" + (i % 50) : "g" + (i % 50));
            }

            return rows;
        }

        Rows[] draws = [Draw(), Draw()];
        new Emphasis(0.05, 4).Weigh(draws, (rows, i) => i % 50 % 5, 5, new BoostingSettings(20, 8, FeatureShare: 1), 3);
        foreach (Rows rows in draws)
        {
            int[] heavy = [.. Enumerable.Range(0, rows.Count).Where(i => rows.Weight[i] == 4)];
            Assert.Equal((int)(0.05 * rows.Positive.Count(p => !p)), heavy.Length);
            Assert.All(heavy, i => Assert.StartsWith("alike", rows.Group[i], StringComparison.Ordinal));
            Assert.All(Enumerable.Range(0, rows.Count).Except(heavy), i => Assert.Equal(1, rows.Weight[i]));
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
