using static Engine.Pipeline.CursorPath.PathFeature;

namespace Models.Tests.Plain;

/// <summary>
/// How turning, speed and acceleration go together: a hand slows down to turn and its errors are smooth; noise does and
/// is neither.
/// </summary>
internal static class PlainTexture
{
    public static void Compute(PlainScratch path, float step, Span<float> f)
    {
        int n = PlainCleaning.Grid(path, step);
        Velocities(path, n, f);
        PowerLaw(path, n, f);
        var (over, kurtosisN, kurtosisT, autoN, autoT, ratio) = Accelerations(path, n);
        f[(int)AccelerationOverSpeed] = over;
        f[(int)NormalKurtosis] = kurtosisN;
        f[(int)TangentKurtosis] = kurtosisT;
        f[(int)NormalAutocorrelation] = autoN;
        f[(int)TangentAutocorrelation] = autoT;
        f[(int)NormalOverTangent] = ratio;

        n = PlainCleaning.Grid(path, step, 2);
        int m = Turns(path, n);
        f[(int)GridTurnMean50] = (float)PlainSeries.Mean(path.A.AsSpan(0, m));
        (over, _, _, autoN, autoT, _) = Accelerations(path, n);
        f[(int)AccelerationOverSpeed50] = over;
        f[(int)NormalAutocorrelation50] = autoN;
        f[(int)TangentAutocorrelation50] = autoT;

        n = PlainCleaning.Grid(path, step, 4);
        f[(int)AccelerationOverSpeed100] = Accelerations(path, n).Over;
    }

    private static void Velocities(PlainScratch path, int n, Span<float> f)
    {
        int m = Turns(path, n);
        Span<float> turns = path.A.AsSpan(0, m);
        f[(int)SpeedTurnCorrelation] = (float)PlainSeries.Correlation(turns, path.B.AsSpan(0, m));
        f[(int)GridTurnMean] = (float)PlainSeries.Mean(turns);
        turns.Sort();
        f[(int)GridTurnP90] = (float)PlainSeries.Quantile(turns, 0.9);
    }

    /// <summary>
    /// |turns| between successive velocities into A, their smaller speed into B; where both are over a twentieth of the
    /// mean.
    /// </summary>
    private static int Turns(PlainScratch path, int n)
    {
        float mean = 0;
        for (int j = 0; j + 1 < n; j++)
        {
            mean += Length(path, j) / (n - 1);
        }

        int m = 0;
        for (int j = 0; j + 2 < n; j++)
        {
            float first = Length(path, j),
                second = Length(path, j + 1),
                slower = Math.Min(first, second);
            if (slower > 0.05f * mean)
            {
                float ax = path.GridX[j + 1] - path.GridX[j],
                    ay = path.GridY[j + 1] - path.GridY[j];
                float bx = path.GridX[j + 2] - path.GridX[j + 1],
                    by = path.GridY[j + 2] - path.GridY[j + 1];
                path.A[m] = Math.Abs(PlainSeries.Turn(ax, ay, bx, by));
                path.B[m++] = slower;
            }
        }

        return m;
    }

    private static float Length(PlainScratch path, int j)
    {
        float dx = path.GridX[j + 1] - path.GridX[j],
            dy = path.GridY[j + 1] - path.GridY[j];
        return MathF.Sqrt((dx * dx) + (dy * dy));
    }

    /// <summary>
    /// Speed falls as curvature to the third in drawing hands (P. Viviani, T. Flash, 1995): the slope of log speed on
    /// log curvature, by central differences, where the hand moves over a tenth of the mean speed and turns.
    /// </summary>
    private static void PowerLaw(PlainScratch path, int n, Span<float> f)
    {
        double mean = 0;
        for (int j = 0; j + 1 < n; j++)
        {
            mean += Length(path, j) / (n - 1);
        }

        int m = 0;
        for (int j = 1; j + 1 < n; j++)
        {
            double vx = (path.GridX[j + 1] - path.GridX[j - 1]) / 2,
                vy = (path.GridY[j + 1] - path.GridY[j - 1]) / 2;
            double ax = path.GridX[j + 1] - (2 * path.GridX[j]) + path.GridX[j - 1];
            double ay = path.GridY[j + 1] - (2 * path.GridY[j]) + path.GridY[j - 1];
            double speed = Math.Sqrt((vx * vx) + (vy * vy)),
                cross = Math.Abs((vx * ay) - (vy * ax));
            if (speed > 0.1 * mean && cross > 0.02 * speed)
            {
                path.A[m] = (float)Math.Log(cross / (speed * speed * speed));
                path.B[m++] = (float)Math.Log(speed);
            }
        }

        var (slope, correlation) = m >= 4 ? PlainSeries.Regression(path.A.AsSpan(0, m), path.B.AsSpan(0, m)) : (0, 0);
        f[(int)PowerLawSlope] = (float)slope;
        f[(int)PowerLawCorrelation] = (float)correlation;
    }

    /// <summary>Second differences of position, along the local direction and across it.</summary>
    private static (float Over, float KurtosisN, float KurtosisT, float AutoN, float AutoT, float Ratio) Accelerations(
        PlainScratch path,
        int n
    )
    {
        int m = 0;
        double speeds = 0;
        for (int j = 1; j + 1 < n; j++)
        {
            float vx = path.GridX[j + 1] - path.GridX[j - 1],
                vy = path.GridY[j + 1] - path.GridY[j - 1];
            float ax = path.GridX[j + 1] - (2 * path.GridX[j]) + path.GridX[j - 1];
            float ay = path.GridY[j + 1] - (2 * path.GridY[j]) + path.GridY[j - 1];
            float speed = MathF.Sqrt((vx * vx) + (vy * vy));
            (float ux, float uy) = speed > 0 ? (vx / speed, vy / speed) : (1, 0);
            path.A[m] = (ax * uy) - (ay * ux);
            path.B[m++] = (ax * ux) + (ay * uy);
            speeds += speed * speed / 4;
        }

        ReadOnlySpan<float> normal = path.A.AsSpan(0, m),
            tangent = path.B.AsSpan(0, m);
        double rmsN = PlainSeries.Rms(normal),
            rmsT = PlainSeries.Rms(tangent);
        return (
            (float)PlainSeries.Over(Math.Sqrt((rmsN * rmsN) + (rmsT * rmsT)), Math.Sqrt(speeds / Math.Max(1, m)), 20),
            (float)PlainSeries.Standardised(normal, 4),
            (float)PlainSeries.Standardised(tangent, 4),
            (float)PlainSeries.Autocorrelation(normal, 1),
            (float)PlainSeries.Autocorrelation(tangent, 1),
            (float)PlainSeries.Over(rmsN, rmsT + 0.05, 20)
        );
    }
}
