using static Engine.Pipeline.CursorPath.PathFeature;

namespace Engine.Pipeline.CursorPath;

/// <summary>What a path's line looks like, whatever its speed.</summary>
internal static class ShapeFeatures
{
    private const int Fine = PolynomialFit.Points;
    private const int Coarse = 16;

    public static void Compute(PathScratch path, Span<float> f)
    {
        Span<float> x = stackalloc float[Fine], y = stackalloc float[Fine];
        PathCleaning.Even(path, path.S, x, y);
        double mean = Turns(x, y, f);
        Chord(x, y, path.Length, f);
        Span<double> residual = stackalloc double[PolynomialFit.Degrees];
        PolynomialFit.Residuals(x, y, residual);
        f[(int)ArcLine] = (float)Series.Over(residual[1], path.Length);
        f[(int)ArcCubic] = (float)Series.Over(residual[3], path.Length);
        f[(int)ArcQuintic] = (float)Series.Over(residual[5], path.Length);
        f[(int)ArcQuinticRatio] = (float)Series.Over(residual[5], residual[3] + 0.05);

        CoarseTurns(path, mean, f);

        PathCleaning.Even(path, path.T, x, y);
        PolynomialFit.Residuals(x, y, residual);
        f[(int)TimeCubic] = (float)Series.Over(residual[3], path.Length);
        f[(int)TimeQuintic] = (float)Series.Over(residual[5], path.Length);
        f[(int)TimeSeptic] = (float)Series.Over(residual[7], path.Length);
        f[(int)TimeSepticRatio] = (float)Series.Over(residual[7], residual[5] + 0.05);
    }

    /// <summary>Signed turns at the inner points.</summary>
    private static void TurnsOf(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> turns)
    {
        float before = MathF.Atan2(y[1] - y[0], x[1] - x[0]);
        for (int k = 1; k < x.Length - 1; k++)
        {
            float now = MathF.Atan2(y[k + 1] - y[k], x[k + 1] - x[k]);
            turns[k - 1] = Series.Wrap(now - before);
            before = now;
        }
    }

    private static double Turns(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> f)
    {
        Span<float> turns = stackalloc float[Fine - 2], sizes = stackalloc float[Fine - 2];
        TurnsOf(x, y, turns);
        int alternations = 0;
        double sum = 0;
        for (int i = 0; i < turns.Length; i++)
        {
            sizes[i] = Math.Abs(turns[i]);
            sum += turns[i];
            alternations += i > 0 && turns[i] * turns[i - 1] < 0 ? 1 : 0;
        }

        double mean = Series.Mean(sizes), all = mean * sizes.Length;
        f[(int)TurnEnd] = (float)(Series.Mean(sizes[^8..]) - Series.Mean(sizes[..^8]));
        f[(int)TurnStart] = (float)(Series.Mean(sizes[..8]) - Series.Mean(sizes[8..]));
        f[(int)TurnAutocorrelation] = (float)Series.Autocorrelation(turns, 1);
        f[(int)TurnAlternation] = (float)alternations / (turns.Length - 1);
        f[(int)TurnBias] = (float)Series.Over(Math.Abs(sum), all);
        f[(int)TurnStd] = (float)Series.Std(sizes);
        f[(int)TurnMean] = (float)mean;
        sizes.Sort();
        f[(int)TurnMax] = sizes[^1];
        f[(int)TurnMedian] = (float)Series.Quantile(sizes, 0.5);
        f[(int)TurnTop] = (float)Series.Over(sizes[^1] + sizes[^2], all);
        return mean;
    }

    private static void CoarseTurns(PathScratch path, double fineMean, Span<float> f)
    {
        Span<float> x = stackalloc float[Coarse], y = stackalloc float[Coarse], turns = stackalloc float[Coarse - 2];
        PathCleaning.Even(path, path.S, x, y);
        TurnsOf(x, y, turns);
        float most = 0;
        for (int i = 0; i < turns.Length; i++)
        {
            turns[i] = Math.Abs(turns[i]);
            most = Math.Max(most, turns[i]);
        }

        f[(int)CoarseTurnStd] = (float)Series.Std(turns);
        f[(int)CoarseTurnMax] = most;
        f[(int)CoarseTurnRatio] = (float)Series.Over(Series.Mean(turns), fineMean + 0.01, 20);
    }

    private static void Chord(ReadOnlySpan<float> x, ReadOnlySpan<float> y, float length, Span<float> f)
    {
        float dx = x[^1] - x[0], dy = y[^1] - y[0], chord = MathF.Sqrt((dx * dx) + (dy * dy));
        f[(int)Straightness] = (float)Series.Over(chord, length, 1);
        float most = 0, before = 0;
        int at = 0, crossings = 0;
        for (int k = 1; k < x.Length - 1 && chord > 0; k++)
        {
            float side = (((x[k] - x[0]) * dy) - ((y[k] - y[0]) * dx)) / chord;
            if (Math.Abs(side) > most)
            {
                (most, at) = (Math.Abs(side), k);
            }

            // within a pixel of the chord no side is taken
            if (Math.Abs(side) > 1)
            {
                crossings += side * before < 0 ? 1 : 0;
                before = side;
            }
        }

        f[(int)ChordMax] = (float)Series.Over(most, length);
        f[(int)ChordMaxAt] = (float)at / (x.Length - 1);
        f[(int)ChordCrossings] = crossings;
    }
}
