using System.Runtime.Intrinsics;
using Engine.Pipeline.CursorPath.Geometry;
using static Engine.Pipeline.CursorPath.PathFeature;

namespace Engine.Pipeline.CursorPath;

/// <summary>Features of how turning, speed and acceleration relate. A hand slows down to turn, and its errors are
/// smooth; noise does neither.</summary>
internal static class TextureFeatures
{
    /// <summary>Computes the features from the grids.</summary>
    /// <param name="path">The path, with its grids.</param>
    /// <param name="f">Receives values by <see cref="PathFeature"/>.</param>
    public static void Compute(PathScratch path, Span<float> f)
    {
        int m = Turns(path, path.Grid);
        f[(int)SpeedTurnCorrelation] = Series.Regression(path.A, path.B, m).Correlation;
        f[(int)GridTurnMean] = Series.Mean(path.A, m);
        Series.Sort(path.A, m, path.Sorted);
        f[(int)GridTurnP90] = Series.Quantile(path.Sorted, m, 0.9f);
        PowerLaw(path, f);
        Acceleration fine = Accelerate(path, path.Grid),
            middle = Accelerate(path, path.Grid2);
        f[(int)AccelerationOverSpeed] = fine.OverSpeed;
        f[(int)NormalKurtosis] = fine.NormalKurtosis;
        f[(int)TangentKurtosis] = fine.TangentKurtosis;
        f[(int)NormalAutocorrelation] = fine.NormalAutocorrelation;
        f[(int)TangentAutocorrelation] = fine.TangentAutocorrelation;
        f[(int)NormalOverTangent] = fine.NormalOverTangent;
        f[(int)AccelerationOverSpeed50] = middle.OverSpeed;
        f[(int)NormalAutocorrelation50] = middle.NormalAutocorrelation;
        f[(int)TangentAutocorrelation50] = middle.TangentAutocorrelation;
        f[(int)AccelerationOverSpeed100] = Accelerate(path, path.Grid4).OverSpeed;
        m = Turns(path, path.Grid2);
        f[(int)GridTurnMean50] = Series.Mean(path.A, m);
    }

    /// <summary>Writes |turns| between successive steps to A and the smaller of both steps to B, where that exceeds a
    /// twentieth of the mean. Returns their number.</summary>
    private static int Turns(PathScratch path, PlaceRow grid)
    {
        int steps = grid.Count - 1,
            m = 0;
        float min = 0.05f * Series.Mean(grid.Step, steps);
        PlaceRow.Turns(grid.Dx, grid.Dy, steps, path.A);
        for (int i = 0; i + 1 < steps; i++)
        {
            float slower = float.MinNative(grid.Step[i], grid.Step[i + 1]);
            path.A[m] = Math.Abs(path.A[i]);
            path.B[m] = slower;
            m += slower > min ? 1 : 0;
        }

        return m;
    }

    /// <summary>In drawing hands, speed falls with the cube root of curvature (P. Viviani, T. Flash, 1995). Computes
    /// the slope of log speed on log curvature, by central differences, where the hand turns and moves faster than a
    /// tenth of the mean speed.</summary>
    private static void PowerLaw(PathScratch path, Span<float> f)
    {
        PlaceRow grid = path.Grid;
        int n = grid.Count - 2,
            m = 0;
        float[] curvature = path.A,
            speed = path.B,
            turning = path.C;
        Vector512<float> min = Vector512.Create(0.1f * Series.Mean(grid.Step, grid.Count - 1)),
            half = Vector512.Create(0.5f);
        for (int i = 0; i < n; i += Series.Width)
        {
            Vector512<float> dx = Series.Load(grid.Dx, i),
                dy = Series.Load(grid.Dy, i),
                nextX = Series.Load(grid.Dx, i + 1),
                nextY = Series.Load(grid.Dy, i + 1);
            Vector512<float> vx = (dx + nextX) * half,
                vy = (dy + nextY) * half,
                ax = nextX - dx,
                ay = nextY - dy;
            Vector512<float> v = Vector512.Sqrt((vx * vx) + (vy * vy)),
                cross = Vector512.Abs((vx * ay) - (vy * ax));
            Vector512<float> turns =
                Vector512.GreaterThan(v, min) & Vector512.GreaterThan(cross, v * Vector512.Create(0.02f));
            Series.Store(Vector512.Log(cross / (v * v * v)), curvature, i);
            Series.Store(Vector512.Log(v), speed, i);
            Series.Store(turns & Vector512<float>.One, turning, i);
        }

        for (int i = 0; i < n; i++)
        {
            (curvature[m], speed[m]) = (curvature[i], speed[i]);
            m += (int)turning[i];
        }

        (f[(int)PowerLawSlope], f[(int)PowerLawCorrelation]) = m >= 4 ? Series.Regression(curvature, speed, m) : (0, 0);
    }

    /// <summary>Second differences of position, across and along the local direction.</summary>
    private static Acceleration Accelerate(PathScratch path, PlaceRow grid)
    {
        int n = grid.Count - 2;
        float[] normal = path.A,
            tangent = path.B;
        Vector512<float> speeds = Vector512<float>.Zero,
            zero = speeds;
        for (int i = 0; i < n; i += Series.Width)
        {
            Vector512<float> dx = Series.Load(grid.Dx, i),
                dy = Series.Load(grid.Dy, i),
                nextX = Series.Load(grid.Dx, i + 1),
                nextY = Series.Load(grid.Dy, i + 1);
            Vector512<float> vx = dx + nextX,
                vy = dy + nextY,
                ax = nextX - dx,
                ay = nextY - dy,
                square = (vx * vx) + (vy * vy);
            Vector512<float> stands = Vector512.Equals(square, zero),
                speed = Vector512.Sqrt(square);
            Vector512<float> ux = Vector512.ConditionalSelect(stands, Vector512<float>.One, vx / speed),
                uy = Vector512.ConditionalSelect(stands, zero, vy / speed);
            Series.Store((ax * uy) - (ay * ux), normal, i);
            Series.Store((ax * ux) + (ay * uy), tangent, i);
            speeds += square & Series.Within(i, n);
        }

        float squaresN = Series.Squares(normal, n),
            squaresT = Series.Squares(tangent, n);
        float deviatedN = Series.Deviate(normal, n, Series.Mean(normal, n), path.C),
            deviatedT = Series.Deviate(tangent, n, Series.Mean(tangent, n), path.D);
        return new Acceleration(
            Series.Over(MathF.Sqrt(squaresN + squaresT), MathF.Sqrt(Series.Sum(speeds) / 4), 20),
            Series.Kurtosis(path.C, n, deviatedN),
            Series.Kurtosis(path.D, n, deviatedT),
            Series.Autocorrelation(path.C, n, deviatedN, 1),
            Series.Autocorrelation(path.D, n, deviatedT, 1),
            Series.Over(MathF.Sqrt(squaresN), MathF.Sqrt(squaresT) + (0.05f * MathF.Sqrt(Math.Max(1, n))), 20)
        );
    }

    /// <summary>Accelerations: root mean square over that of speed, across over along, and the kurtosis and
    /// autocorrelation of both.</summary>
    private readonly record struct Acceleration(
        float OverSpeed,
        float NormalKurtosis,
        float TangentKurtosis,
        float NormalAutocorrelation,
        float TangentAutocorrelation,
        float NormalOverTangent
    );
}
