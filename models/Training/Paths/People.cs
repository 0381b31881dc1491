using Engine.Pipeline.CursorPath.Geometry;
using Models.Training.Data;

namespace Models.Training.Paths;

/// <summary>People's recorded paths as raw material for adversaries: shapes, time laws, steps. Contains only training
/// paths.</summary>
public sealed class People
{
    private const int Samples = 64;
    private readonly List<(double[] X, double[] Y, double[] S, double Length, double Duration)> _paths = [];

    /// <param name="paths">Paths of people.</param>
    public People(IEnumerable<PathRecord> paths)
    {
        var scratch = new PathScratch();
        foreach (PathRecord path in paths)
        {
            PathCleaning.Clean(path.T, path.X, path.Y, scratch);
            if (scratch.Count >= 8 && scratch.Length > 60 && scratch.Duration > 100)
            {
                _paths.Add(Sample(scratch));
            }
        }
    }

    /// <summary>Draws a person's curve: 64 points at equal arc length, in px.</summary>
    public (double[] X, double[] Y) Shape(Random random)
    {
        var (x, y, s, length, _) = random.Of(_paths);
        var (ex, ey) = (new double[Samples], new double[Samples]);
        int i = 0;
        for (int k = 0; k < Samples; k++)
        {
            double at = length * k / (Samples - 1);
            while (i < Samples - 2 && s[i + 1] < at)
            {
                i++;
            }

            double part = Math.Clamp((at - s[i]) / Math.Max(1e-9, s[i + 1] - s[i]), 0, 1);
            (ex[k], ey[k]) = (x[i] + (part * (x[i + 1] - x[i])), y[i] + (part * (y[i + 1] - y[i])));
        }

        return (ex, ey);
    }

    /// <summary>Draws a person's time law (share of distance by share of time) and its duration, in ms.</summary>
    public (Func<double, double> Way, double Duration) TimeLaw(Random random)
    {
        var (_, _, s, length, duration) = random.Of(_paths);
        return (
            u =>
            {
                double at = Math.Clamp(u, 0, 1) * (Samples - 1);
                int i = Math.Min((int)at, Samples - 2);
                return (s[i] + ((at - i) * (s[i + 1] - s[i]))) / length;
            },
            duration
        );
    }

    /// <summary>Draws a person's points at 64 equal times, in px from the first, and the duration, in ms.</summary>
    public (double[] X, double[] Y, double Duration) Timed(Random random)
    {
        var (x, y, _, _, duration) = random.Of(_paths);
        return (x, y, duration);
    }

    private static (double[] X, double[] Y, double[] S, double Length, double Duration) Sample(PathScratch scratch)
    {
        double[] x = new double[Samples],
            y = new double[Samples],
            s = new double[Samples];
        int i = 0;
        for (int k = 0; k < Samples; k++)
        {
            var (px, py) = At(scratch, scratch.Duration * k / (Samples - 1), ref i);
            (x[k], y[k]) = (px, py);
            s[k] = k == 0 ? 0 : s[k - 1] + Math.Sqrt(Math.Pow(x[k] - x[k - 1], 2) + Math.Pow(y[k] - y[k - 1], 2));
        }

        return (x, y, s, Math.Max(1e-9, s[^1]), scratch.Duration);
    }

    private static (double X, double Y) At(PathScratch scratch, double time, ref int i)
    {
        PathPoints points = scratch.Points;
        ReadOnlySpan<float> t = points.T,
            x = points.X,
            y = points.Y;
        double at = t[0] + time;
        while (i < t.Length - 2 && t[i + 1] < at)
        {
            i++;
        }

        double part = Math.Clamp((at - t[i]) / Math.Max(1e-6, t[i + 1] - t[i]), 0, 1);
        return (x[i] + (part * (x[i + 1] - x[i])) - x[0], y[i] + (part * (y[i + 1] - y[i])) - y[0]);
    }
}
