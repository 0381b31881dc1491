namespace Engine.Pipeline.Windows;

/// <summary>Values by rank, without sorting them all.</summary>
internal static class Ranked
{
    /// <summary>The value that would stand at <paramref name="rank"/> (from 0) were they sorted; moves them about (quickselect, Hoare 1961).</summary>
    public static long At(Span<long> values, int rank)
    {
        int low = 0, high = values.Length - 1;
        while (low < high)
        {
            long pivot = values[(int)(((uint)low + (uint)high) / 2)];
            int left = low, right = high;
            while (left <= right)
            {
                while (values[left] < pivot) left++;
                while (values[right] > pivot) right--;
                if (left > right) break;
                (values[left], values[right]) = (values[right], values[left]);
                left++;
                right--;
            }
            if (rank <= right) high = right;
            else if (rank >= left) low = left;
            else break;
        }
        return values[rank];
    }
}
