using System.Globalization;

namespace Ingest.Sending;

/// <summary>
/// How fast event time passes while events are sent: <c>1</c> is as it happened, <c>max</c> as fast as the broker takes
/// them.
/// </summary>
public readonly record struct Speed(double Factor)
{
    /// <summary>No waiting between events.</summary>
    public static readonly Speed Max = new(double.PositiveInfinity);

    public bool IsMax => double.IsPositiveInfinity(Factor);

    /// <summary>Reads <c>max</c> or a number over 0, with or without an <c>x</c> behind it.</summary>
    public static bool TryParse(string text, out Speed speed)
    {
        speed = Max;
        if (text == "max")
        {
            return true;
        }

        ReadOnlySpan<char> number = text.AsSpan().TrimEnd('x');
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double factor))
        {
            return false;
        }

        speed = new Speed(factor);
        return double.IsFinite(factor) && factor > 0;
    }

    public override string ToString() => IsMax ? "max" : Factor.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// By how much all times are moved: the last event's time becomes the moment when it is sent; at real time and
    /// slower, where that lies in the far future, the first's.
    /// </summary>
    /// <param name="firstMs">The first event's time.</param>
    /// <param name="lastMs">The last event's time.</param>
    /// <param name="nowMs">The time when sending starts.</param>
    public long ShiftMs(long firstMs, long lastMs, long nowMs)
    {
        if (Factor <= 1)
        {
            return nowMs - firstMs;
        }

        return IsMax ? nowMs - lastMs : nowMs + (long)((lastMs - firstMs) / Factor) - lastMs;
    }
}
