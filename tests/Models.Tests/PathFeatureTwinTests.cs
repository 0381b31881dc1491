using Engine.Pipeline.CursorPath;
using Engine.Pipeline.CursorPath.Geometry;
using Models.Tests.Plain;
using Models.Training.Data;
using Xunit;
using static Engine.Pipeline.CursorPath.PathFeature;

namespace Models.Tests;

/// <summary>Features sixteen values at once, held against the same formulas one value after another.</summary>
public class PathFeatureTwinTests
{
    /// <summary>
    /// By how much of what a feature differs between paths the twins may differ: sums are floats here, and taken in
    /// another order there.
    /// </summary>
    private const float Near = 2e-3f;

    /// <summary>
    /// One path in so many may lie on an edge: a turn straight back to either side, a place as good as another's.
    /// </summary>
    private const int EdgeOf = 150;

    /// <summary>
    /// Features that tell which of two values is the greater, or on which side of 0 one lies: on straight pieces and at
    /// equal speeds rounding decides that.
    /// </summary>
    private static readonly PathFeature[] Rounded =
    [
        TurnTop,
        TurnBias,
        TurnAlternation,
        ChordMaxAt,
        PeakAt,
        RisingShare,
        SubMovements,
        SubMovementDepth,
    ];

    private const int Rounds = 300;

    private readonly PathScratch _scratch = new();
    private readonly PlainScratch _plainScratch = new();
    private readonly float[] _f = new float[PathFeatures.Count],
        _plain = new float[PathFeatures.Count];

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(17)]
    [InlineData(33)]
    [InlineData(34)]
    [InlineData(150)]
    [InlineData(4096)]
    public void Made_paths_have_the_features_that_formulas_give(int most) => Compare(Made(most, whole: true), Rounded);

    [Fact]
    public void Where_nothing_is_straight_or_even_no_feature_hangs_on_rounding() =>
        Compare(Made(400, whole: false), []);

    [Theory]
    [InlineData("sapimouse")]
    [InlineData("delbot")]
    [InlineData("balabit")]
    [InlineData("bdc2017")]
    public void Recorded_paths_have_the_features_that_formulas_give(string source) =>
        Compare(SharedData.Paths(source, 2_000), Rounded);

    /// <param name="most">Points; half of it at least.</param>
    /// <param name="whole">In whole pixels and ms, with waits that are equal, random, or 0 and long.</param>
    private static PathRecord[] Made(int most, bool whole)
    {
        var random = new Random(most);
        var paths = new PathRecord[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            int n = random.Next(Math.Max(4, most / 2), most + 1);
            float[] t = new float[n],
                x = new float[n],
                y = new float[n];
            double heading = random.NextDouble() * 6,
                speed = 1 + random.Next(20);
            for (int i = 1; i < n; i++)
            {
                heading += 0.3 * (random.NextDouble() - 0.5);
                speed = Math.Max(0.2, speed + random.NextDouble() - 0.5);
                double dx = speed * Math.Cos(heading),
                    dy = speed * Math.Sin(heading),
                    wait = (round % 3) switch
                    {
                        0 => 8,
                        1 => random.Next(5, 20),
                        _ => random.Next(40) == 0 ? 400 : random.Next(0, 17),
                    };
                t[i] = t[i - 1] + (float)(whole ? wait : 8 + random.NextDouble());
                (x[i], y[i]) = whole
                    ? ((float)Math.Round(x[i - 1] + dx), (float)Math.Round(y[i - 1] + dy))
                    : ((float)(x[i - 1] + dx), (float)(y[i - 1] + dy));
            }

            paths[round] = new PathRecord($"p-{round}", "made", "g", true, "walk", t, x, y);
        }

        return paths;
    }

    private void Compare(PathRecord[] paths, PathFeature[] except)
    {
        int edges = 0;
        foreach (PathRecord path in paths)
        {
            Assert.Equal(
                PlainFeatures.Compute(path.T, path.X, path.Y, _plain, _plainScratch),
                PathFeatures.Compute(path.T, path.X, path.Y, _f, _scratch)
            );
            bool agree = Enum.GetValues<PathFeature>()
                .Except(except)
                .All(f => Math.Abs(_f[(int)f] - _plain[(int)f]) <= Near * Math.Max(1, Math.Abs(_plain[(int)f])));
            edges += agree ? 0 : 1;
        }

        Assert.InRange(edges, 0, paths.Length / EdgeOf);
    }
}
