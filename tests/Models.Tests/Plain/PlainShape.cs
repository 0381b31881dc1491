using static Engine.Pipeline.CursorPath.PathFeature;

namespace Models.Tests.Plain;

/// <summary>What a path's line looks like, whatever its speed.</summary>
internal static class PlainShape
{
    private const int Fine = PlainFit.Points;
    private const int Coarse = 16;

    public static void Compute(PlainScratch path, Span<float> f)
    {
        Span<float> x = stackalloc float[Fine],
            y = stackalloc float[Fine];
        PlainCleaning.Even(path, path.S, x, y);
        double mean = Turns(x, y, f);
        Chord(x, y, path.Length, f);
        Span<double> residual = stackalloc double[PlainFit.Degrees];
        PlainFit.Residuals(x, y, residual);
        f[(int)ArcLine] = (float)PlainSeries.Over(residual[1], path.Length);
        f[(int)ArcCubic] = (float)PlainSeries.Over(residual[3], path.Length);
        f[(int)ArcQuintic] = (float)PlainSeries.Over(residual[5], path.Length);
        f[(int)ArcQuinticRatio] = (float)PlainSeries.Over(residual[5], residual[3] + 0.05);

        CoarseTurns(path, mean, f);

        PlainCleaning.Even(path, path.T, x, y);
        PlainFit.Residuals(x, y, residual);
        f[(int)TimeCubic] = (float)PlainSeries.Over(residual[3], path.Length);
        f[(int)TimeQuintic] = (float)PlainSeries.Over(residual[5], path.Length);
        f[(int)TimeSeptic] = (float)PlainSeries.Over(residual[7], path.Length);
        f[(int)TimeSepticRatio] = (float)PlainSeries.Over(residual[7], residual[5] + 0.05);
    }

    /// <summary>Signed turns at the inner points.</summary>
    private static void TurnsOf(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> turns)
    {
        for (int k = 1; k < x.Length - 1; k++)
        {
            turns[k - 1] = PlainSeries.Turn(x[k] - x[k - 1], y[k] - y[k - 1], x[k + 1] - x[k], y[k + 1] - y[k]);
        }
    }

    private static double Turns(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> f)
    {
        Span<float> turns = stackalloc float[Fine - 2],
            sizes = stackalloc float[Fine - 2];
        TurnsOf(x, y, turns);
        int alternations = 0;
        double sum = 0;
        for (int i = 0; i < turns.Length; i++)
        {
            sizes[i] = Math.Abs(turns[i]);
            sum += turns[i];
            alternations += i > 0 && turns[i] * turns[i - 1] < 0 ? 1 : 0;
        }

        double mean = PlainSeries.Mean(sizes),
            all = mean * sizes.Length;
        f[(int)TurnEnd] = (float)(PlainSeries.Mean(sizes[^8..]) - PlainSeries.Mean(sizes[..^8]));
        f[(int)TurnStart] = (float)(PlainSeries.Mean(sizes[..8]) - PlainSeries.Mean(sizes[8..]));
        f[(int)TurnAutocorrelation] = (float)PlainSeries.Autocorrelation(turns, 1);
        f[(int)TurnAlternation] = (float)alternations / (turns.Length - 1);
        f[(int)TurnBias] = (float)PlainSeries.Over(Math.Abs(sum), all);
        f[(int)TurnStd] = (float)PlainSeries.Std(sizes);
        f[(int)TurnMean] = (float)mean;
        sizes.Sort();
        f[(int)TurnMax] = sizes[^1];
        f[(int)TurnMedian] = (float)PlainSeries.Quantile(sizes, 0.5);
        f[(int)TurnTop] = (float)PlainSeries.Over(sizes[^1] + sizes[^2], all);
        return mean;
    }

    private static void CoarseTurns(PlainScratch path, double fineMean, Span<float> f)
    {
        Span<float> x = stackalloc float[Coarse],
            y = stackalloc float[Coarse],
            turns = stackalloc float[Coarse - 2];
        PlainCleaning.Even(path, path.S, x, y);
        TurnsOf(x, y, turns);
        float most = 0;
        for (int i = 0; i < turns.Length; i++)
        {
            turns[i] = Math.Abs(turns[i]);
            most = Math.Max(most, turns[i]);
        }

        f[(int)CoarseTurnStd] = (float)PlainSeries.Std(turns);
        f[(int)CoarseTurnMax] = most;
        f[(int)CoarseTurnRatio] = (float)PlainSeries.Over(PlainSeries.Mean(turns), fineMean + 0.01, 20);
    }

    private static void Chord(ReadOnlySpan<float> x, ReadOnlySpan<float> y, float length, Span<float> f)
    {
        float dx = x[^1] - x[0],
            dy = y[^1] - y[0],
            chord = MathF.Sqrt((dx * dx) + (dy * dy));
        f[(int)Straightness] = (float)PlainSeries.Over(chord, length, 1);
        float most = 0,
            before = 0;
        int crossings = 0;
        Span<float> sides = stackalloc float[x.Length];
        for (int k = 1; k < x.Length && chord > 0; k++)
        {
            float side = (((x[k] - x[0]) * dy) - ((y[k] - y[0]) * dx)) / chord;
            sides[k] = Math.Abs(side);
            most = Math.Max(most, sides[k]);
            // within a pixel of the chord no side is taken
            if (Math.Abs(side) > 1)
            {
                crossings += side * before < 0 ? 1 : 0;
                before = side;
            }
        }

        int at = 0;
        while (sides[at] < most)
        {
            at++;
        }

        f[(int)ChordMax] = (float)PlainSeries.Over(most, length);
        f[(int)ChordMaxAt] = (float)at / (x.Length - 1);
        f[(int)ChordCrossings] = crossings;
    }
}
