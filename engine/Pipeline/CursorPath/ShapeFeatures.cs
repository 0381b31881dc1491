using System.Runtime.Intrinsics;
using Engine.Pipeline.CursorPath.Geometry;
using static Engine.Pipeline.CursorPath.PathFeature;

namespace Engine.Pipeline.CursorPath;

/// <summary>Features of a path's line, independent of its speed, and of arc length over time, independent of its
/// line.</summary>
internal static class ShapeFeatures
{
    private const int Fine = PolynomialFit.Points,
        Coarse = 16;
    private const int FineTurns = Fine - 2,
        CoarseTurns = Coarse - 2;

    /// <summary>The distance in px from the chord within which a point is on neither side.</summary>
    private const float OnChord = 1;

    /// <summary>The number of turns in a path's first and last quarter.</summary>
    private const int Quarter = 8;

    public static void Compute(PathScratch path, Span<float> f)
    {
        PlaceRow even = path.Even;
        Along(path, Fine);
        Chord(path, f);
        Span<double> residual = stackalloc double[PolynomialFit.Degrees];
        Residuals(even, residual);
        f[(int)ArcLine] = Series.Over(PolynomialFit.Distance(residual[1]), path.Length);
        (float cubic, float quintic) = (PolynomialFit.Distance(residual[3]), PolynomialFit.Distance(residual[5]));
        f[(int)ArcCubic] = Series.Over(cubic, path.Length);
        f[(int)ArcQuintic] = Series.Over(quintic, path.Length);
        f[(int)ArcQuinticRatio] = Series.Over(quintic, cubic + 0.05f);
        float mean = Turns(path, f);
        Along(path, Coarse);
        Coarsely(path, mean, f);
        InTime(path, f);
    }

    /// <summary>Computes positions at equal steps of the arc.</summary>
    private static void Along(PathScratch path, int count)
    {
        PlaceRow even = path.Even;
        even.Count = count;
        float step = path.Length / (count - 1);
        PathPlaces.Find(path, path.S, 0, step, count);
        PathPlaces.Take(path, path.S, 0, step, count, path.X, path.Y, even.X, even.Y);
        even.Measure();
    }

    private static void Residuals(PlaceRow even, Span<double> residual)
    {
        residual.Clear();
        PolynomialFit.AddResiduals(even.X, residual);
        PolynomialFit.AddResiduals(even.Y, residual);
    }

    /// <summary>Residuals of position and of arc length over time from polynomials. Easings and minimum jerk leave
    /// almost no residual of arc length, whatever line they follow.</summary>
    private static void InTime(PathScratch path, Span<float> f)
    {
        float[] way = path.A;
        float start = path.T[0],
            step = path.Duration / (Fine - 1);
        PathPlaces.Find(path, path.T, start, step, Fine);
        PathPlaces.Take(path, path.T, start, step, Fine, path.X, path.Y, path.Even.X, path.Even.Y);
        PathPlaces.Take(path, path.T, start, step, Fine, path.S, path.S, way, path.B);
        Span<double> residual = stackalloc double[PolynomialFit.Degrees];
        Residuals(path.Even, residual);
        (float quintic, float septic) = (PolynomialFit.Distance(residual[5]), PolynomialFit.Distance(residual[7]));
        f[(int)TimeCubic] = Series.Over(PolynomialFit.Distance(residual[3]), path.Length);
        f[(int)TimeQuintic] = Series.Over(quintic, path.Length);
        f[(int)TimeSeptic] = Series.Over(septic, path.Length);
        f[(int)TimeSepticRatio] = Series.Over(septic, quintic + 0.05f);
        residual.Clear();
        PolynomialFit.AddResiduals(way, residual);
        f[(int)WayCubic] = Series.Over(PolynomialFit.Distance(residual[3]), path.Length);
        f[(int)WayQuintic] = Series.Over(PolynomialFit.Distance(residual[5]), path.Length);
        f[(int)WaySeptic] = Series.Over(PolynomialFit.Distance(residual[7]), path.Length);
    }

