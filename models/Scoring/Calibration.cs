using System.Text.Json.Serialization;

namespace Models.Scoring;

/// <summary>Maps a raw score to a probability: piecewise linear in log-odds between knots, extended beyond the ends
/// with the same slopes. Every slope is greater than 0, so probabilities keep the order of scores without ties at the
/// ends (isotonic steps would create them).</summary>
public sealed class Calibration
{
    /// <param name="raw">The raw scores of the knots, strictly ascending; at least 2.</param>
    /// <param name="logOdds">The calibrated log-odds at the knots, strictly ascending.</param>
    /// <exception cref="ArtefactException">The knots don't ascend strictly.</exception>
    [JsonConstructor]
    public Calibration(float[] raw, float[] logOdds)
    {
        bool good = raw is not null && logOdds is not null && raw.Length >= 2 && raw.Length == logOdds.Length;
        for (int i = 0; good && i < raw!.Length; i++)
        {
            good =
                float.IsFinite(raw[i])
                && float.IsFinite(logOdds![i])
                && (i == 0 || (raw[i] > raw[i - 1] && logOdds[i] > logOdds[i - 1]));
        }

        Raw = good
            ? raw!
            : throw new ArtefactException(
                "A calibration has 2 or more knots, finite and strictly ascending in raw score and in log-odds."
            );
        LogOdds = logOdds!;
    }

    /// <summary>The raw scores of the knots.</summary>
    public float[] Raw { get; }

    /// <summary>The calibrated log-odds at the knots.</summary>
    public float[] LogOdds { get; }

    /// <summary>Creates the line with a slope and an intercept (J. Platt, "Probabilistic outputs for support vector
    /// machines", 1999).</summary>
    public static Calibration Platt(double slope, double intercept) =>
        new([-1, 1], [(float)(intercept - slope), (float)(intercept + slope)]);

    /// <summary>Gets the probability of label 1, within 0 to 1; it rises with the raw score.</summary>
    /// <param name="raw">The raw score of the ensemble.</param>
    public double Probability(float raw) => ProbabilityOf(LogOddsOf(raw));

    /// <summary>Gets the probability of log-odds.</summary>
    public static double ProbabilityOf(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    /// <summary>Gets the log-odds of label 1.</summary>
    /// <param name="raw">The raw score of the ensemble.</param>
    public double LogOddsOf(float raw)
    {
        int i = 1;
        while (i < Raw.Length - 1 && raw > Raw[i])
        {
            i++;
        }

        double slope = ((double)LogOdds[i] - LogOdds[i - 1]) / ((double)Raw[i] - Raw[i - 1]);
        return LogOdds[i - 1] + (slope * ((double)raw - Raw[i - 1]));
    }
}
