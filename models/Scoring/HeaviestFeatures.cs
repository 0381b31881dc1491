namespace Models.Scoring;

/// <summary>Finds the features that weighed most in a score.</summary>
public static class HeaviestFeatures
{
    /// <summary>Lists features by their contributions to a score, heaviest first; of equal ones the first
    /// first.</summary>
    /// <param name="weights">The contribution of each feature, in log-odds.</param>
    /// <param name="heaviest">Receives as many columns as fit; at least one.</param>
    /// <param name="raising">True for features that raise the score, false for those that lower it.</param>
    /// <returns>The number of columns; less than the capacity if fewer features weigh to that side.</returns>
    public static int Of(ReadOnlySpan<float> weights, Span<int> heaviest, bool raising)
    {
        Span<float> most = stackalloc float[heaviest.Length];
        int count = 0;
        for (int f = 0; f < weights.Length; f++)
        {
            float weight = raising ? weights[f] : -weights[f];
            if (weight <= 0 || (count == heaviest.Length && weight <= most[count - 1]))
            {
                continue;
            }

            int at = Math.Min(count, heaviest.Length - 1);
            for (; at > 0 && weight > most[at - 1]; at--)
            {
                (most[at], heaviest[at]) = (most[at - 1], heaviest[at - 1]);
            }

            (most[at], heaviest[at]) = (weight, f);
            count = Math.Min(count + 1, heaviest.Length);
        }

        return count;
    }
}
