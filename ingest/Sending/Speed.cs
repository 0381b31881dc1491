using System.Globalization;

namespace Ingest.Sending;

/// <summary>How fast event time passes while events are sent: <c>1</c> is real time, <c>max</c> is as fast as the
/// broker accepts them.</summary>
public readonly record struct Speed(double Factor)
{
    /// <summary>No waiting between events.</summary>
    public static readonly Speed Max = new(double.PositiveInfinity);

    public bool IsMax => double.IsPositiveInfinity(Factor);

    /// <summary>Parses <c>max</c> or a number above 0, optionally followed by <c>x</c>.</summary>
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

    /// <summary>Gets the shift of all times that makes the last event's time the moment when it is sent. At real time
    /// and slower, where that would be far in the future, the first event's time is used instead.</summary>
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
