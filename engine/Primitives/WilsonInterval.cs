namespace Engine.Primitives;

/// <summary>Wilson's score interval of a share at 95 % (E. B. Wilson, 1927), which also holds for few cases and for
/// shares near 0 or 1.</summary>
public static class WilsonInterval
{
    /// <summary>The normal distribution's quantile of 97.5 %.</summary>
    private const double Z = 1.959964;

    /// <summary>The interval of a share, 0 to 1.</summary>
    /// <param name="of">The number of cases, above 0.</param>
    public static (double Low, double High) Of(long hits, long of)
    {
        double share = hits / (double)of,
            z2 = Z * Z / of,
            middle = (share + z2 / 2) / (1 + z2),
            half = Z / (1 + z2) * Math.Sqrt(share * (1 - share) / of + z2 / (4 * of));
        return (Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}
