using System.Numerics;
using System.Runtime.Intrinsics;
using Engine.Pipeline.CursorPath.Geometry;
using static Engine.Pipeline.CursorPath.PathFeature;

namespace Engine.Pipeline.CursorPath;

/// <summary>Features of single events: whether a longer wait comes with a longer step, as it must if a clock samples a
/// hand, and how steps and waits repeat. They depend on the recorder, so they are trained only on paths resampled as by
/// many recorders.</summary>
internal static class RawFeatures
{
    /// <summary>The minimum px of a step whose angle is significant despite rounding to whole pixels.</summary>
    private const float MinBent = 3;

    public static void Compute(PathScratch path, ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> f)
    {
        Repeats(path, f);
        int n = path.Steps;
        float wait = Series.Mean(path.Wait, n),
            step = Series.Mean(path.Step, n);
        float squares = Series.Deviate(path.Wait, n, wait, path.A);
        f[(int)WaitSpread] = Series.Over(MathF.Sqrt(squares / n), wait);
        f[(int)WaitAutocorrelation] = Series.Autocorrelation(path.A, n, squares, 1);
        squares = Series.Deviate(path.Step, n, step, path.A);
        f[(int)StepSpread] = Series.Over(MathF.Sqrt(squares / n), step);
        f[(int)StepAutocorrelation] = Series.Autocorrelation(path.A, n, squares, 1);
        Local(path, f);
        Bends(path, f);
        Waits(path, f);
        f[(int)Motionless] = Still(x, y);
    }

    private static void Repeats(PathScratch path, Span<float> f)
    {
        int n = path.Steps,
            straight = 0,
            repeated = 0,
            small = 0;
        Vector512<float> zero = Vector512<float>.Zero;
        for (int i = 0; i < n; i += Series.Width)
        {
            Vector512<float> dx = Series.Load(path.Dx, i),
                dy = Series.Load(path.Dy, i),
                within = Series.Within(i, n);
            straight += Series.Count((Vector512.Equals(dx, zero) | Vector512.Equals(dy, zero)) & within);
            small += Series.Count(Vector512.LessThan(Series.Load(path.Step, i), Vector512.Create(1.5f)) & within);
            Vector512<float> same =
                Vector512.Equals(dx, Series.Load(path.Dx, i + 1)) & Vector512.Equals(dy, Series.Load(path.Dy, i + 1));
            repeated += Series.Count(same & Series.Within(i, n - 1));
        }

        f[(int)AxisShare] = Series.Over(straight, n);
        f[(int)RepeatedSteps] = Series.Over(repeated, n - 1);
        f[(int)SmallSteps] = Series.Over(small, n);
    }

    /// <summary>Relative to their neighbours' means, does a longer wait come with a longer step (so that speed stays)?
    /// Computes the correlation of the logarithms, and the spread of local step and local speed.</summary>
    private static void Local(PathScratch path, Span<float> f)
    {
        int n = path.Steps,
            m = 0;
        float[] wait = path.A,
            step = path.B,
            w = path.C,
            s = path.D;
        for (int i = 0; i < n; i += Series.Width)
        {
            Series.Store(Vector512.Log(Series.Load(path.Wait, i)), wait, i);
            Series.Store(Vector512.Log(Vector512<float>.One + Series.Load(path.Step, i)), step, i);
        }

        for (int i = 1; i + 1 < n; i++)
        {
            w[m] = wait[i] - (0.5f * (wait[i - 1] + wait[i + 1]));
            s[m] = step[i] - (0.5f * (step[i - 1] + step[i + 1]));
            // a wait of 0 has no logarithm
            m += path.Step[i - 1] + path.Step[i] + path.Step[i + 1] >= 9 & float.IsFinite(w[m]) ? 1 : 0;
        }

        Vector512<float> speeds = Vector512<float>.Zero;
        for (int i = 0; i < m; i += Series.Width)
        {
            Vector512<float> d = (Series.Load(s, i) - Series.Load(w, i)) & Series.Within(i, m);
            speeds += d * d;
        }

        f[(int)WaitStepCorrelation] = m >= 5 ? Series.Regression(w, s, m).Correlation : 0;
        f[(int)LocalStepNoise] = m > 0 ? MathF.Sqrt(Series.Squares(s, m) / m) : 0;
        f[(int)LocalSpeedNoise] = m > 0 ? MathF.Sqrt(Series.Sum(speeds) / m) : 0;
    }

