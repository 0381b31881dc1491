using Engine.Pipeline.CursorPath;
using Engine.Pipeline.CursorPath.Geometry;
using Xunit;
using static Engine.Pipeline.CursorPath.PathFeature;

namespace Models.Tests;

public class PathFeatureTests
{
    private readonly PathScratch _scratch = new();
    private readonly float[] _f = new float[PathFeatures.Count];

    [Fact]
    public void The_table_has_a_row_for_each_feature_and_each_name_once()
    {
        Assert.Equal(Enum.GetValues<PathFeature>().Length, PathFeatures.Count);
        Assert.Equal(PathFeatures.Count, PathFeatures.Names.Distinct().Count());
        Assert.All(PathFeatures.Table, r =>
            Assert.False(string.IsNullOrEmpty(r.Unit) || string.IsNullOrEmpty(r.Source))
        );
        Assert.Equal("turn_std", PathFeatures.Names[0]);
        foreach (
            var (feature, unit) in (ReadOnlySpan<(PathFeature, string)>)
                [
                    (TurnStart, "rad"),
                    (Straightness, "1"),
                    (SubMovements, "1/s"),
                    (Jerk, "log10"),
                    (JerkFine, "log10"),
                    (GridTurnMean50, "rad"),
                    (TangentAutocorrelation50, "1"),
                    (WayCubic, "1"),
                    (AxisShare, "1"),
                    (BendStd, "rad"),
                    (BendAutocorrelation, "1"),
                    (WaitMedian, "ms"),
                    (LogLength, "log10"),
                    (LogPoints, "log10"),
                ]
        )
        {
            Assert.Equal(unit, PathFeatures.Table[(int)feature].Unit);
        }
    }

    [Fact]
    public void An_even_straight_line_turns_nowhere_and_keeps_its_speed()
    {
        Compute(40, i => (i * 10, i * 6, i * 8));
        Assert.Equal(0, _f[(int)TurnMax], 1e-3f);
        Assert.Equal(1, _f[(int)Straightness], 1e-4f);
        Assert.Equal(0, _f[(int)ChordMax], 1e-4f);
        Assert.Equal(0, _f[(int)SpeedSpread], 1e-3f);
        Assert.Equal(0.5f, _f[(int)FirstHalf], 0.01f);
        Assert.Equal(0, _f[(int)ArcLine], 1e-4f);
        Assert.Equal(1, _f[(int)RepeatedSteps], 1e-6f);
        Assert.Equal(10, _f[(int)WaitMedian]);
    }

    [Fact]
    public void A_half_circle_turns_alike_at_every_point()
    {
        Compute(200, i =>
            (i * 5, (float)(300 * Math.Cos(Math.PI * i / 199)), (float)(300 * Math.Sin(Math.PI * i / 199)))
        );
        Assert.Equal(Math.PI / 31, _f[(int)TurnMean], 2e-3);
        Assert.Equal(0, _f[(int)TurnStd], 2e-3f);
        Assert.Equal(1, _f[(int)TurnBias], 1e-3f);
        Assert.Equal(2 / Math.PI, _f[(int)Straightness], 2e-3);
        Assert.Equal(1 / Math.PI, _f[(int)ChordMax], 2e-3);
        Assert.Equal(0.5f, _f[(int)ChordMaxAt], 0.03f);
    }

    [Fact]
    public void A_cubic_leaves_no_residual_of_a_cubic_and_minimum_jerk_none_of_a_quintic_in_time()
    {
        Compute(120, i =>
        {
            double u = i / 119.0,
                way = u * u * u * (10 - (15 * u) + (6 * u * u));
            return (i * 8, (float)(800 * way), 0);
        });
        Assert.Equal(0, _f[(int)TimeQuintic], 2e-4f);
        Assert.True(_f[(int)TimeCubic] > 0.005f);
        Assert.True(_f[(int)MinimumJerk] > 0.999f);
        Assert.Equal(0.5f, _f[(int)PeakAt], 0.05f);
    }

    [Fact]
    public void An_easing_leaves_no_residual_of_its_way_on_whatever_line()
    {
        Compute(120, i =>
        {
            double u = i / 119.0,
                angle = Math.PI * u * u * (3 - (2 * u));
            return (i * 8, (float)(300 * Math.Cos(angle)), (float)(300 * Math.Sin(angle)));
        });
        Assert.Equal(0, _f[(int)WayCubic], 5e-4f);
        Assert.True(_f[(int)TimeCubic] > 0.02f);
        Compute(120, i => (
                i * 8,
                i < 30 ? 0.1f * i
                : i < 45 ? 20 * (i - 30)
                : 300 + (0.1f * i),
                0
            ));
        Assert.True(_f[(int)WaySeptic] > 0.01f);
        Assert.True(_f[(int)WayCubic] > _f[(int)WaySeptic]);
    }

    [Fact]
    public void A_right_angle_is_one_sharp_turn()
    {
        Compute(61, i => (i * 10, Math.Min(i, 30) * 10, Math.Max(0, i - 30) * 10));
        Assert.InRange(_f[(int)TurnMax], 0.7f, 1.6f);
        Assert.True(_f[(int)TurnTop] > 0.95f);
    }

