namespace Ingest.Generate.Movement;

/// <summary>
/// One sub-movement of the sigma-lognormal model (Plamondon 1995; O'Reilly and Plamondon 2009): its speed is a
/// lognormal of time, its direction turns with the way covered, so it runs along an arc of a circle. Strokes overlap,
/// and their displacements add up.
/// </summary>
/// <param name="Start">When it begins, ms.</param>
/// <param name="Duration">When 99.5 % of it is done, ms.</param>
/// <param name="Sigma">The lognormal's width: small is symmetric, large rises fast and dies slowly. People: 0.15 to
/// 0.45.</param>
/// <param name="Dx">Displacement at its end, pixels.</param>
/// <param name="Dy">Displacement at its end, pixels.</param>
/// <param name="Turn">By how much the direction turns, radians.</param>
internal readonly record struct Stroke(double Start, double Duration, double Sigma, double Dx, double Dy, double Turn)
{
    /// <summary>The standard normal's 99.5 % point.</summary>
    private const double AtEnd = 2.576;

    /// <summary>Later than so many durations the rest is less than a thousandth.</summary>
    private const double Over = 1.5;

    private readonly double _mu = Math.Log(Duration) - AtEnd * Sigma;
    private readonly double _from = Math.Atan2(Dy, Dx) - Turn / 2;

    // An arc whose chord is (Dx, Dy): it leaves half the turn to one side and arrives half to the other.
    private readonly double _radius = Math.Sqrt(Dx * Dx + Dy * Dy) / (2 * Math.Sin(Turn / 2));

    /// <summary>How far it has gone at a time.</summary>
    internal (double X, double Y) At(double t)
    {
        if (t <= Start)
        {
            return (0, 0);
        }

        if (t >= Start + Over * Duration)
        {
            return (Dx, Dy);
        }

        double part = Phi((Math.Log(t - Start) - _mu) / Sigma);
        if (Math.Abs(Turn) < 1e-3)
        {
            return (part * Dx, part * Dy);
        }

        double now = _from + part * Turn;
        return (_radius * (Math.Sin(now) - Math.Sin(_from)), _radius * (Math.Cos(_from) - Math.Cos(now)));
    }

    /// <summary>The standard normal's distribution: Abramowitz and Stegun 26.2.17, error below 7.5e-8.</summary>
    private static double Phi(double z)
    {
        double k = 1 / (1 + 0.2316419 * Math.Abs(z));
        double tail =
            0.3989422804014327
            * Math.Exp(-z * z / 2)
            * k
            * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))));
        return z >= 0 ? 1 - tail : tail;
    }
}
