using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Pipeline.CursorPath.Geometry;

/// <summary>Interpolates a cleaned path at equal steps of time or of arc length. No branch depends on the points: each
/// point marks the first position after it, and the running maximum of the marks is the point before a
/// position.</summary>
internal static class PathPlaces
{
    /// <summary>Finds the point before each position, from <paramref name="start"/> on, and writes it to
    /// <see cref="PathScratch.Before"/>.</summary>
    /// <param name="path">A cleaned path of at least 2 points.</param>
    /// <param name="key">Time or arc length, ascending.</param>
    /// <param name="start">The key of the first position.</param>
    /// <param name="step">The distance between positions, in the key's unit, greater than 0.</param>
    /// <param name="count">The number of positions, 1 to <see cref="PathScratch.MaxGrid"/>.</param>
    public static void Find(PathScratch path, float[] key, float start, float step, int count)
    {
        int inner = path.Count - 1;
        int[] first = path.First,
            before = path.Before;
        Vector512<float> perStep = Vector512.Create(1 / step),
            from = Vector512.Create(start),
            beyond = Vector512.Create((float)count);
        for (int i = 1; i < inner; i += Series.Width)
        {
            Vector512<float> place = Vector512.Floor((Series.Load(key, i) - from) * perStep) + Vector512<float>.One;
            place = Vector512.Min(Vector512.Max(place, Vector512<float>.Zero), beyond);
            // NaN, as when steps are too short to divide by, becomes 0
            Vector512.ConvertToInt32(place).StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(first), (nuint)i);
        }

        before.AsSpan(0, count + 1).Clear();
        for (int i = 1; i < inner; i++)
        {
            before[first[i]] = i;
        }

        for (int j = 1, max = before[0]; j < count; j++)
        {
            max = Math.Max(max, before[j]);
            before[j] = max;
        }
    }

    /// <summary>Interpolates values at the positions from <see cref="Find"/>.</summary>
    /// <param name="path">The path passed to <see cref="Find"/>.</param>
    /// <param name="key">The key passed to <see cref="Find"/>.</param>
    /// <param name="start">The start passed to <see cref="Find"/>.</param>
    /// <param name="step">The step passed to <see cref="Find"/>.</param>
    /// <param name="count">The count passed to <see cref="Find"/>.</param>
    /// <param name="a">The first series of values, by point.</param>
    /// <param name="b">The second series of values, by point.</param>
    /// <param name="toA">Receives <paramref name="count"/> values of <paramref name="a"/>.</param>
    /// <param name="toB">Receives <paramref name="count"/> values of <paramref name="b"/>.</param>
    public static void Take(
        PathScratch path,
        float[] key,
        float start,
        float step,
        int count,
        float[] a,
        float[] b,
        float[] toA,
        float[] toB
    )
    {
        int[] before = path.Before;
        for (int j = 0; j < count; j++)
        {
            int i = before[j];
            float part = float.ClampNative(
                (start + (j * step) - key[i]) / float.MaxNative(1e-6f, key[i + 1] - key[i]),
                0,
                1
            );
            toA[j] = a[i] + (part * (a[i + 1] - a[i]));
            toB[j] = b[i] + (part * (b[i + 1] - b[i]));
        }
    }

    /// <summary>Computes the grids: positions at equal times up to the last point, and every second and fourth of
    /// them.</summary>
    /// <param name="path">A cleaned path of at least 2 points.</param>
    /// <param name="step">The step, ms.</param>
    public static void Grid(PathScratch path, float step)
    {
        PlaceRow grid = path.Grid;
        grid.Count = (int)Math.Min(PathScratch.MaxGrid, MathF.Floor((path.Duration / step) + 1e-3f) + 1);
        float start = path.T[path.Count - 1] - ((grid.Count - 1) * step);
        Find(path, path.T, start, step, grid.Count);
        Take(path, path.T, start, step, grid.Count, path.X, path.Y, grid.X, grid.Y);
        grid.Measure();
        path.Grid2.Thin(grid, 2);
        path.Grid4.Thin(grid, 4);
    }
}