    private static float Turns(PathScratch path, Span<float> f)
    {
        float[] turns = path.A,
            sizes = path.B;
        PlaceRow.Turns(path.Even.Dx, path.Even.Dy, Fine - 1, turns);
        int alternations = 0;
        for (int i = 0; i < FineTurns; i += Series.Width)
        {
            Series.Store(Vector512.Abs(Series.Load(turns, i)), sizes, i);
        }

        for (int i = 0; i < FineTurns - 1; i += Series.Width)
        {
            Vector512<float> product = Series.Load(turns, i) * Series.Load(turns, i + 1);
            alternations += Series.Count(
                Vector512.LessThan(product, Vector512<float>.Zero) & Series.Within(i, FineTurns - 1)
            );
        }

        float all = Series.Sum(sizes, FineTurns),
            start = Series.Sum(sizes, Quarter),
            end = Series.Sum(Series.Load(sizes, FineTurns - Quarter) & Series.Within(0, Quarter));
        float mean = all / FineTurns,
            signed = Series.Sum(turns, FineTurns);
        f[(int)TurnEnd] = (end / Quarter) - ((all - end) / (FineTurns - Quarter));
        f[(int)TurnStart] = (start / Quarter) - ((all - start) / (FineTurns - Quarter));
        f[(int)TurnAlternation] = (float)alternations / (FineTurns - 1);
        f[(int)TurnBias] = Series.Over(Math.Abs(signed), all);
        f[(int)TurnStd] = Series.Std(sizes, FineTurns);
        f[(int)TurnMean] = mean;
        Series.Sort(sizes, FineTurns, path.Sorted);
        f[(int)TurnMax] = path.Sorted[FineTurns - 1];
        f[(int)TurnMedian] = Series.Quantile(path.Sorted, FineTurns, 0.5f);
        f[(int)TurnTop] = Series.Over(path.Sorted[FineTurns - 1] + path.Sorted[FineTurns - 2], all);
        float squares = Series.Deviate(turns, FineTurns, signed / FineTurns, sizes);
        f[(int)TurnAutocorrelation] = Series.Autocorrelation(sizes, FineTurns, squares, 1);
        return mean;
    }

    private static void Coarsely(PathScratch path, float fineMean, Span<float> f)
    {
        float[] turns = path.A;
        PlaceRow.Turns(path.Even.Dx, path.Even.Dy, Coarse - 1, turns);
        Vector512<float> sizes = Vector512.Abs(Series.Load(turns, 0, CoarseTurns));
        Series.Store(sizes, turns, 0);
        f[(int)CoarseTurnStd] = Series.Std(turns, CoarseTurns);
        f[(int)CoarseTurnMax] = Series.Greatest(sizes);
        f[(int)CoarseTurnRatio] = Series.Over(Series.Sum(sizes) / CoarseTurns, fineMean + 0.01f, 20);
    }

    private static void Chord(PathScratch path, Span<float> f)
    {
        float[] x = path.Even.X,
            y = path.Even.Y;
        float length = path.Length;
        float dx = x[Fine - 1] - x[0],
            dy = y[Fine - 1] - y[0],
            chord = MathF.Sqrt((dx * dx) + (dy * dy));
        f[(int)Straightness] = Series.Over(chord, length, 1);
        Vector512<float> perChord = Vector512.Create(chord > 0 ? 1 / chord : 0),
            most = Vector512<float>.Zero;
        float[] side = path.A;
        uint left = 0,
            right = 0;
        for (int i = 0; i < Fine; i += Series.Width)
        {
            Vector512<float> ex = Series.Load(x, i) - Vector512.Create(x[0]),
                ey = Series.Load(y, i) - Vector512.Create(y[0]);
            Vector512<float> off = ((ex * Vector512.Create(dy)) - (ey * Vector512.Create(dx))) * perChord;
            left |= (uint)Vector512.GreaterThan(off, Vector512.Create(OnChord)).ExtractMostSignificantBits() << i;
            right |= (uint)Vector512.LessThan(off, Vector512.Create(-OnChord)).ExtractMostSignificantBits() << i;
            off = Vector512.Abs(off);
            most = Vector512.Max(most, off);
            Series.Store(off, side, i);
        }

        float farthest = Series.Greatest(most);
        int at = 0;
        while (at < Fine - 1 && side[at] != farthest)
        {
            at++;
        }

        f[(int)ChordMax] = Series.Over(farthest, length);
        f[(int)ChordMaxAt] = (float)at / (Fine - 1);
        f[(int)ChordCrossings] = Crossings(left, right);
    }

    /// <summary>The number of changes from one side to the other.</summary>
    private static int Crossings(uint left, uint right)
    {
        int crossings = 0;
        for (uint off = left | right, before = 0; off != 0; off &= off - 1)
        {
            uint lowest = off & (~off + 1),
                side = (left & lowest) != 0 ? 1u : 2u;
            crossings += before + side == 3 ? 1 : 0;
            before = side;
        }

        return crossings;
    }
}
