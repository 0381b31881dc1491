using System.Text.Json.Serialization;

namespace Models.Scoring;

/// <summary>
/// From a raw score to a probability: straight pieces from knot to knot in log-odds, the end pieces' slopes beyond
/// them. Every slope is greater than 0, so the order of scores is the order of probabilities and never ties at an end
/// (isotonic steps would).
/// </summary>
public sealed class Calibration
{
    /// <param name="raw">Raw scores of the knots, strictly ascending, 2 or more.</param>
    /// <param name="logOdds">Calibrated log-odds at the knots, strictly ascending.</param>
    /// <exception cref="ArtefactException">Knots that don't ascend.</exception>
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

    /// <summary>Raw scores of the knots.</summary>
    public float[] Raw { get; }

    /// <summary>Calibrated log-odds at the knots.</summary>
    public float[] LogOdds { get; }

    /// <summary>
    /// The line with this slope and height (J. Platt, "Probabilistic outputs for support vector machines", 1999).
    /// </summary>
    public static Calibration Platt(double slope, double intercept) =>
        new([-1, 1], [(float)(intercept - slope), (float)(intercept + slope)]);

    /// <summary>The probability of label 1, within 0 to 1; rises with the raw score.</summary>
    /// <param name="raw">The forest's raw score.</param>
    public double Probability(float raw)
    {
        int i = 1;
        while (i < Raw.Length - 1 && raw > Raw[i])
        {
            i++;
        }

        double slope = ((double)LogOdds[i] - LogOdds[i - 1]) / ((double)Raw[i] - Raw[i - 1]);
        return 1 / (1 + Math.Exp(-(LogOdds[i - 1] + (slope * ((double)raw - Raw[i - 1])))));
    }
}