    [Fact]
    public void Rest_before_and_after_a_move_and_points_at_one_time_change_nothing()
    {
        Compute(50, i => (i * 12, i * 9, (float)Math.Round(20 * Math.Sin(i / 9.0))));
        float[] plain = [.. _f];
        List<float> t = [0, 100, 300],
            x = [0, 0, 0],
            y = [0, 0, 0];
        for (int i = 1; i < 50; i++)
        {
            t.AddRange([300 + (i * 12), 300 + (i * 12), 290]);
            x.AddRange([i * 9 - 3, i * 9, -500]);
            y.AddRange([5000, (float)Math.Round(20 * Math.Sin(i / 9.0)), 77]);
        }

        t.AddRange([1000, 2000]);
        x.AddRange([x[^2], x[^2]]);
        y.AddRange([y[^2], y[^2]]);
        Assert.True(PathFeatures.Compute(t.ToArray(), x.ToArray(), y.ToArray(), _f, _scratch));
        for (int f = 0; f < (int)Motionless; f++)
        {
            Assert.Equal(plain[f], _f[f], 1e-4f);
        }
    }

    [Theory]
    [InlineData(50, 5, true)]
    [InlineData(39, 5, false)]
    [InlineData(50, 30, false)]
    public void A_press_elsewhere_is_no_movement(int jump, int longest, bool dropped)
    {
        float At(int i) => i < 20 ? i * longest : (19 * longest) + jump;
        float[] t = [.. Enumerable.Range(0, 21).Select(i => i * 16f)],
            x = [.. Enumerable.Range(0, 21).Select(At)],
            y = [.. Enumerable.Range(0, 21).Select(i => i % 3f)];
        y[20] = y[19];
        PathCleaning.Clean(t, x, y, _scratch);
        Assert.Equal(dropped ? 20 : 21, _scratch.Count);
        Assert.Equal(dropped ? 19 * 16 : 20 * 16, _scratch.Duration);
    }

    [Fact]
    public void Of_few_moves_none_is_a_jump()
    {
        PathCleaning.Clean([0, 16, 33, 50, 66, 83], [0, 1, 2, 3, 4, 500], [0, 0, 1, 1, 2, 2], _scratch);
        Assert.Equal(6, _scratch.Count);
    }

    [Fact]
    public void A_gap_counts_a_quarter_of_a_second_at_most()
    {
        PathCleaning.Clean([0, 10, 5010, 5020], [0, 5, 10, 15], [0, 0, 0, 0], _scratch);
        Assert.Equal(270, _scratch.Duration);
        Assert.Equal(15, _scratch.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_path_that_hardly_moves_has_no_features(int points)
    {
        float[] t = [.. Enumerable.Range(0, points).Select(i => i * 10f)];
        Assert.False(PathFeatures.Compute(t, t, t, _f, _scratch));
        Assert.All(_f, v => Assert.Equal(0, v));
        Assert.False(PathFeatures.Compute([0, 1, 2, 3, 4], [5, 5, 5, 5, 5], [5, 5, 5, 5, 5], _f, _scratch));
    }

    [Fact]
    public void Whatever_comes_features_are_finite()
    {
        var random = new Random(4);
        for (int round = 0; round < 400; round++)
        {
            int n = random.Next(1, 300);
            float[] t = new float[n],
                x = new float[n],
                y = new float[n];
            for (int i = 1; i < n; i++)
            {
                t[i] = (round % 3) switch
                {
                    0 => (float)(random.NextDouble() * 1e9 - 5e8),
                    1 => t[i - 1] + random.Next(0, 40),
                    _ => t[i - 1] + (1e-40f * random.Next(0, 3)),
                };
                x[i] = random.Next(20) switch
                {
                    0 => float.NaN,
                    1 => 3e38f,
                    2 => -3e38f,
                    _ => random.Next(-2000, 2000),
                };
                y[i] = random.Next(30) == 0 ? float.PositiveInfinity : random.Next(3);
            }

            PathFeatures.Compute(t, x, y, _f, _scratch);
            Assert.All(_f, v => Assert.True(float.IsFinite(v)));
        }
    }

    [Fact]
    public void Computing_allocates_nothing()
    {
        Compute(200, i => (i * 9, i * 3, (i * i) % 37));
        float[] t = [.. Enumerable.Range(0, 4096).Select(i => i * 7f)],
            x = [.. t.Select(v => v % 913)],
            y = [.. t.Select(v => v % 517)];
        PathFeatures.Compute(t, x, y, _f, _scratch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        PathFeatures.Compute(t, x, y, _f, _scratch);
        DegeneratePath.Classify(t, x, y, true, _scratch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Compute(int points, Func<int, (float T, float X, float Y)> at)
    {
        var all = Enumerable.Range(0, points).Select(at).ToArray();
        Assert.True(
            PathFeatures.Compute(
                [.. all.Select(p => p.T)],
                [.. all.Select(p => p.X)],
                [.. all.Select(p => p.Y)],
                _f,
                _scratch
            )
        );
    }
}
