namespace Engine.Primitives;

/// <summary>Selects values by rank without sorting.</summary>
public static class QuickSelect
{
    /// <summary>Gets the value that would be at <paramref name="rank"/> (from 0) in sorted order. Reorders the values:
    /// lower ones move before that rank. Quickselect (Hoare 1961) with Lomuto's branch-free partition, as the
    /// comparisons are unpredictable. No value may be <see cref="long.MaxValue"/>.</summary>
    public static long At(Span<long> values, int rank)
    {
        while (true)
        {
            long pivot = MedianOf(values[0], values[values.Length / 2], values[^1]);
            int below = Partition(values, pivot);
            if (rank < below)
            {
                values = values[..below];
                continue;
            }
            values = values[below..];
            rank -= below;
            int notAbove = Partition(values, pivot + 1);
            if (rank < notAbove)
            {
                return pivot;
            }

            values = values[notAbove..];
            rank -= notAbove;
        }
    }

    /// <summary>Counts the values below a bound.</summary>
    public static int CountBelow(this ReadOnlySpan<long> values, long bound)
    {
        int count = 0;
        foreach (long value in values)
        {
            count += value < bound ? 1 : 0;
        }

        return count;
    }

    /// <summary>Moves the values below a bound to the front. Returns their number.</summary>
    private static int Partition(Span<long> values, long bound)
    {
        int below = 0;
        for (int i = 0; i < values.Length; i++)
        {
            long value = values[i];
            values[i] = values[below];
            values[below] = value;
            below += value < bound ? 1 : 0;
        }
        return below;
    }

    private static long MedianOf(long a, long b, long c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
