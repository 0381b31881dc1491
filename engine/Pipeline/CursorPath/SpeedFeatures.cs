using System.Runtime.Intrinsics;
using Engine.Pipeline.CursorPath.Geometry;
using static Engine.Pipeline.CursorPath.PathFeature;

namespace Engine.Pipeline.CursorPath;

/// <summary>Features of a path's speed, independent of its line.</summary>
internal static class SpeedFeatures
{
    /// <summary>The minimum share of the greatest speed for a sub-movement's peak.</summary>
    private const float PeakShare = 0.2f;

    /// <summary>Computes the features from the grids.</summary>
    /// <param name="path">The path, with its grids.</param>
    /// <param name="step">The grid's step, ms.</param>
    /// <param name="f">Receives values by <see cref="PathFeature"/>.</param>
    public static void Compute(PathScratch path, float step, Span<float> f)
    {
        float[] u = path.A;
        int n = Speeds(path.Grid, u);
        Moments(path, u, n, f);
        Profile(path, u, n, f);
        Peaks(u, n, step, f);
        f[(int)Sparc] = Spectrum.ArcLength(u, n, step);
        f[(int)SpeedRoughnessFine] = Roughness(u, n);
        n = Speeds(path.Grid4, path.B);
        f[(int)SpeedRoughness] = Roughness(path.B, n);
        f[(int)Jerk] = JerkOf(path.Grid4, path.Length);
        f[(int)JerkFine] = JerkOf(path.Grid2, path.Length);
        f[(int)FirstTenth] = TimeAt(path, 0.1f);
        f[(int)FirstHalf] = TimeAt(path, 0.5f);
        f[(int)LastFifth] = 1 - TimeAt(path, 0.8f);
        f[(int)LastTwentieth] = 1 - TimeAt(path, 0.95f);
    }

    /// <summary>Computes speeds on a time grid relative to their mean, and returns their number.</summary>
    private static int Speeds(PlaceRow grid, float[] u)
    {
        int n = grid.Count - 1;
        float mean = Series.Mean(grid.Step, n);
        Vector512<float> perMean = Vector512.Create(mean > 0 ? 1 / mean : 1);
        for (int i = 0; i < n; i += Series.Width)
        {
            Series.Store(Series.Load(grid.Step, i) * perMean, u, i);
        }

        return n;
    }

    private static void Moments(PathScratch path, float[] u, int n, Span<float> f)
    {
        float squares = Series.Deviate(u, n, Series.Mean(u, n), path.B);
        f[(int)SpeedSpread] = MathF.Sqrt(squares / n);
        f[(int)SpeedSkew] = Series.Skew(path.B, n, squares);
        f[(int)SpeedKurtosis] = Series.Kurtosis(path.B, n, squares);
        f[(int)SpeedAutocorrelation] = Series.Autocorrelation(path.B, n, squares, 1);
        f[(int)SpeedAutocorrelation2] = Series.Autocorrelation(path.B, n, squares, 2);
        f[(int)SpeedAutocorrelation4] = Series.Autocorrelation(path.B, n, squares, 4);
        f[(int)MinimumJerk] = BellCorrelation(path.B, n, squares);
        Series.Sort(u, n, path.Sorted);
        float median = Series.Quantile(path.Sorted, n, 0.5f);
        f[(int)SpeedTail] = Series.Over(Series.Quantile(path.Sorted, n, 0.9f), median + 0.02f);
        f[(int)SpeedFoot] = Series.Over(Series.Quantile(path.Sorted, n, 0.1f), median + 0.02f);
    }

    private static void Profile(PathScratch path, float[] u, int n, Span<float> f)
    {
        int still = 0,
            slow = 0,
            rising = 0;
        Vector512<float> rise = Vector512<float>.Zero,
            fall = rise;
        for (int i = 0; i < n; i += Series.Width)
        {
            Vector512<float> v = Series.Load(u, i),
                within = Series.Within(i, n);
            still += Series.Count(Vector512.LessThan(v, Vector512.Create(0.05f)) & within);
            slow += Series.Count(Vector512.LessThan(v, Vector512.Create(0.25f)) & within);
            Vector512<float> change = (Series.Load(u, i + 1) - v) & Series.Within(i, n - 1);
            rising += Series.Count(Vector512.GreaterThan(change, Vector512<float>.Zero));
            rise = Vector512.Max(rise, change);
            fall = Vector512.Max(fall, -change);
        }

        f[(int)StillShare] = Series.Over(still, n);
        f[(int)SlowShare] = Series.Over(slow, n);
        f[(int)RisingShare] = Series.Over(rising, n - 1);
        f[(int)RiseOverFall] = Series.Over(Series.Greatest(rise), Series.Greatest(fall) + 0.02f, 20);
        int edge = Math.Min(2, n);
        f[(int)EndSpeed] = (u[n - 1] + u[n - edge]) / 2;
        f[(int)StartSpeed] = (u[0] + u[edge - 1]) / 2;
    }

