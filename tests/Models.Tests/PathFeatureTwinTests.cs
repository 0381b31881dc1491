using Engine.Pipeline.CursorPath;
using Models.Tests.Plain;
using Models.Training.Data;
using Xunit;

namespace Models.Tests;

/// <summary>Features sixteen values at once, held against the same formulas one value after another.</summary>
public class PathFeatureTwinTests
{
    /// <summary>By how much of what a feature differs between paths the twins may differ: sums are floats here, and taken in another order there.</summary>
    private const float Near = 2e-3f;

    /// <summary>One path in so many may lie on an edge: two speeds as good as equal, a turn straight back to either side.</summary>
    private const int EdgeOf = 150;

    private const int Rounds = 300;

    private readonly PathScratch _scratch = new();
    private readonly PlainScratch _plainScratch = new();
    private readonly float[] _f = new float[PathFeatures.Count], _plain = new float[PathFeatures.Count];

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(17)]
    [InlineData(33)]
    [InlineData(34)]
    [InlineData(150)]
    [InlineData(4096)]
    public void Made_paths_have_the_features_that_formulas_give(int most)
    {
        var random = new Random(most);
        int different = 0;
        for (int round = 0; round < Rounds; round++)
        {
            int n = random.Next(Math.Max(4, most / 2), most + 1);
            float[] t = new float[n], x = new float[n], y = new float[n];
            double heading = random.NextDouble() * 6, speed = 1 + random.Next(20);
            for (int i = 1; i < n; i++)
            {
                heading += 0.3 * (random.NextDouble() - 0.5);
                speed = Math.Max(0.2, speed + random.NextDouble() - 0.5);
                t[i] = t[i - 1] + (round % 3) switch { 0 => 8, 1 => random.Next(5, 20), _ => random.Next(40) == 0 ? 400 : random.Next(0, 17) };
                (x[i], y[i]) = ((float)Math.Round(x[i - 1] + (speed * Math.Cos(heading))), (float)Math.Round(y[i - 1] + (speed * Math.Sin(heading))));
            }

            different += Agree(t, x, y) ? 0 : 1;
        }

        Assert.InRange(different, 0, Rounds / EdgeOf);
    }

    [Theory]
    [InlineData("sapimouse")]
    [InlineData("delbot")]
    [InlineData("balabit")]
    [InlineData("bdc2017")]
    public void Recorded_paths_have_the_features_that_formulas_give(string source)
    {
        PathRecord[] paths = SharedData.Paths(source, 2_000);
        Assert.InRange(paths.Count(p => !Agree(p.T, p.X, p.Y)), 0, paths.Length / EdgeOf);
    }

    /// <summary>Whether all features agree; what has features for one twin has them for the other.</summary>
    private bool Agree(float[] t, float[] x, float[] y)
    {
        Assert.Equal(PlainFeatures.Compute(t, x, y, _plain, _plainScratch), PathFeatures.Compute(t, x, y, _f, _scratch));
        return _f.Zip(_plain).All(p => Math.Abs(p.First - p.Second) <= Near * Math.Max(1, Math.Abs(p.Second)));
    }
}
