using static Engine.Pipeline.CursorPath.PathFeature;

namespace Models.Tests.Plain;

/// <summary>
/// What lies in the single events: whether a longer wait holds a longer step, as it must where a clock samples a hand,
/// and how steps and waits repeat. They depend on the recorder; trained only on paths seen through many of them.
/// </summary>
internal static class PlainRaw
{
    public static void Compute(
        PlainScratch path,
        ReadOnlySpan<float> t,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        Span<float> f
    )
    {
        int n = Math.Min(path.Count - 1, PlainScratch.MaxGrid);
        Span<float> wait = path.A.AsSpan(0, n),
            step = path.B.AsSpan(0, n);
        int straight = 0,
            repeated = 0,
            small = 0;
        float dx0 = 0,
            dy0 = 0;
        for (int i = 0; i < n; i++)
        {
            float dx = path.X[i + 1] - path.X[i],
                dy = path.Y[i + 1] - path.Y[i];
            wait[i] = path.T[i + 1] - path.T[i];
            step[i] = MathF.Sqrt((dx * dx) + (dy * dy));
            straight += dx == 0 || dy == 0 ? 1 : 0;
            repeated += i > 0 && dx == dx0 && dy == dy0 ? 1 : 0;
            small += step[i] < 1.5f ? 1 : 0;
            (dx0, dy0) = (dx, dy);
        }

        f[(int)AxisShare] = (float)PlainSeries.Over(straight, n);
        f[(int)RepeatedSteps] = (float)PlainSeries.Over(repeated, n - 1);
        f[(int)SmallSteps] = (float)PlainSeries.Over(small, n);
        f[(int)WaitSpread] = (float)PlainSeries.Over(PlainSeries.Std(wait), PlainSeries.Mean(wait));
        f[(int)StepSpread] = (float)PlainSeries.Over(PlainSeries.Std(step), PlainSeries.Mean(step));
        f[(int)StepAutocorrelation] = (float)PlainSeries.Autocorrelation(step, 1);
        f[(int)WaitAutocorrelation] = (float)PlainSeries.Autocorrelation(wait, 1);
        Local(path, wait, step, f);
        Bends(path, n, f);
        Span<float> sorted = path.Sorted.AsSpan(0, n);
        wait.CopyTo(sorted);
        sorted.Sort();
        float median = (float)PlainSeries.Quantile(sorted, 0.5);
        f[(int)WaitMedian] = median;
        f[(int)WaitTail] = (float)PlainSeries.Over(PlainSeries.Quantile(sorted, 0.9), median);
        f[(int)WaitFoot] = (float)PlainSeries.Over(PlainSeries.Quantile(sorted, 0.1), median);
        int same = 0;
        foreach (float w in sorted)
        {
            same += Math.Abs(w - median) <= 1 ? 1 : 0;
        }

        f[(int)WaitSame] = (float)PlainSeries.Over(same, n);
        f[(int)Motionless] = Still(t, x, y);
        f[(int)LogLength] = MathF.Log10(1 + path.Length);
        f[(int)LogDuration] = MathF.Log10(1 + path.Duration);
        f[(int)LogPoints] = MathF.Log10(1 + path.Count);
    }

    /// <summary>
    /// Against their neighbours' means, does a longer wait hold a longer step (and a speed that stays)? Correlation of
    /// the logarithms, and the spread of local speed over that of local step.
    /// </summary>
    private static void Local(PlainScratch path, ReadOnlySpan<float> wait, ReadOnlySpan<float> step, Span<float> f)
    {
        Span<float> w = path.Speed.AsSpan(0, wait.Length),
            s = path.Sorted.AsSpan(0, wait.Length);
        int m = 0;
        double speeds = 0,
            steps = 0;
        for (int i = 1; i + 1 < wait.Length; i++)
        {
            if (step[i - 1] + step[i] + step[i + 1] >= 9 && wait[i] > 0 && wait[i - 1] > 0 && wait[i + 1] > 0)
            {
                w[m] = MathF.Log(wait[i]) - (0.5f * (MathF.Log(wait[i - 1]) + MathF.Log(wait[i + 1])));
                s[m] = MathF.Log(1 + step[i]) - (0.5f * (MathF.Log(1 + step[i - 1]) + MathF.Log(1 + step[i + 1])));
                speeds += (s[m] - w[m]) * (s[m] - w[m]);
                steps += s[m] * s[m];
                m++;
            }
        }

        f[(int)WaitStepCorrelation] = m >= 5 ? (float)PlainSeries.Correlation(w[..m], s[..m]) : 0;
        f[(int)LocalStepNoise] = m > 0 ? (float)Math.Sqrt(steps / m) : 0;
        f[(int)LocalSpeedNoise] = m > 0 ? (float)Math.Sqrt(speeds / m) : 0;
    }

    /// <summary>Turns between successive steps of 3 px and more, whose angles whole pixels leave standing.</summary>
    private static void Bends(PlainScratch path, int n, Span<float> f)
    {
        Span<float> turns = path.Speed.AsSpan(0, n);
        int m = 0;
        for (int i = 1; i < n; i++)
        {
            float ax = path.X[i] - path.X[i - 1],
                ay = path.Y[i] - path.Y[i - 1],
                bx = path.X[i + 1] - path.X[i],
                by = path.Y[i + 1] - path.Y[i];
            if ((ax * ax) + (ay * ay) >= 9 && (bx * bx) + (by * by) >= 9)
            {
                turns[m++] = PlainSeries.Turn(ax, ay, bx, by);
            }
        }

        f[(int)BendAutocorrelation] = (float)PlainSeries.Autocorrelation(turns[..m], 1);
        for (int i = 0; i < m; i++)
        {
            turns[i] = Math.Abs(turns[i]);
        }

        f[(int)BendMean] = (float)PlainSeries.Mean(turns[..m]);
        f[(int)BendStd] = (float)PlainSeries.Std(turns[..m]);
    }

    /// <summary>Share of events without a move between first and last move.</summary>
    private static float Still(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        int first = -1,
            last = 0,
            still = 0,
            stillAtLast = 0;
        for (int i = 1; i < t.Length; i++)
        {
            bool moves = x[i] != x[i - 1] || y[i] != y[i - 1];
            if (moves)
            {
                first = first < 0 ? i : first;
                (last, stillAtLast) = (i, still);
            }
            else if (first >= 0)
            {
                still++;
            }
        }

        return first < 0 || last == first ? 0 : (float)stillAtLast / (last - first);
    }
}
