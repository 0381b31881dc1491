using Models.Scoring;
using Models.Training.Data;
using Models.Training.Learning;
using Xunit;

namespace Models.Tests;

public class NetworkTests
{
    [Theory]
    [InlineData(92, 128, 32)]
    [InlineData(5, 7, 3)]
    [InlineData(1, 1, 17)]
    public void Rows_together_and_alone_score_as_the_plain_twin_does_bit_for_bit(int features, int first, int second)
    {
        var random = new Random(features);
        Network network = RandomNetwork(random, features, first, second);
        const int Stride = 70;
        var columns = new float[features * Stride];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = (float)(Math.Exp(random.NextDouble() * 20) * (random.NextDouble() - 0.5));
        }

        foreach (int rows in (int[])[0, 1, 15, 16, 17, 70])
        {
            var together = new float[rows];
            network.Score(columns, Stride, rows, together);
            for (int row = 0; row < rows; row++)
            {
                int at = row;
                float[] values = [.. Enumerable.Range(0, features).Select(f => columns[(f * Stride) + at])];
                float plain = network.ScoreScalar(values);
                Assert.True(float.IsFinite(plain));
                Assert.Equal(
                    BitConverter.SingleToInt32Bits(plain),
                    BitConverter.SingleToInt32Bits(network.Score(values))
                );
                Assert.Equal(BitConverter.SingleToInt32Bits(plain), BitConverter.SingleToInt32Bits(together[row]));
            }
        }
    }

    [Fact]
    public void An_ensemble_adds_its_parts_up_and_a_file_keeps_them()
    {
        var random = new Random(4);
        Forest forest = RandomForest.Make(random, 12, 5, 9, 20);
        Network one = RandomNetwork(random, 5, 8, 4),
            other = RandomNetwork(random, 5, 3, 3);
        Artefact artefact = Artefact.Create(RandomForest.Header(5), new Ensemble(forest, [one, other]));
        float[] columns = RandomForest.Columns(random, forest, 100),
            together = new float[100];
        artefact.Ensemble.Score(columns, 100, 100, together);
        for (int r = 0; r < 100; r++)
        {
            float[] row = RandomForest.Row(forest, columns, 100, r);
            Assert.Equal(forest.Score(row) + one.Score(row) + other.Score(row), artefact.Ensemble.Score(row), 1e-5f);
            Assert.Equal(artefact.Ensemble.ScoreScalar(row), artefact.Ensemble.Score(row));
            Assert.Equal(artefact.Ensemble.Score(row), together[r]);
        }

        string path = Path.GetTempFileName();
        artefact.Save(path);
        byte[] file = File.ReadAllBytes(path);
        File.Delete(path);
        Assert.Equal(2, file[8]);
        Assert.Equal(artefact.Version, Artefact.Load(file).Version);
        Assert.Equal(together[7], Artefact.Load(file).Ensemble.Score(RandomForest.Row(forest, columns, 100, 7)));
        for (int cut = 0; cut < file.Length; cut += 7)
        {
            Assert.Throws<ArtefactException>(() => Artefact.Load(file.AsSpan(0, cut)));
        }
    }

    [Fact]
    public void Parts_that_don_t_fit_are_refused()
    {
        DenseLayer last = new(1, [1, 1], [0]);
        Assert.Throws<ArtefactException>(() => new Network([0], [1], []));
        Assert.Throws<ArtefactException>(() => new Network([0], [1], [last]));
        Assert.Throws<ArtefactException>(() => new Network([0, 0], [1], [last]));
        Assert.Throws<ArtefactException>(() => new Network([0, 0], [1, float.NaN], [last]));
        Assert.Throws<ArtefactException>(() => new Network([0, 0], [1, 1], [new DenseLayer(2, [1, 1, 1, 1], [0, 0])]));
        Assert.Throws<ArtefactException>(() =>
            new Network([0, 0], [1, 1], [last with { Weights = [1, float.PositiveInfinity] }])
        );
        Assert.Throws<ArtefactException>(() =>
            new Ensemble(RandomForest.Make(new Random(1), 2, 3, 4, 5), [new Network([0, 0], [1, 1], [last])])
        );
    }

    [Fact]
    public void It_learns_what_depends_on_two_features_at_once_and_the_same_from_the_same_seed()
    {
        Rows rows = Made(4000, 1),
            others = Made(1000, 2);
        var settings = new NetworkSettings(16, 8, 20, Networks: 2);
        IReadOnlyList<Network> networks = NetworkTraining.Train([rows, Made(4000, 3)], settings, 5),
            again = NetworkTraining.Train([rows, Made(4000, 3)], settings, 5);
        double[] scores =
        [
            .. Enumerable.Range(0, others.Count).Select(i => (double)networks.Sum(n => n.Score(others[i]))),
        ];
        double auc = Curves.Auc(
            [.. scores.Where((_, i) => !others.Positive[i])],
            [.. scores.Where((_, i) => others.Positive[i])]
        );
        Assert.True(auc > 0.98, $"AUC {auc}");
        Assert.Equal(networks[1].Score(others[3]), again[1].Score(others[3]));
        Assert.NotEqual(networks[0].Score(others[3]), networks[1].Score(others[3]));
    }

    [Fact]
    public void A_hidden_feature_counts_nothing_whatever_it_is()
    {
        Network network = Assert.Single(
            NetworkTraining.Train([Made(1000, 1)], new NetworkSettings(8, 4, 5, Networks: 1), 5, 1)
        );
        Assert.Equal(network.Score([0.5f, -1, 0.2f]), network.Score([0.5f, 1000, 0.2f]));
        Assert.NotEqual(network.Score([0.5f, -1, 0.2f]), network.Score([-0.5f, -1, 0.2f]));
    }

    [Fact]
    public void A_layer_s_gradient_is_what_small_steps_of_its_weights_say()
    {
        var random = new Random(6);
        var layer = new DenseTraining(6, 5, 0.5, random);
        var from = new float[DenseTraining.Tiles(6) * DenseTraining.Batch];
        for (int i = 0; i < 6 * DenseTraining.Batch; i++)
        {
            from[i] = (float)(random.NextDouble() - 0.5);
        }

        // the loss: half of all outputs' squares
        double Loss()
        {
            layer.Forward(from, leaks: true);
            return layer.Values.Sum(v => (double)v * v / 2);
        }

        var before = new float[from.Length];
        double loss = Loss();
        layer.Values.CopyTo(layer.Slopes, 0);
        layer.Backward(from, before, leaks: true);
        foreach (int at in (int[])[0, 200, 500, (5 * DenseTraining.Batch) + 127])
        {
            const float Small = 1e-2f;
            from[at] += Small;
            double up = Loss();
            from[at] -= 2 * Small;
            double down = Loss();
            from[at] += Small;
            Assert.Equal((up - down) / (2 * Small), before[at], 1e-2);
        }

        // a short step against the gradient lowers the loss by about its square times the step
        double squares = layer.Squares();
        layer.Step(1, 1e-4f, 0, 1);
        Assert.True(squares > 0 && Loss() < loss, $"{loss} before, {Loss()} after");
    }

    internal static Network RandomNetwork(Random random, int features, int first, int second)
    {
        float[] Some(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        return new Network(
            Some(features),
            Some(features),
            [
                new DenseLayer(first, Some(features * first), Some(first)),
                new DenseLayer(second, Some(first * second), Some(second)),
                new DenseLayer(1, Some(second), Some(1)),
            ]
        );
    }

    /// <summary>Label 1 where the first two features have one sign; a third says nothing.</summary>
    private static Rows Made(int count, int seed)
    {
        var random = new Random(seed);
        var rows = new Rows(3);
        for (int i = 0; i < count; i++)
        {
            float a = (float)(random.NextDouble() - 0.5),
                b = (float)(random.NextDouble() - 0.5);
            rows.Add([a, b, (float)random.NextDouble()], a * b > 0, 1, "made", "made");
        }

        return rows;
    }
}
