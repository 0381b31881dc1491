using Models.Training.Paths;
using Xunit;

namespace Models.Tests;

public class RecorderTests
{
    [Fact]
    public void A_smooth_motion_goes_through_the_recorded_points_and_bends_between_them()
    {
        Motion recorded = HalfCircle(16, 40),
            smooth = recorded.Smooth();
        for (int i = 0; i < recorded.Count; i++)
        {
            int at = smooth.T.IndexOf(recorded.T[i]);
            Assert.Equal((recorded.X[i], recorded.Y[i]), (smooth.X[at], smooth.Y[at]));
        }

        // straight pieces would lie up to 200 (1 - cos(pi / 78)) = 0.16 px inside the circle; the ends have one
        // neighbour only
        for (int i = 8; i < smooth.Count - 8; i++)
        {
            Assert.Equal(200, Math.Sqrt((smooth.X[i] * smooth.X[i]) + (smooth.Y[i] * smooth.Y[i])), 0.02);
        }
    }

    [Fact]
    public void A_smooth_motion_makes_up_nothing_in_long_gaps_and_keeps_times_in_order()
    {
        var recorded = new Motion();
        foreach (var (t, x) in (ReadOnlySpan<(double, double)>)[(0, 0), (10, 5), (10, 6), (300, 50), (316, 60)])
        {
            recorded.Add(t, x, 0);
        }

        Motion smooth = recorded.Smooth();
        Assert.DoesNotContain(smooth.T, t => t is > 10 and < 300);
        Assert.True(smooth.T.Zip(smooth.T.Skip(1)).All(pair => pair.First <= pair.Second));
        Assert.All(smooth.X, x => Assert.True(double.IsFinite(x)));
    }

    [Fact]
    public void Recorders_are_sometimes_faster_than_those_that_recorded_the_data()
    {
        var random = new Random(1);
        Recorder[] drawn = [.. Enumerable.Range(0, 2000).Select(_ => Recorder.Any(random))];
        Assert.InRange(drawn.Count(r => r.Interval < 7), 100, 400);
        var recorder = new Recorder(4, 0, 1, 0, 1, 1, false);
        var (times, _, _) = recorder.Record(HalfCircle(16, 40).Smooth(), random);
        Assert.InRange(times.Length, 120, 160);
    }

    private static Motion HalfCircle(double step, int points)
    {
        var motion = new Motion();
        for (int i = 0; i < points; i++)
        {
            double angle = Math.PI * i / (points - 1);
            motion.Add(i * step, 200 * Math.Cos(angle), 200 * Math.Sin(angle));
        }

        return motion;
    }
}
