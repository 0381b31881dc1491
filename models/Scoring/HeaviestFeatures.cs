namespace Models.Scoring;

/// <summary>Finds the features that weighed most in a score.</summary>
public static class HeaviestFeatures
{
    /// <summary>Lists features by their contributions to a score, heaviest first.</summary>
    /// <param name="weights">The contribution of each feature, in log-odds.</param>
    /// <param name="heaviest">Receives as many columns as fit.</param>
    /// <param name="raising">True for features that raise the score, false for those that lower it.</param>
    /// <returns>The number of columns; less than the capacity if fewer features weigh to that side.</returns>
    public static int Of(ReadOnlySpan<float> weights, Span<int> heaviest, bool raising)
    {
        int count = 0;
        while (count < heaviest.Length)
        {
            int best = -1;
            float most = 0;
            for (int f = 0; f < weights.Length; f++)
            {
                float weight = raising ? weights[f] : -weights[f];
                if (weight > most && !heaviest[..count].Contains(f))
                {
                    (best, most) = (f, weight);
                }
            }

            if (best < 0)
            {
                break;
            }

            heaviest[count++] = best;
        }

        return count;
    }
}
