using System.Runtime.Intrinsics;

namespace Engine.Pipeline.CursorPath.Geometry;

/// <summary>Cleans a path for all features: removes what its recorder and its task add. It drops points without
/// movement (a recorder of events has none, a sampling one has many, and people's paths end in a dwell that programs'
/// don't: models.md) and steps back in time. Of several points at one time, it keeps the last. It shortens gaps to 250
/// ms. A jump at the end isn't movement either: the press was reported at another place than the moves before it. Pages
/// and recorders cause that as scripts do, so it is dropped, and the movement before it is judged.</summary>
public static class PathCleaning
{
    /// <summary>The maximum that a pause counts, ms (models.md).</summary>
    public const float LongestGap = 250;

    /// <summary>The length from which a last move can be a jump, px, if it is also this many times as long as the
    /// longest before it. No path of 38,000 people's in which the press is where the cursor was ends so
    /// (models.md).</summary>
    private const float ShortestJump = 40,
        JumpFactor = 2;

    /// <summary>The moves before a jump; with fewer, nothing tells a jump from movement.</summary>
    private const int MovesBeforeJump = 5;

    /// <summary>Cleans a path into the scratch; 0 points remain if none is finite.</summary>
    /// <param name="t">Milliseconds from the first point.</param>
    /// <param name="x">CSS pixels.</param>
    /// <param name="y">CSS pixels.</param>
    /// <param name="scratch">Receives the cleaned path. At most the first <see cref="PathScratch.MaxPoints"/> points
    /// are read.</param>
    public static void Clean(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y, PathScratch scratch)
    {
        int count = Math.Min(t.Length, PathScratch.MaxPoints);
        t[..count].CopyTo(scratch.T);
        x[..count].CopyTo(scratch.X);
        y[..count].CopyTo(scratch.Y);
        scratch.Count = IsClean(scratch, count) ? count : Sift(scratch, count);
        Measure(scratch);
        DropJump(scratch);
    }

    private static void DropJump(PathScratch path)
    {
        int last = path.Count - 2;
        if (last < MovesBeforeJump || !(path.Step[last] > ShortestJump))
        {
            return;
        }

        float longest = 0;
        foreach (float step in path.Step.AsSpan(0, last))
        {
            longest = Math.Max(longest, step);
        }

        if (path.Step[last] > JumpFactor * longest)
        {
            path.Count--;
        }
    }

    /// <summary>Whether nothing must be dropped, as in nearly all recordings of events.</summary>
    private static bool IsClean(PathScratch path, int n)
    {
        Vector512<float> zero = Vector512<float>.Zero,
            wrong = zero;
        for (int i = 0; i < n; i += Series.Width)
        {
            Vector512<float> t = Series.Load(path.T, i),
                x = Series.Load(path.X, i),
                y = Series.Load(path.Y, i);
            // a NaN or an infinity minus itself isn't 0
            Vector512<float> finite = Vector512.Equals((t - t) + (x - x) + (y - y), zero);
            Vector512<float> moves = ~(
                Vector512.Equals(x, Series.Load(path.X, i + 1)) & Vector512.Equals(y, Series.Load(path.Y, i + 1))
            );
            Vector512<float> goesOn =
                (Vector512.LessThan(t, Series.Load(path.T, i + 1)) & moves) | ~Series.Within(i, n - 1);
            wrong |= ~(finite & goesOn) & Series.Within(i, n);
        }

        return wrong.ExtractMostSignificantBits() == 0;
    }

    /// <summary>Drops what must be dropped, in place, and returns the number of remaining points.</summary>
    private static int Sift(PathScratch path, int count)
    {
        int n = 0;
        float last = float.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            (float t, float x, float y) = (path.T[i], path.X[i], path.Y[i]);
            if (!(t >= last) || !float.IsFinite(t) || !float.IsFinite(x) || !float.IsFinite(y))
            {
                continue;
            }

            last = t;
            if (n > 0 && t == path.T[n - 1])
            {
                n--;
            }

            if (n > 0 && x == path.X[n - 1] && y == path.Y[n - 1])
            {
                // rest before the first move isn't part of the movement
                if (n == 1)
                {
                    path.T[0] = t;
                }

                continue;
            }

            (path.T[n], path.X[n], path.Y[n]) = (t, x, y);
            n++;
        }

        return n;
    }

    private static void Measure(PathScratch path)
    {
        int steps = path.Count - 1;
        Vector512<float> longest = Vector512<float>.Zero;
        for (int i = 0; i < steps; i += Series.Width)
        {
            Vector512<float> wait = Series.Load(path.T, i + 1) - Series.Load(path.T, i);
            Series.Store(wait, path.Wait, i);
            longest = Vector512.Max(longest, wait & Series.Within(i, steps));
        }

        if (Vector512.GreaterThanAny(longest, Vector512.Create(LongestGap)))
        {
            CutGaps(path);
        }

        PlaceRow.Measure(path.X, path.Y, path.Count, path.Dx, path.Dy, path.Step);
        float length = 0;
        path.S[0] = 0;
        for (int i = 0; i < steps; i++)
        {
            length += path.Step[i];
            path.S[i + 1] = length;
        }
    }

    private static void CutGaps(PathScratch path)
    {
        float cut = 0,
            before = path.T[0];
        for (int i = 1; i < path.Count; i++)
        {
            float now = path.T[i];
            cut += Math.Max(0, now - before - LongestGap);
            before = now;
            path.T[i] = now - cut;
            path.Wait[i - 1] = path.T[i] - path.T[i - 1];
        }
    }
}
