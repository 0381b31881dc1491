using static Engine.Pipeline.CursorPath.PathFeature;

namespace Models.Tests.Plain;

/// <summary>How a path's speed goes, whatever its line.</summary>
internal static class PlainSpeed
{
    /// <summary>Speeds below this share of the greatest are no sub-movement's peak.</summary>
    private const float PeakShare = 0.2f;

    public static void Compute(PlainScratch path, float step, Span<float> f)
    {
        int m = Speeds(path, step, path.Speed);
        ReadOnlySpan<float> u = path.Speed.AsSpan(0, m);
        Moments(path, u, f);
        Profile(u, f);
        Peaks(u, step, f);
        f[(int)Sparc] = (float)SpectralArcLength(u, step);
        f[(int)SpeedRoughnessFine] = (float)Roughness(u);

        m = Speeds(path, step, path.A, 4);
        f[(int)SpeedRoughness] = (float)Roughness(path.A.AsSpan(0, m));
        f[(int)Jerk] = (float)JerkAt(path, step, 4);
        f[(int)JerkFine] = (float)JerkAt(path, step, 2);
        Shares(path, f);
        Way(path, f);
    }

    /// <summary>Speeds on a time grid over their mean; at least one.</summary>
    private static int Speeds(PlainScratch path, float step, Span<float> u, int each = 1)
    {
        int m = PlainCleaning.Grid(path, step, each) - 1;
        for (int j = 0; j < m; j++)
        {
            float dx = path.GridX[j + 1] - path.GridX[j],
                dy = path.GridY[j + 1] - path.GridY[j];
            u[j] = MathF.Sqrt((dx * dx) + (dy * dy));
        }

        float mean = (float)PlainSeries.Mean(u[..Math.Max(0, m)]);
        for (int j = 0; j < m && mean > 0; j++)
        {
            u[j] /= mean;
        }

        return Math.Max(0, m);
    }

    private static void Moments(PlainScratch path, ReadOnlySpan<float> u, Span<float> f)
    {
        f[(int)SpeedSpread] = (float)PlainSeries.Std(u);
        f[(int)SpeedSkew] = (float)PlainSeries.Standardised(u, 3);
        f[(int)SpeedKurtosis] = (float)PlainSeries.Standardised(u, 4);
        f[(int)SpeedAutocorrelation] = (float)PlainSeries.Autocorrelation(u, 1);
        f[(int)SpeedAutocorrelation2] = (float)PlainSeries.Autocorrelation(u, 2);
        f[(int)SpeedAutocorrelation4] = (float)PlainSeries.Autocorrelation(u, 4);
        Span<float> sorted = path.Sorted.AsSpan(0, u.Length);
        u.CopyTo(sorted);
        sorted.Sort();
        double median = PlainSeries.Quantile(sorted, 0.5);
        f[(int)SpeedTail] = (float)PlainSeries.Over(PlainSeries.Quantile(sorted, 0.9), median + 0.02);
        f[(int)SpeedFoot] = (float)PlainSeries.Over(PlainSeries.Quantile(sorted, 0.1), median + 0.02);
        int still = 0,
            slow = 0;
        foreach (float v in u)
        {
            still += v < 0.05f ? 1 : 0;
            slow += v < 0.25f ? 1 : 0;
        }

        f[(int)StillShare] = (float)PlainSeries.Over(still, u.Length);
        f[(int)SlowShare] = (float)PlainSeries.Over(slow, u.Length);
    }

    private static void Profile(ReadOnlySpan<float> u, Span<float> f)
    {
        int peak = 0,
            rising = 0;
        float rise = 0,
            fall = 0;
        for (int j = 0; j < u.Length; j++)
        {
            peak = u[j] > u[peak] ? j : peak;
            float change = j > 0 ? u[j] - u[j - 1] : 0;
            rising += change > 0 ? 1 : 0;
            rise = Math.Max(rise, change);
            fall = Math.Max(fall, -change);
        }

        f[(int)PeakAt] = (float)PlainSeries.Over(peak + 0.5, u.Length);
        f[(int)RisingShare] = (float)PlainSeries.Over(rising, u.Length - 1);
        f[(int)RiseOverFall] = (float)PlainSeries.Over(rise, fall + 0.02, 20);
        f[(int)EndSpeed] = (float)PlainSeries.Mean(u[^Math.Min(2, u.Length)..]);
        f[(int)StartSpeed] = (float)PlainSeries.Mean(u[..Math.Min(2, u.Length)]);
        f[(int)MinimumJerk] = (float)BellCorrelation(u);
    }

    /// <summary>Correlation with s^2 (1 - s)^2, the speed of minimum jerk (T. Flash, N. Hogan, 1985).</summary>
    private static double BellCorrelation(ReadOnlySpan<float> u)
    {
        double mean = 0,
            uMean = PlainSeries.Mean(u),
            uu = 0,
            bb = 0,
            ub = 0;
        for (int j = 0; j < u.Length; j++)
        {
            mean += Bell(j, u.Length) / u.Length;
        }

        for (int j = 0; j < u.Length; j++)
        {
            double du = u[j] - uMean,
                db = Bell(j, u.Length) - mean;
            uu += du * du;
            bb += db * db;
            ub += du * db;
        }

        return PlainSeries.Over(ub, Math.Sqrt(uu * bb), 1);

        static double Bell(int j, int n)
        {
            double s = (j + 0.5) / n;
            return s * s * (1 - s) * (1 - s);
        }
    }

