using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay.Residuals;

/// <summary>The distance of a path's own points from a stored path, px: the root mean square of their distances to the
/// stored polyline within half a sample of the point's own time. If few points were recorded, the straight lines
/// between them cut corners, but the points themselves don't.</summary>
internal static class RawResidual
{
    /// <param name="t">The path's times, ms; steps back are skipped.</param>
    /// <param name="x">px.</param>
    /// <param name="y">px.</param>
    /// <param name="centre">The offset from the path's points to its centred signature.</param>
    /// <param name="stored">The stored path's 64 points, padded and centred.</param>
    public static float Of(
        ReadOnlySpan<float> t,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        (float X, float Y) centre,
        ReadOnlySpan<float> stored
    )
    {
        float start = t[0],
            end = start;
        foreach (float time in t)
        {
            end = Math.Max(end, time);
        }

        float scale = (PathSignature.Points - 1) / Math.Max(1e-6f, end - start),
            last = start,
            sum = 0;
        int count = 0;
        var (cx, cy) = (centre.X, centre.Y);
        for (int i = 0; i < t.Length; i++)
        {
            if (t[i] < last)
            {
                continue;
            }

            last = t[i];
            sum += Nearest(stored, (t[i] - start) * scale, x[i] + cx, y[i] + cy);
            count++;
        }

        return MathF.Sqrt(sum / Math.Max(1, count));
    }

    /// <summary>The negated mean of a path over time.</summary>
    public static (float X, float Y) Centre(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Span<float> px = stackalloc float[PathSignature.Points],
            py = stackalloc float[PathSignature.Points];
        px.Clear();
        py.Clear();
        TimedPoints.Resample(t, x, y, px, py);
        (float sx, float sy) = (0, 0);
        for (int i = 0; i < PathSignature.Points; i++)
        {
            (sx, sy) = (sx + px[i], sy + py[i]);
        }

        return (-sx / PathSignature.Points, -sy / PathSignature.Points);
    }

    /// <summary>The squared distance to the part of the polyline within half a sample before and after.</summary>
    private static float Nearest(ReadOnlySpan<float> line, float at, float px, float py)
    {
        const int LastSegment = PathSignature.Points - 2;
        float from = Math.Max(0, at - 0.5f),
            to = Math.Min(PathSignature.Points - 1, at + 0.5f),
            min = float.MaxValue;
        for (int s = Math.Min((int)from, LastSegment); s <= LastSegment && s <= to; s++)
        {
            float ax = line[1 + s],
                ay = line[Residual.YAt + 1 + s],
                dx = line[2 + s] - ax,
                dy = line[Residual.YAt + 2 + s] - ay;
            float ex = px - ax,
                ey = py - ay;
            float along = ((ex * dx) + (ey * dy)) / Math.Max(1e-12f, (dx * dx) + (dy * dy));
            along = Math.Clamp(along, Math.Max(0, from - s), Math.Min(1, to - s));
            float qx = ex - (along * dx),
                qy = ey - (along * dy);
            min = Math.Min(min, (qx * qx) + (qy * qy));
        }

        return min;
    }
}
