namespace Models.Training.Learning;

/// <summary>Quality measures of scores: ranking, recall at a false-positive rate, calibration.</summary>
public static class Curves
{
    /// <summary>Computes the area under the ROC curve: the probability that a positive scores above a negative; ties
    /// count half.</summary>
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

    /// <summary>Finds the lowest score such that at most a given share of negatives is at or above it.</summary>
    public static double CutOff(IReadOnlyList<double> negatives, double falsePositives)
    {
        double[] n = [.. negatives.OrderDescending()];
        int may = (int)Math.Floor(falsePositives * n.Length);
        return may >= n.Length ? n[^1] : Math.BitIncrement(n[may]);
    }

    /// <summary>Computes the share of scores at or above a cut-off.</summary>
    public static double Over(IReadOnlyList<double> scores, double cutOff) =>
        scores.Count == 0 ? double.NaN : (double)scores.Count(s => s >= cutOff) / scores.Count;

    /// <summary>Computes the recall at a share of false positives.</summary>
    public static double Recall(
        IReadOnlyList<double> negatives,
        IReadOnlyList<double> positives,
        double falsePositives
    ) => Over(positives, CutOff(negatives, falsePositives));

    /// <summary>Computes the 95 % interval of a share (E. Wilson, 1927).</summary>
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