    /// <summary>Turns between successive steps of at least 3 px, whose angles survive rounding to whole
    /// pixels.</summary>
    private static void Bends(PathScratch path, Span<float> f)
    {
        int n = path.Steps,
            m = 0;
        float[] turns = path.A;
        PlaceRow.Turns(path.Dx, path.Dy, n, turns);
        for (int i = 0; i + 1 < n; i++)
        {
            turns[m] = turns[i];
            m += path.Step[i] >= MinBent & path.Step[i + 1] >= MinBent ? 1 : 0;
        }

        float squares = Series.Deviate(turns, m, Series.Mean(turns, m), path.B);
        f[(int)BendAutocorrelation] = Series.Autocorrelation(path.B, m, squares, 1);
        for (int i = 0; i < m; i += Series.Width)
        {
            Series.Store(Vector512.Abs(Series.Load(turns, i)), turns, i);
        }

        f[(int)BendMean] = Series.Mean(turns, m);
        f[(int)BendStd] = Series.Std(turns, m);
    }

    private static void Waits(PathScratch path, Span<float> f)
    {
        int n = path.Steps,
            same = 0;
        Series.Sort(path.Wait, n, path.Sorted);
        float median = Series.Quantile(path.Sorted, n, 0.5f);
        f[(int)WaitMedian] = median;
        f[(int)WaitTail] = Series.Over(Series.Quantile(path.Sorted, n, 0.9f), median);
        f[(int)WaitFoot] = Series.Over(Series.Quantile(path.Sorted, n, 0.1f), median);
        for (int i = 0; i < n; i += Series.Width)
        {
            Vector512<float> off = Vector512.Abs(Series.Load(path.Wait, i) - Vector512.Create(median));
            same += Series.Count(Vector512.LessThanOrEqual(off, Vector512<float>.One) & Series.Within(i, n));
        }

        f[(int)WaitSame] = Series.Over(same, n);
    }

    /// <summary>Share of events without movement between the first and the last move.</summary>
    private static float Still(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        int first = -1,
            last = 0,
            moves = 0;
        for (int i = 1; i < x.Length; i += Vector256<float>.Count)
        {
            uint moved = Moved(x, y, i);
            if (moved != 0)
            {
                first = first < 0 ? i + BitOperations.TrailingZeroCount(moved) : first;
                last = i + BitOperations.Log2(moved);
                moves += BitOperations.PopCount(moved);
            }
        }

        return first < 0 || last == first ? 0 : (float)(last - first + 1 - moves) / (last - first);
    }

    /// <summary>A bit for each of eight points that differs from the point before it; 0 beyond the path's
    /// end.</summary>
    private static uint Moved(ReadOnlySpan<float> x, ReadOnlySpan<float> y, int i)
    {
        if (i + Vector256<float>.Count <= x.Length)
        {
            Vector256<float> stays =
                Vector256.Equals(Vector256.Create(x[i..]), Vector256.Create(x[(i - 1)..]))
                & Vector256.Equals(Vector256.Create(y[i..]), Vector256.Create(y[(i - 1)..]));
            return ~stays.ExtractMostSignificantBits() & 0xff;
        }

        uint moved = 0;
        for (int j = i; j < x.Length; j++)
        {
            moved |= x[j] != x[j - 1] || y[j] != y[j - 1] ? 1u << (j - i) : 0;
        }

        return moved;
    }
}
