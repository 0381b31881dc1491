using System.Numerics;

namespace Engine.Primitives;

/// <summary>Counts durations in microseconds, with 16 buckets per doubling, so a quantile is off by at most 6 %. One
/// writer, any number of readers.</summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 4,
        Buckets = (40 - SubBits + 1) << SubBits;

    private readonly long[] _counts = new long[Buckets];

    public void Add(long microseconds, long count = 1) =>
        _counts[Index(Math.Clamp(microseconds, 0, (1L << 40) - 1))] += count;

    /// <summary>Adds all counts to another histogram.</summary>
    public void AddTo(LatencyHistogram sum)
    {
        for (int i = 0; i < Buckets; i++)
        {
            sum._counts[i] += _counts[i];
        }
    }

    public long Count => _counts.Sum();

    /// <summary>Gets the duration in microseconds below which a share of all durations lies; 0 if there are
    /// none.</summary>
    public long Quantile(double share)
    {
        long all = Count,
            below = 0;
        if (all == 0)
        {
            return 0;
        }

        for (int i = 0; i < Buckets; i++)
        {
            below += _counts[i];
            if (below >= share * all)
            {
                return Upper(i);
            }
        }
        return Upper(Buckets - 1);
    }

    public void Clear() => Array.Clear(_counts);

    private static int Index(long value)
    {
        if (value < 1 << SubBits)
        {
            return (int)value;
        }

        int exponent = BitOperations.Log2((ulong)value);
        return (exponent - SubBits + 1 << SubBits) + (int)(value >> exponent - SubBits & (1 << SubBits) - 1);
    }

    private static long Upper(int index)
    {
        if (index < 1 << SubBits)
        {
            return index;
        }

        int exponent = (index >> SubBits) + SubBits - 1;
        return (1L << exponent) + ((long)(index & (1 << SubBits) - 1) + 1 << exponent - SubBits);
    }
}
