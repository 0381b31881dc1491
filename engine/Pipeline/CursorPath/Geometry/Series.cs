using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Pipeline.CursorPath.Geometry;

/// <summary>Statistics of short series, 16 values at once. They are 0 for an empty or constant series, so that no
/// feature is ever NaN. A series is at the beginning of an array that is longer by at least a vector of arbitrary
/// values. Sums are in one order regardless of the machine's vectors (narrower ones emulate those of 16), so results
/// are equal on all.</summary>
internal static class Series
{
    /// <summary>The number of values in a vector.</summary>
    public const int Width = 16;

    /// <summary>How much longer arrays are than their series, so that whole vectors can be read and written at any
    /// index.</summary>
    public const int Padding = 2 * Width;

    private const float Epsilon = 1e-9f;

    /// <summary>The maximum length of series sorted by counting smaller values; for longer ones that is
    /// slower.</summary>
    private const int MaxCounted = 128;

    /// <summary>Creates an array for a series of up to <paramref name="capacity"/> values.</summary>
    public static float[] Room(int capacity) => new float[capacity + Padding];

    /// <summary>Loads the 16 values from <paramref name="at"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float[] v, int at)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)at, (uint)(v.Length - Width));
        return Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(v), (nuint)at);
    }

    /// <summary>Loads 16 values, with those at <paramref name="n"/> and beyond as 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float[] v, int at, int n) => Load(v, at) & Within(at, n);

    /// <summary>Stores 16 values from <paramref name="at"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, float[] v, int at)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)at, (uint)(v.Length - Width));
        values.StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(v), (nuint)at);
    }

    /// <summary>A mask of the lanes of the vector at <paramref name="at"/> that are before
    /// <paramref name="n"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Within(int at, int n) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(n - at)).AsSingle();

    /// <summary>The sum of 16 lanes, adding halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> v)
    {
        Vector256<float> eight = v.GetLower() + v.GetUpper();
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        Vector128<float> two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two[0] + two[1];
    }

    /// <summary>The greatest of 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Greatest(Vector512<float> v)
    {
        Vector256<float> eight = Vector256.Max(v.GetLower(), v.GetUpper());
        Vector128<float> four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        Vector128<float> two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Math.Max(two[0], two[1]);
    }

    /// <summary>The number of lanes set in a mask.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Count(Vector512<float> mask) => BitOperations.PopCount(mask.ExtractMostSignificantBits());

    public static float Sum(float[] v, int n)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (int i = 0; i < n; i += Width)
        {
            sum += Load(v, i, n);
        }

        return Sum(sum);
    }

    public static float Mean(float[] v, int n) => n > 0 ? Sum(v, n) / n : 0;

    /// <summary>The sum of squares.</summary>
    public static float Squares(float[] v, int n)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (int i = 0; i < n; i += Width)
        {
            Vector512<float> x = Load(v, i, n);
            sum += x * x;
        }

        return Sum(sum);
    }

    /// <summary>Writes deviations from the mean, followed by as many zeros as <see cref="Autocorrelation"/>
    /// reads.</summary>
    /// <returns>The sum of the deviations' squares.</returns>
    public static float Deviate(float[] v, int n, float mean, float[] deviations)
    {
        Vector512<float> sum = Vector512<float>.Zero,
            middle = Vector512.Create(mean);
        int i = 0;
        for (; i < n; i += Width)
        {
            Vector512<float> d = (Load(v, i) - middle) & Within(i, n);
            Store(d, deviations, i);
            sum += d * d;
        }

        Store(Vector512<float>.Zero, deviations, i);
        return Sum(sum);
    }

    /// <summary>The standard deviation.</summary>
    public static float Std(float[] v, int n)
    {
        Vector512<float> sum = Vector512<float>.Zero,
            middle = Vector512.Create(Mean(v, n));
        for (int i = 0; i < n; i += Width)
        {
            Vector512<float> d = (Load(v, i) - middle) & Within(i, n);
            sum += d * d;
        }

        return n > 0 ? MathF.Sqrt(Sum(sum) / n) : 0;
    }

    /// <summary>The third standardised moment, from deviations.</summary>
    public static float Skew(float[] deviations, int n, float squares)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (int i = 0; i < n; i += Width)
        {
            Vector512<float> d = Load(deviations, i);
            sum += d * d * d;
        }

        float variance = squares / Math.Max(1, n);
        return variance < Epsilon ? 0 : Sum(sum) / n / (variance * MathF.Sqrt(variance));
    }

    /// <summary>The fourth standardised moment, from deviations.</summary>
    public static float Kurtosis(float[] deviations, int n, float squares)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (int i = 0; i < n; i += Width)
        {
            Vector512<float> d = Load(deviations, i),
                square = d * d;
            sum += square * square;
        }

        float variance = squares / Math.Max(1, n);
        return variance < Epsilon ? 0 : Sum(sum) / n / (variance * variance);
    }

    /// <summary>The autocorrelation of deviations at a lag of <paramref name="lag"/> values (at most 16).</summary>
    public static float Autocorrelation(float[] deviations, int n, float squares, int lag)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (int i = 0; i < n - lag; i += Width)
        {
            sum += Load(deviations, i) * Load(deviations, i + lag);
        }

        return squares < Epsilon ? 0 : Sum(sum) / squares;
    }

    /// <summary>The least-squares slope of b on a, and their correlation (Pearson).</summary>
    public static (float Slope, float Correlation) Regression(float[] a, float[] b, int n)
    {
        Vector512<float> ma = Vector512.Create(Mean(a, n)),
            mb = Vector512.Create(Mean(b, n));
        Vector512<float> aa = Vector512<float>.Zero,
            bb = aa,
            ab = aa;
        for (int i = 0; i < n; i += Width)
        {
            Vector512<float> within = Within(i, n),
                da = (Load(a, i) - ma) & within,
                db = (Load(b, i) - mb) & within;
            aa += da * da;
            bb += db * db;
            ab += da * db;
        }

        float squaresA = Sum(aa),
            squaresB = Sum(bb),
            both = Sum(ab);
        return squaresA < Epsilon || squaresB < Epsilon
            ? (0, 0)
            : (both / squaresA, both / MathF.Sqrt(squaresA) / MathF.Sqrt(squaresB));
    }

    /// <summary>Sorts the values in ascending order.</summary>
    public static void Sort(float[] v, int n, float[] sorted)
    {
        if (n > MaxCounted)
        {
            v.AsSpan(0, n).CopyTo(sorted);
            sorted.AsSpan(0, n).Sort();
            return;
        }

        // each value goes to the index equal to the number of smaller ones; equal values share an index, and the
        // indices after it are filled from it
        sorted.AsSpan(0, n).Fill(float.NegativeInfinity);
        for (int i = 0; i < n; i++)
        {
            Vector512<float> x = Vector512.Create(v[i]);
            int less = 0;
            for (int j = 0; j < n; j += Width)
            {
                less += Count(Vector512.LessThan(Load(v, j), x) & Within(j, n));
            }

            sorted[less] = v[i];
        }

        for (int i = 1; i < n; i++)
        {
            sorted[i] = sorted[i] < sorted[i - 1] ? sorted[i - 1] : sorted[i];
        }
    }

    /// <summary>The value at a quantile of a sorted series.</summary>
    public static float Quantile(float[] sorted, int n, float share)
    {
        if (n == 0)
        {
            return 0;
        }

        float at = share * (n - 1);
        int i = (int)at;
        return i + 1 < n ? sorted[i] + ((at - i) * (sorted[i + 1] - sorted[i])) : sorted[n - 1];
    }

    /// <summary>a / b, limited to <paramref name="max"/> on either side of 0; 0 if b is 0.</summary>
    public static float Over(float a, float b, float max = 100) =>
        Math.Abs(b) < Epsilon ? 0 : Math.Clamp(a / b, -max, max);
}
