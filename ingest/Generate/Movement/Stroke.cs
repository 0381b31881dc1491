namespace Ingest.Generate.Movement;

/// <summary>One sub-movement of the sigma-lognormal model (Plamondon 1995; O'Reilly and Plamondon 2009). Its speed is a
/// lognormal function of time, and its direction turns with the distance covered, so it follows a circular arc. Strokes
/// overlap, and their displacements add up.</summary>
/// <param name="Start">The start time, in ms.</param>
/// <param name="Duration">The time until 99.5 % of the stroke is done, in ms.</param>
/// <param name="Sigma">The lognormal's width: a small one is symmetric, a large one rises fast and decays slowly.
/// People: 0.15 to 0.45.</param>
/// <param name="Dx">The total horizontal displacement, in pixels.</param>
/// <param name="Dy">The total vertical displacement, in pixels.</param>
/// <param name="Turn">The angle by which the direction turns, in radians.</param>
internal readonly record struct Stroke(double Start, double Duration, double Sigma, double Dx, double Dy, double Turn)
{
    /// <summary>The 99.5th percentile of the standard normal distribution.</summary>
    private const double AtEnd = 2.576;

    /// <summary>The number of durations after which less than a thousandth of the stroke remains.</summary>
    private const double Over = 1.5;

    private readonly double _mu = Math.Log(Duration) - AtEnd * Sigma;
    private readonly double _from = Math.Atan2(Dy, Dx) - Turn / 2;

    // An arc with the chord (Dx, Dy): it deviates by half the turn at either end.
    private readonly double _radius = Math.Sqrt(Dx * Dx + Dy * Dy) / (2 * Math.Sin(Turn / 2));

    /// <summary>Gets the displacement at a time.</summary>
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

    /// <summary>The standard normal distribution function: Abramowitz and Stegun 26.2.17, error below 7.5e-8.</summary>
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
