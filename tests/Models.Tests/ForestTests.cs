using Models.Scoring;
using Xunit;

namespace Models.Tests;

public class ForestTests
{
    [Theory]
    [InlineData(1, 1, 2, 3)]
    [InlineData(7, 5, 64, 40)]
    [InlineData(100, 16, 64, 200)]
    [InlineData(60, 40, 24, 30)]
    [InlineData(150, 3, 32, 2000)]
    [InlineData(3, 2, 1, 1)]
    [InlineData(20, 4, 128, 500)]
    public void Many_rows_at_once_score_as_each_does_alone_bit_for_bit(
        int trees,
        int features,
        int leaves,
        int thresholds
    )
    {
        var random = new Random(trees * 31 + leaves);
        Forest forest = RandomForest.Make(random, trees, features, leaves, thresholds);
        foreach (int rows in (int[])[0, 1, 5, 6, 31, 32, 33, 64, 100])
        {
            int stride = rows + random.Next(3);
            float[] columns = RandomForest.Columns(random, forest, stride);
            var raw = new float[rows];
            forest.Score(columns, stride, rows, raw);
            for (int r = 0; r < rows; r++)
            {
                float[] row = RandomForest.Row(forest, columns, stride, r);
                Assert.Equal(
                    BitConverter.SingleToInt32Bits(forest.ScoreScalar(row)),
                    BitConverter.SingleToInt32Bits(raw[r])
                );
                Assert.Equal(BitConverter.SingleToInt32Bits(raw[r]), BitConverter.SingleToInt32Bits(forest.Score(row)));
            }
        }
    }

    [Theory]
    [InlineData(130, 43, 48, 200)]
    [InlineData(7, 5, 9, 3)]
    [InlineData(1, 1, 2, 1)]
    public void Rows_with_known_values_score_bit_for_bit_by_what_is_left_of_the_trees(
        int trees,
        int features,
        int leaves,
        int thresholds
    )
    {
        const int Stride = 96;
        var random = new Random(trees);
        Forest forest = RandomForest.Make(random, trees, features, leaves, thresholds);
        for (int round = 0; round < 8; round++)
        {
            float[] columns = RandomForest.Columns(random, forest, Stride);
            (int Feature, float Value)[] known =
            [
                .. Enumerable
                    .Range(0, features)
                    .Where(_ => random.Next(9) <= round)
                    .Select(f => (f, (float)Math.Round(random.NextDouble() * 20 - 10, 3))),
            ];
            foreach ((int feature, float value) in known)
            {
                columns.AsSpan(feature * Stride, Stride).Fill(value);
            }

            Forest left = forest.Given(known);
            float[] raw = new float[Stride];
            left.Score(columns, Stride, Stride, raw);
            for (int row = 0; row < Stride; row++)
            {
                Assert.Equal(forest.ScoreScalar(RandomForest.Row(forest, columns, Stride, row)), raw[row]);
            }

            Assert.Empty(left.Asked.Intersect(known.Select(k => k.Feature)));
        }
    }

    [Fact]
    public void Sums_are_those_of_the_trained_leaves_to_a_millionth()
    {
        var random = new Random(5);
        Forest forest = RandomForest.Make(random, 350, 30, 24, 100);
        for (int i = 0; i < 200; i++)
        {
            float[] row = RandomForest.Row(forest, RandomForest.Columns(random, forest, 1), 1, 0);
            double sum = forest.Bias + forest.Trees.Sum(t => (double)t.LeafValue[t.LeafOf(row)]);
            Assert.Equal(sum, forest.ScoreScalar(row), 3e-6);
        }
    }

    [Fact]
    public void NaN_goes_left()
    {
        var forest = new Forest([new Tree([0], [0], [~0], [~1], [0], [-1, 1])], 1, 0);
        float[] raw = new float[40];
        float[] columns = [.. Enumerable.Repeat(float.NaN, 40)];
        forest.Score(columns, 40, 40, raw);
        Assert.All(raw, r => Assert.Equal(-1, r));
        Assert.Equal(-1, forest.Score([float.NaN]));
    }

