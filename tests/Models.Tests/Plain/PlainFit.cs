namespace Models.Tests.Plain;

/// <summary>
/// Residuals of least-squares polynomials through 32 evenly spaced values, by an orthonormal basis made once
/// (Gram-Schmidt on powers). Bezier curves are cubics, minimum jerk is a quintic in time: what a formula drew leaves
/// almost no residual, a hand does.
/// </summary>
internal static class PlainFit
{
    public const int Points = 32;
    public const int Degrees = 8;

    private static readonly double[][] Basis = MakeBasis();

    /// <summary>Root mean square distance from the polynomials of each degree up to 7, in the values' unit.</summary>
    public static void Residuals(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<double> byDegree)
    {
        Span<double> dx = stackalloc double[Points],
            dy = stackalloc double[Points];
        for (int i = 0; i < Points; i++)
        {
            dx[i] = x[i];
            dy[i] = y[i];
        }

        for (int degree = 0; degree < Degrees; degree++)
        {
            Project(Basis[degree], dx);
            Project(Basis[degree], dy);
            double sum = 0;
            for (int i = 0; i < Points; i++)
            {
                sum += (dx[i] * dx[i]) + (dy[i] * dy[i]);
            }

            byDegree[degree] = Math.Sqrt(sum / Points);
        }
    }

    private static void Project(double[] basis, Span<double> values)
    {
        double dot = 0;
        for (int i = 0; i < Points; i++)
        {
            dot += basis[i] * values[i];
        }

        for (int i = 0; i < Points; i++)
        {
            values[i] -= dot * basis[i];
        }
    }

    private static double[][] MakeBasis()
    {
        var basis = new double[Degrees][];
        for (int degree = 0; degree < Degrees; degree++)
        {
            var power = new double[Points];
            for (int i = 0; i < Points; i++)
            {
                power[i] = Math.Pow((2.0 * i / (Points - 1)) - 1, degree);
            }

            // twice, for the digits
            for (int round = 0; round < 2; round++)
            {
                for (int lower = 0; lower < degree; lower++)
                {
                    Project(basis[lower], power);
                }
            }

            double norm = Math.Sqrt(power.Sum(p => p * p));
            basis[degree] = [.. power.Select(p => p / norm)];
        }

        return basis;
    }
}