    /// <summary>The correlation with s^2 (1 - s)^2, the speed of minimum jerk (T. Flash, N. Hogan, 1985).</summary>
    /// <param name="deviations">Deviations of speed from its mean.</param>
    /// <param name="n">The number of deviations.</param>
    /// <param name="squares">The sum of their squares.</param>
    private static float BellCorrelation(float[] deviations, int n, float squares)
    {
        Vector512<float> both = Vector512<float>.Zero,
            bells = both,
            bellSquares = both,
            per = Vector512.Create(1f / n);
        for (int i = 0; i < n; i += Series.Width)
        {
            Vector512<float> s =
                (Vector512.ConvertToSingle(Vector512<int>.Indices + Vector512.Create(i)) + Vector512.Create(0.5f))
                * per;
            Vector512<float> bell = s * (Vector512<float>.One - s);
            bell = (bell * bell) & Series.Within(i, n);
            bells += bell;
            bellSquares += bell * bell;
            // deviations sum to 0, so the bell's own mean needn't be subtracted
            both += bell * Series.Load(deviations, i);
        }

        float sum = Series.Sum(bells);
        return Series.Over(
            Series.Sum(both),
            MathF.Sqrt(squares * Math.Max(0, Series.Sum(bellSquares) - (sum * sum / n))),
            1
        );
    }

    private static void Peaks(float[] u, int n, float step, Span<float> f)
    {
        float greatest = 0;
        int at = 0;
        for (int j = 0; j < n; j++)
        {
            at = u[j] > greatest ? j : at;
            greatest = float.MaxNative(greatest, u[j]);
        }

        int peaks = 0;
        float depth = 0,
            lowest = float.MaxValue,
            lastPeak = 0,
            minPeak = greatest * PeakShare;
        for (int j = 0; j < n; j++)
        {
            if (u[j] >= minPeak && (j == 0 || u[j] > u[j - 1]) && (j == n - 1 || u[j] >= u[j + 1]))
            {
                depth += peaks > 0 ? 1 - (lowest / float.MinNative(lastPeak, u[j])) : 0;
                peaks++;
                (lowest, lastPeak) = (float.MaxValue, u[j]);
            }

            lowest = float.MinNative(lowest, u[j]);
        }

        f[(int)PeakAt] = Series.Over(at + 0.5f, n);
        f[(int)SubMovements] = Series.Over(peaks, n * step / 1000);
        f[(int)SubMovementDepth] = Series.Over(depth, peaks - 1);
    }

    private static float Roughness(float[] u, int n)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (int i = 0; i < n - 2; i += Series.Width)
        {
            Vector512<float> middle = Series.Load(u, i + 1);
            sum +=
                Vector512.Abs(Series.Load(u, i + 2) - (middle + middle) + Series.Load(u, i)) & Series.Within(i, n - 2);
        }

        return Series.Over(Series.Sum(sum), n - 2);
    }

    /// <summary>
    /// log10(1 + T^5 / L^2 * integral of |x'''|^2 dt) (N. Hogan, D. Sternad, 2009), by third differences.
    /// </summary>
    private static float JerkOf(PlaceRow grid, float length)
    {
        int n = grid.Count - 3;
        if (n < 1 || length <= 0)
        {
            return 0;
        }

        Vector512<float> sum = Vector512<float>.Zero;
        for (int i = 0; i < n; i += Series.Width)
        {
            Vector512<float> x = Third(grid.Dx, i),
                y = Third(grid.Dy, i);
            sum += ((x * x) + (y * y)) & Series.Within(i, n);
        }

        double steps = grid.Count - 1,
            square = steps * steps;
        return (float)Math.Log10(1 + (square * square * steps / ((double)length * length) * Series.Sum(sum)));
    }

    /// <summary>Third differences of positions: second differences of their steps.</summary>
    private static Vector512<float> Third(float[] steps, int i)
    {
        Vector512<float> middle = Series.Load(steps, i + 1);
        return Series.Load(steps, i + 2) - (middle + middle) + Series.Load(steps, i);
    }

    /// <summary>The share of time that a share of the arc takes.</summary>
    private static float TimeAt(PathScratch path, float share)
    {
        float at = share * path.Length;
        int before = 0;
        for (int j = 0; j < path.Count; j += Series.Width)
        {
            before += Series.Count(
                Vector512.LessThan(Series.Load(path.S, j), Vector512.Create(at)) & Series.Within(j, path.Count)
            );
        }

        int i = Math.Clamp(before, 1, path.Count - 1);
        float part = Math.Clamp((at - path.S[i - 1]) / Math.Max(1e-6f, path.S[i] - path.S[i - 1]), 0, 1);
        return Series.Over(path.T[i - 1] + (part * path.Wait[i - 1]) - path.T[0], path.Duration, 1);
    }
}
