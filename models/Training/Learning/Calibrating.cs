using Models.Scoring;

namespace Models.Training.Learning;

/// <summary>Fits a monotone calibration to scores of rows left out of training.</summary>
public static class Calibrating
{
    private const int Knots = 12;

    /// <summary>Computes the log-odds of the label in bins of equal size (adding one case of either label, so that no
    /// bin is certain), makes them ascend by pooling adjacent bins (M. Ayer et al., 1955), and interpolates
    /// linearly.</summary>
    public static Calibration Fit(IReadOnlyList<float> raw, IReadOnlyList<bool> positive)
    {
        int[] order = [.. Enumerable.Range(0, raw.Count).OrderBy(i => raw[i])];
        var pools = new List<(double Raw, double Positive, double Count)>();
        for (int k = 0; k < Knots; k++)
        {
            int from = (int)((long)order.Length * k / Knots),
                to = (int)((long)order.Length * (k + 1) / Knots);
            if (to > from)
            {
                int[] part = order[from..to];
                pools.Add((part.Sum(i => (double)raw[i]), part.Count(i => positive[i]), part.Length));
            }

            while (pools.Count > 1 && LogOdds(pools[^1]) <= LogOdds(pools[^2]) + 1e-3)
            {
                var (a, b) = (pools[^2], pools[^1]);
                pools.RemoveRange(pools.Count - 2, 2);
                pools.Add((a.Raw + b.Raw, a.Positive + b.Positive, a.Count + b.Count));
            }
        }

        if (pools.Count < 2 || pools[^1].Raw / pools[^1].Count - (pools[0].Raw / pools[0].Count) < 1e-3)
        {
            return Calibration.Platt(1, 0);
        }

        var knots = pools.Select(p => ((float)(p.Raw / p.Count), (float)LogOdds(p))).ToList();
        for (int i = knots.Count - 1; i > 0; i--)
        {
            if (knots[i].Item1 <= knots[i - 1].Item1)
            {
                knots.RemoveAt(i);
            }
        }

        return knots.Count >= 2
            ? new Calibration([.. knots.Select(k => k.Item1)], [.. knots.Select(k => k.Item2)])
            : Calibration.Platt(1, 0);
    }

    private static double LogOdds((double Raw, double Positive, double Count) pool) =>
        Math.Log((pool.Positive + 1) / (pool.Count - pool.Positive + 1));
}
