namespace Models.Training.Learning;

/// <summary>What scores are worth: ranking, recall at a share of false positives, calibration.</summary>
public static class Curves
{
    /// <summary>Area under the ROC curve: the probability that a positive scores above a negative, ties half.</summary>
    public static double Auc(IReadOnlyList<double> negatives, IReadOnlyList<double> positives)
    {
        double[] n = [.. negatives.Order()];
        double sum = 0;
        foreach (double p in positives)
        {
            sum += (Below(n, p, false) + Below(n, p, true)) / 2.0;
        }

        return n.Length == 0 || positives.Count == 0 ? double.NaN : sum / n.Length / positives.Count;
    }

    /// <summary>The least score at or above which at most this share of negatives lies.</summary>
    public static double CutOff(IReadOnlyList<double> negatives, double falsePositives)
    {
        double[] n = [.. negatives.OrderDescending()];
        int may = (int)Math.Floor(falsePositives * n.Length);
        return may >= n.Length ? n[^1] : Math.BitIncrement(n[may]);
    }

    /// <summary>Share of scores at or above a cut-off.</summary>
    public static double Over(IReadOnlyList<double> scores, double cutOff) =>
        scores.Count == 0 ? double.NaN : (double)scores.Count(s => s >= cutOff) / scores.Count;

    /// <summary>Recall at a share of false positives.</summary>
    public static double Recall(
        IReadOnlyList<double> negatives,
        IReadOnlyList<double> positives,
        double falsePositives
    ) => Over(positives, CutOff(negatives, falsePositives));

    /// <summary>95 % interval of a share (E. Wilson, 1927).</summary>
    public static (double Low, double High) Wilson(double share, int n)
    {
        const double Z = 1.96;
        double middle = (share + (Z * Z / (2 * n))) / (1 + (Z * Z / n));
        double half = Z / (1 + (Z * Z / n)) * Math.Sqrt((share * (1 - share) / n) + (Z * Z / (4.0 * n * n)));
        return n == 0 ? (0, 1) : (Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    private static int Below(double[] sorted, double value, bool orEqual)
    {
        int low = 0,
            high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) =
                sorted[middle] < value || (orEqual && sorted[middle] == value) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
