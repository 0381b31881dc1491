namespace Models.Tests.Plain;

/// <summary>Statistics of short series; of an empty or constant one 0, so that no feature is ever NaN.</summary>
internal static class PlainSeries
{
    private const double Epsilon = 1e-9;

    public static double Mean(ReadOnlySpan<float> v)
    {
        double sum = 0;
        foreach (float x in v)
        {
            sum += x;
        }

        return v.IsEmpty ? 0 : sum / v.Length;
    }

    /// <summary>Central moment of an order, not standardised.</summary>
    public static double Moment(ReadOnlySpan<float> v, double mean, int order)
    {
        double sum = 0;
        foreach (float x in v)
        {
            double d = x - mean,
                p = d * d;
            sum += order switch
            {
                2 => p,
                3 => p * d,
                _ => p * p,
            };
        }

        return v.IsEmpty ? 0 : sum / v.Length;
    }

    public static double Std(ReadOnlySpan<float> v) => Math.Sqrt(Moment(v, Mean(v), 2));

    /// <summary>Third or fourth moment over the matching power of the standard deviation.</summary>
    public static double Standardised(ReadOnlySpan<float> v, int order)
    {
        double mean = Mean(v),
            variance = Moment(v, mean, 2);
        return variance < Epsilon ? 0 : Moment(v, mean, order) / Math.Pow(variance, order / 2.0);
    }

    public static double Rms(ReadOnlySpan<float> v)
    {
        double sum = 0;
        foreach (float x in v)
        {
            sum += (double)x * x;
        }

        return v.IsEmpty ? 0 : Math.Sqrt(sum / v.Length);
    }

    public static double Autocorrelation(ReadOnlySpan<float> v, int lag)
    {
        double mean = Mean(v),
            variance = 0,
            both = 0;
        for (int i = 0; i < v.Length; i++)
        {
            variance += (v[i] - mean) * (v[i] - mean);
            both += i >= lag ? (v[i] - mean) * (v[i - lag] - mean) : 0;
        }

        return variance < Epsilon ? 0 : both / variance;
    }

    public static double Correlation(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Regression(a, b).Correlation;

    /// <summary>Least squares of b on a, and their correlation (Pearson).</summary>
    public static (double Slope, double Correlation) Regression(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double ma = Mean(a),
            mb = Mean(b),
            aa = 0,
            bb = 0,
            ab = 0;
        for (int i = 0; i < a.Length; i++)
        {
            aa += (a[i] - ma) * (a[i] - ma);
            bb += (b[i] - mb) * (b[i] - mb);
            ab += (a[i] - ma) * (b[i] - mb);
        }

        return aa < Epsilon || bb < Epsilon ? (0, 0) : (ab / aa, ab / Math.Sqrt(aa * bb));
    }

    /// <summary>The value at a share of a sorted series.</summary>
    public static double Quantile(ReadOnlySpan<float> sorted, double share)
    {
        if (sorted.IsEmpty)
        {
            return 0;
        }

        double at = share * (sorted.Length - 1);
        int i = (int)at;
        return i + 1 < sorted.Length ? sorted[i] + ((at - i) * (sorted[i + 1] - sorted[i])) : sorted[^1];
    }

    /// <summary>The angle from a to b, rad; pi where b goes straight back, whatever the sign of the 0 across.</summary>
    public static float Turn(float ax, float ay, float bx, float by) =>
        MathF.Atan2((ax * by) - (ay * bx) + 0f, (ax * bx) + (ay * by));

    /// <summary>a / b within 0 to <paramref name="most"/>; 0 if there is no b.</summary>
    public static double Over(double a, double b, double most = 100) =>
        Math.Abs(b) < Epsilon ? 0 : Math.Clamp(a / b, -most, most);
}
