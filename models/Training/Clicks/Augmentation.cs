using Engine.Pipeline.Features;

namespace Models.Training.Clicks;

/// <summary>Varies rows as if busier networks had sent them: the generator's world is small. The variation never
/// depends on a row's label, so it can't become a sign of fraud.</summary>
internal sealed class Augmentation(int seed)
{
    private const double BusyShare = 0.5,
        ForgottenShare = 0.4;

    /// <summary>The maximum factor by which a carrier's address has more clicks than a household's
    /// (log-uniform).</summary>
    private const double BusiestFactor = 300;

    private readonly Random _random = new(seed);

    public float[] Of(ReadOnlySpan<float> row)
    {
        float[] other = row.ToArray();
        if (Draw(BusyShare))
        {
            Scale(other, ClickFeature.IpGap, ClickFeature.Ip60, ClickFeature.Ip600, ClickFeature.Ip3600);
        }

        if (Draw(BusyShare))
        {
            Scale(
                other,
                null,
                ClickFeature.Network60,
                ClickFeature.Network600,
                ClickFeature.Network3600,
                ClickFeature.StandingNetworkClicks
            );
        }

        if (Draw(ForgottenShare))
        {
            Set(
                other,
                ClickFeatures.Unknown,
                ClickFeature.StandingNetwork,
                ClickFeature.StandingVisitor,
                ClickFeature.PublisherShare
            );
            Set(other, 0, ClickFeature.StandingNetworkClicks);
        }
        return other;
    }

    private bool Draw(double share) => _random.NextDouble() < share;

    private static void Set(float[] row, float value, params ReadOnlySpan<ClickFeature> features)
    {
        foreach (ClickFeature feature in features)
        {
            row[(int)feature] = value;
        }
    }

    private void Scale(float[] row, ClickFeature? gap, params ReadOnlySpan<ClickFeature> counts)
    {
        float factor = (float)Math.Pow(BusiestFactor, _random.NextDouble());
        foreach (ClickFeature count in counts)
        {
            row[(int)count] = MathF.Round(row[(int)count] * factor);
        }

        if (gap is { } shorter)
        {
            row[(int)shorter] /= factor;
        }
    }
}
