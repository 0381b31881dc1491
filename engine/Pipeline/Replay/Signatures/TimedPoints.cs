namespace Engine.Pipeline.Replay.Signatures;

/// <summary>A path's points in windows of equal time. Each is the mean, over its window, of the straight lines between
/// recorded points: what a path has in common with its replay by another clock. (A point at one moment depends on the
/// clock wherever the path jumps.)</summary>
internal static class TimedPoints
{
    /// <summary>Computes windows around equal times from first to last, half as wide at the ends. Returns the duration
    /// in ms; 0 if the path has none, in which case nothing is written.</summary>
    public static float Resample(
        ReadOnlySpan<float> t,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        Span<float> px,
        Span<float> py
    )
    {
        if (t.IsEmpty)
        {
            return 0;
        }

        float start = t[0],
            end = t[0];
        foreach (float time in t)
        {
            end = Math.Max(end, time);
        }

        float duration = end - start;
        if (!(duration > 0) || !float.IsFinite(duration))
        {
            return 0;
        }

        // the position's integral up to each window's end, minus that up to the previous window's end
        int last = px.Length - 1,
            at = 0;
        double step = (double)duration / last,
            perStep = 1 / step,
            edge = start + (step / 2),
            sumX = 0,
            sumY = 0,
            beforeX = 0,
            beforeY = 0;
        double ta = start,
            xa = x[0],
            ya = y[0],
            scale = 2 * perStep;
        for (int i = 1; i < t.Length; i++)
        {
            double wait = t[i] - ta;
            if (!(wait >= 0))
            {
                continue;
            }

            double halfSlope = wait > 0 ? 0.5 / wait : 0,
                bendX = (x[i] - xa) * halfSlope,
                bendY = (y[i] - ya) * halfSlope;
            while (edge <= t[i] && at < last)
            {
                double part = edge - ta,
                    endX = sumX + (part * (xa + (part * bendX))),
                    endY = sumY + (part * (ya + (part * bendY)));
                (px[at], py[at]) = ((float)((endX - beforeX) * scale), (float)((endY - beforeY) * scale));
                (beforeX, beforeY, scale) = (endX, endY, perStep);
                at++;
                edge = start + ((at + 0.5) * step);
            }

            sumX += wait * (xa + (wait * bendX));
            sumY += wait * (ya + (wait * bendY));
            (ta, xa, ya) = (t[i], x[i], y[i]);
        }

        (px[last], py[last]) = ((float)((sumX - beforeX) * 2 * perStep), (float)((sumY - beforeY) * 2 * perStep));

        // rounding may leave the last windows unfilled
        for (; at < last; at++)
        {
            (px[at], py[at]) = ((float)xa, (float)ya);
        }

        return duration;
    }
}
