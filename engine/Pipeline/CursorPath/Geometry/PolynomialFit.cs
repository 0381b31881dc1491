using System.Runtime.Intrinsics;

namespace Engine.Pipeline.CursorPath.Geometry;

/// <summary>Residuals of least-squares polynomials through 32 evenly spaced values. Uses an orthonormal basis computed
/// once (Gram-Schmidt on powers): the residual is the values' sum of squares minus the squares of their coefficients.
/// Bezier curves are cubics and minimum jerk is a quintic in time, so a formula's path leaves almost no residual, but a
/// hand's does.</summary>
internal static class PolynomialFit
{
    public const int Points = 32;
    public const int Degrees = 8;

    /// <summary>For each point, the values of the polynomials of degree 0 to 7.</summary>
    private static readonly Vector512<double>[] Basis = MakeBasis();

    /// <summary>Adds the sums of squared distances from the polynomials of each degree up to 7 to
    /// <paramref name="byDegree"/>.</summary>
    /// <param name="values">The first <see cref="Points"/> values are used.</param>
    /// <param name="byDegree"><see cref="Degrees"/> sums.</param>
    public static void AddResiduals(float[] values, Span<double> byDegree)
    {
        // two sums of each kind, to break the dependency chain
        Vector512<double> even = Vector512<double>.Zero,
            odd = even;
        double evenSquares = 0,
            oddSquares = 0,
            first = values[0];
        Vector512<double>[] basis = Basis;
        for (int i = 0; i < basis.Length - 1; i += 2)
        {
            // relative to the first value: a common part leaves no residual, but costs precision
            double value = values[i] - first,
                next = values[i + 1] - first;
            even += basis[i] * Vector512.Create(value);
            odd += basis[i + 1] * Vector512.Create(next);
            evenSquares += value * value;
            oddSquares += next * next;
        }

        Vector512<double> coefficients = even + odd;
        double squares = evenSquares + oddSquares;
        for (int degree = 0; degree < Degrees; degree++)
        {
            squares = Math.Max(0, squares - (coefficients[degree] * coefficients[degree]));
            byDegree[degree] += squares;
        }
    }

    /// <summary>The root mean square distance, from a sum of squares.</summary>
    public static float Distance(double squares) => (float)Math.Sqrt(squares / Points);

    private static Vector512<double>[] MakeBasis()
    {
        var byDegree = new double[Degrees][];
        for (int degree = 0; degree < Degrees; degree++)
        {
            double[] power =
            [
                .. Enumerable.Range(0, Points).Select(i => Math.Pow((2.0 * i / (Points - 1)) - 1, degree)),
            ];
            // twice, for precision
            for (int round = 0; round < 2; round++)
            {
                for (int lower = 0; lower < degree; lower++)
                {
                    double dot = power.Zip(byDegree[lower], (p, b) => p * b).Sum();
                    power = [.. power.Zip(byDegree[lower], (p, b) => p - (dot * b))];
                }
            }

            double norm = Math.Sqrt(power.Sum(p => p * p));
            byDegree[degree] = [.. power.Select(p => p / norm)];
        }

        return [.. Enumerable.Range(0, Points).Select(i => Vector512.Create(byDegree.Select(b => b[i]).ToArray()))];
    }
}
