using Models.Scoring;

namespace Models.Tests;

/// <summary>Random forests and rows for tests, from a seed.</summary>
internal static class RandomForest
{
    public static Forest Make(Random random, int trees, int features, int leaves, int thresholds, bool perfect = false)
    {
        var levels = new float[features][];
        for (int f = 0; f < features; f++)
        {
            levels[f] =
            [
                .. Enumerable.Range(0, thresholds).Select(_ => (float)Math.Round(random.NextDouble() * 20 - 10, 3)),
            ];
        }

        return new Forest(
            [.. Enumerable.Range(0, trees).Select(_ => MakeTree(random, levels, leaves, perfect))],
            features,
            0.25f
        );
    }

    public static float[] Columns(Random random, Forest forest, int stride)
    {
        var thresholds = forest.Trees.SelectMany(t => t.Threshold).ToArray();
        var columns = new float[forest.Features * stride];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = random.Next(12) switch
            {
                0 => thresholds.Length > 0 ? thresholds[random.Next(thresholds.Length)] : 0,
                1 => float.NaN,
                2 => random.Next(2) == 0 ? float.PositiveInfinity : float.NegativeInfinity,
                _ => (float)(random.NextDouble() * 24 - 12),
            };
        }

        return columns;
    }

    public static float[] Row(Forest forest, float[] columns, int stride, int row) =>
        [.. Enumerable.Range(0, forest.Features).Select(f => columns[(f * stride) + row])];

    public static ArtefactHeader Header(int features, string kind = ArtefactHeader.Clicks) =>
        new(
            kind,
            [.. Enumerable.Range(0, features).Select(f => new ArtefactFeature($"f{f}", "px", f, f + 1, f + 2))],
            new Calibration([-2, 0, 3], [-3, 0.5f, 2]),
            0.75,
            [new ArtefactSource("made up", 10, 4, "ours")],
            new Dictionary<string, double> { ["auc"] = 0.9 },
            new Dictionary<string, string> { ["trees"] = "3" },
            42
        );

    private static Tree MakeTree(Random random, float[][] levels, int leaves, bool perfect)
    {
        var feature = new List<ushort>();
        var threshold = new List<float>();
        var left = new List<short>();
        var right = new List<short>();
        var value = new List<float>();
        var leafValue = new List<float>();
        short Grow(int count)
        {
            if (count == 1)
            {
                leafValue.Add((float)(random.NextDouble() - 0.5));
                return (short)~(leafValue.Count - 1);
            }

            int node = feature.Count;
            int f = random.Next(levels.Length);
            feature.Add((ushort)f);
            threshold.Add(levels[f][random.Next(levels[f].Length)]);
            value.Add((float)(random.NextDouble() - 0.5));
            left.Add(0);
            right.Add(0);
            int some = perfect ? count / 2 : random.Next(1, count);
            left[node] = Grow(some);
            right[node] = Grow(count - some);
            return (short)node;
        }

        Grow(leaves);
        return new Tree([.. feature], [.. threshold], [.. left], [.. right], [.. value], [.. leafValue]);
    }
}