    private static void Peaks(ReadOnlySpan<float> u, float step, Span<float> f)
    {
        float greatest = 0;
        foreach (float v in u)
        {
            greatest = Math.Max(greatest, v);
        }

        int peaks = 0;
        double depth = 0;
        float lowest = float.MaxValue,
            lastPeak = 0;
        for (int j = 0; j < u.Length; j++)
        {
            bool peak =
                u[j] >= greatest * PeakShare && (j == 0 || u[j] > u[j - 1]) && (j == u.Length - 1 || u[j] >= u[j + 1]);
            if (peak)
            {
                depth += peaks > 0 ? 1 - (lowest / Math.Min(lastPeak, u[j])) : 0;
                peaks++;
                (lowest, lastPeak) = (float.MaxValue, u[j]);
            }

            lowest = Math.Min(lowest, u[j]);
        }

        f[(int)SubMovements] = (float)PlainSeries.Over(peaks, u.Length * step / 1000);
        f[(int)SubMovementDepth] = (float)PlainSeries.Over(depth, peaks - 1);
    }

    private static double Roughness(ReadOnlySpan<float> u)
    {
        double sum = 0;
        for (int j = 1; j < u.Length - 1; j++)
        {
            sum += Math.Abs(u[j + 1] - (2 * u[j]) + u[j - 1]);
        }

        return PlainSeries.Over(sum, u.Length - 2);
    }

    /// <summary>
    /// log10(1 + T^5 / L^2 * integral of |x'''|^2 dt) (N. Hogan, D. Sternad, 2009), by third differences.
    /// </summary>
    private static double JerkAt(PlainScratch path, float step, int each)
    {
        int n = PlainCleaning.Grid(path, step, each);
        double sum = 0;
        for (int j = 0; j + 3 < n; j++)
        {
            double x = path.GridX[j + 3] - (3 * path.GridX[j + 2]) + (3 * path.GridX[j + 1]) - path.GridX[j];
            double y = path.GridY[j + 3] - (3 * path.GridY[j + 2]) + (3 * path.GridY[j + 1]) - path.GridY[j];
            sum += (x * x) + (y * y);
        }

        double steps = (n - 1),
            length = path.Length;
        return n < 4 || length <= 0 ? 0 : Math.Log10(1 + (Math.Pow(steps, 5) / (length * length) * sum));
    }

    /// <summary>
    /// Spectral arc length of the speed profile up to 10 Hz (S. Balasubramanian et al., "On the analysis of movement
    /// smoothness", 2015), by sums at multiples of 0.5 Hz; 0 and below, less is rougher.
    /// </summary>
    private static double SpectralArcLength(ReadOnlySpan<float> u, float step)
    {
        const int Frequencies = 21;
        const double Hertz = 0.5;
        double before = 1,
            length = 0;
        for (int k = 1; k < Frequencies; k++)
        {
            double turn = 2 * Math.PI * Hertz * k * step / 1000;
            (double s, double c) = Math.SinCos(turn);
            double re = 0,
                im = 0,
                zr = 1,
                zi = 0;
            foreach (float v in u)
            {
                re += v * zr;
                im += v * zi;
                (zr, zi) = ((zr * c) - (zi * s), (zr * s) + (zi * c));
            }

            double size = u.Length > 0 ? Math.Sqrt((re * re) + (im * im)) / u.Length : 0;
            length += Math.Sqrt((1.0 / ((Frequencies - 1) * (Frequencies - 1))) + ((size - before) * (size - before)));
            before = size;
        }

        return -length;
    }

    /// <summary>Shares of time by shares of arc.</summary>
    private static void Shares(PlainScratch path, Span<float> f)
    {
        f[(int)FirstTenth] = TimeAt(path, 0.1f);
        f[(int)FirstHalf] = TimeAt(path, 0.5f);
        f[(int)LastFifth] = 1 - TimeAt(path, 0.8f);
        f[(int)LastTwentieth] = 1 - TimeAt(path, 0.95f);
    }

    /// <summary>
    /// Arc length over time less polynomials: easings and minimum jerk leave next to nothing, whatever line they
    /// follow.
    /// </summary>
    private static void Way(PlainScratch path, Span<float> f)
    {
        Span<float> way = stackalloc float[PlainFit.Points],
            none = stackalloc float[PlainFit.Points];
        none.Clear();
        int last = path.Count - 1,
            i = 0;
        for (int j = 0; j < way.Length; j++)
        {
            float at = path.T[0] + (path.Duration * j / (way.Length - 1));
            while (i < last - 1 && path.T[i + 1] < at)
            {
                i++;
            }

            float part = Math.Clamp((at - path.T[i]) / Math.Max(1e-6f, path.T[i + 1] - path.T[i]), 0, 1);
            way[j] = path.S[i] + (part * (path.S[i + 1] - path.S[i]));
        }

        Span<double> residual = stackalloc double[PlainFit.Degrees];
        PlainFit.Residuals(way, none, residual);
        f[(int)WayCubic] = (float)PlainSeries.Over(residual[3], path.Length);
        f[(int)WayQuintic] = (float)PlainSeries.Over(residual[5], path.Length);
        f[(int)WaySeptic] = (float)PlainSeries.Over(residual[7], path.Length);
    }

    private static float TimeAt(PlainScratch path, float share)
    {
        float at = share * path.Length;
        int i = path.S.AsSpan(0, path.Count).BinarySearch(at);
        i = i < 0 ? Math.Clamp(~i, 1, path.Count - 1) : Math.Max(1, i);
        float part = Math.Clamp((at - path.S[i - 1]) / Math.Max(1e-6f, path.S[i] - path.S[i - 1]), 0, 1);
        float t = path.T[i - 1] + (part * (path.T[i] - path.T[i - 1]));
        return (float)PlainSeries.Over(t - path.T[0], path.Duration, 1);
    }
}
