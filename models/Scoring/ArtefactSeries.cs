namespace Models.Scoring;

/// <summary>What the artefact's training found about several paths of one visitor. Their mean log-odds is compared with
/// a limit that falls with their number: that of many paths, plus the evidence that one or two paths owe (A. Wald,
/// "Sequential tests of statistical hypotheses", 1945).</summary>
/// <param name="Usual">The median log-odds of people's paths.</param>
/// <param name="Limit">The mean log-odds that many paths of people hardly ever exceed.</param>
public sealed record ArtefactSeries(double Usual, double Limit)
{
    /// <summary>The number of usual people's paths that a series is taken to have had before its first.</summary>
    public const int Before = 2;

    /// <summary>The largest log-odds, of either sign, that one path contributes: no single path decides.</summary>
    public const double Largest = 6;

    /// <summary>Gets the probability that paths are a program's, by their mean log-odds with the usual ones added: one
    /// path alone says little.</summary>
    /// <param name="sum">The sum of their log-odds, each bounded.</param>
    /// <param name="paths">Their number.</param>
    public double Probability(double sum, int paths) =>
        Calibration.ProbabilityOf((sum + (Before * Usual)) / (paths + Before));

    /// <summary>Bounds the log-odds of one path.</summary>
    public static double Bounded(double logOdds) => Math.Clamp(logOdds, -Largest, Largest);

    /// <summary>Gets the limit on the mean log-odds of some paths.</summary>
    /// <param name="paths">The number of paths, at least 1.</param>
    /// <param name="limit">A limit to use in place of the artefact's; 0 for none.</param>
    public double LimitOf(int paths, double limit = 0)
    {
        double many = limit > 0 ? limit : Limit;
        return many + (Before * (many - Usual) / Math.Max(1, paths));
    }
}