    [Fact]
    public void A_value_equal_to_the_threshold_goes_left_and_the_next_float_right()
    {
        var forest = new Forest([new Tree([0], [1.5f], [~0], [~1], [0], [-1, 1])], 1, 0);
        float[] columns = [.. Enumerable.Repeat(1.5f, 20), .. Enumerable.Repeat(MathF.BitIncrement(1.5f), 20)];
        float[] raw = new float[40];
        forest.Score(columns, 40, 40, raw);
        Assert.All(raw[..20], r => Assert.Equal(-1, r));
        Assert.All(raw[20..], r => Assert.Equal(1, r));
    }

    [Fact]
    public void Contributions_bias_and_roots_add_up_to_the_score()
    {
        var random = new Random(9);
        Forest forest = RandomForest.Make(random, 50, 8, 16, 20);
        float[] row = [.. Enumerable.Range(0, 8).Select(_ => (float)(random.NextDouble() * 20 - 10))];
        var by = new float[8];
        forest.Contributions(row, by);
        float roots = forest.Trees.Sum(t => t.NodeValue[0]);
        Assert.Equal(forest.ScoreScalar(row), by.Sum() + roots + forest.Bias, 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(75)]
    public void Contributions_of_rows_in_columns_are_those_of_single_rows(int rows)
    {
        var random = new Random(rows);
        Forest forest = RandomForest.Make(random, 100, 12, 48, 300);
        float[] columns = RandomForest.Columns(random, forest, rows);
        var all = new float[rows * forest.Features];
        forest.Contributions(columns, rows, rows, all);
        for (int row = 0; row < rows; row++)
        {
            float[] values = [.. Enumerable.Range(0, forest.Features).Select(f => columns[(f * rows) + row])];
            var by = new float[forest.Features];
            forest.Contributions(values, by);
            Assert.Equal(by, all[(row * forest.Features)..((row + 1) * forest.Features)]);
        }
    }

    [Fact]
    public void The_heaviest_features_come_first_and_the_first_of_equal_ones()
    {
        float[] weights = [0.5f, -3, 2, 0, 2, 7, 1];
        Span<int> heaviest = stackalloc int[3];
        Assert.Equal(3, HeaviestFeatures.Of(weights, heaviest, raising: true));
        Assert.Equal([5, 2, 4], heaviest.ToArray());
        Assert.Equal(1, HeaviestFeatures.Of(weights, heaviest, raising: false));
        Assert.Equal(1, heaviest[0]);
    }

    [Fact]
    public void Scoring_allocates_nothing()
    {
        var random = new Random(1);
        Forest forest = RandomForest.Make(random, 100, 16, 64, 200);
        float[] columns = RandomForest.Columns(random, forest, 512);
        float[] raw = new float[512],
            by = new float[16],
            row = new float[16];
        for (int warm = 0; warm < 3; warm++)
        {
            forest.Score(columns, 512, 512, raw);
            forest.Score(row);
            forest.Contributions(row, by);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        forest.Score(columns, 512, 512, raw);
        forest.Score(columns, 512, 3, raw);
        forest.Score(row);
        forest.Contributions(row, by);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_tree_that_is_none_is_refused()
    {
        Assert.Throws<ArtefactException>(() => new Forest([new Tree([0], [0], [0], [~1], [0], [0, 0])], 1, 0));
        Assert.Throws<ArtefactException>(() => new Forest([new Tree([1], [0], [~0], [~1], [0], [0, 0])], 1, 0));
        Assert.Throws<ArtefactException>(() => new Forest([new Tree([0], [0], [~0], [~0], [0], [0, 0])], 1, 0));
        Assert.Throws<ArtefactException>(() =>
            new Forest([new Tree([0, 0, 0], [0, 0, 0], [~0, 2, 1], [~1, ~2, ~3], [0, 0, 0], [0, 0, 0, 0])], 1, 0)
        );
        Assert.Throws<ArtefactException>(() => new Forest([new Tree([0], [0], [~0], [~1], [0], [0, float.NaN])], 1, 0));
    }
}
