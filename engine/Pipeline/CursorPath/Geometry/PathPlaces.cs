using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Pipeline.CursorPath.Geometry;

/// <summary>
/// Places on the lines between a cleaned path's points, at equal steps of time or of arc length. No branch hangs on
/// where points lie: each point marks the first place that lies beyond it, and the greatest mark so far is the point
/// before a place.
/// </summary>
internal static class PathPlaces
{
    /// <summary>
    /// Marks, for places from <paramref name="start"/> on, the point before each in <see cref="PathScratch.Before"/>.
    /// </summary>
    /// <param name="path">A cleaned path of 2 points and more.</param>
    /// <param name="key">Time or arc length, ascending.</param>
    /// <param name="start">The first place's key.</param>
    /// <param name="step">From one place to the next, in the key's unit, greater than 0.</param>
    /// <param name="count">Places, 1 to <see cref="PathScratch.MaxGrid"/>.</param>
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
            // what is no number, as where steps are too short to be divided by, becomes 0
            Vector512.ConvertToInt32(place).StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(first), (nuint)i);
        }

        before.AsSpan(0, count + 1).Clear();
        for (int i = 1; i < inner; i++)
        {
            before[first[i]] = i;
        }

        for (int j = 1, most = before[0]; j < count; j++)
        {
            most = Math.Max(most, before[j]);
            before[j] = most;
        }
    }

    /// <summary>Values at the places that <see cref="Find"/> found.</summary>
    /// <param name="path">The same.</param>
    /// <param name="key">The same.</param>
    /// <param name="start">The same.</param>
    /// <param name="step">The same.</param>
    /// <param name="count">The same.</param>
    /// <param name="a">What is wanted, by point.</param>
    /// <param name="b">And another.</param>
    /// <param name="toA">Takes <paramref name="count"/> values.</param>
    /// <param name="toB">The same.</param>
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

    /// <summary>
    /// Makes the grids: places at equal times up to the last point, and every second and fourth of them.
    /// </summary>
    /// <param name="path">A cleaned path of 2 points and more.</param>
    /// <param name="step">Milliseconds.</param>
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
