namespace Engine.Pipeline.Replay;

/// <summary>
/// A path's places in windows of equal time, each the mean over its window of the straight lines between recorded points: what a path played
/// again by another clock has in common with the first. (A place at one moment hangs on the clock wherever the path jumps.)
/// </summary>
internal static class TimedPoints
{
    /// <summary>Windows around equal times from the first to the last, half as wide at the ends; returns the duration in ms, 0 if the path has none (and then nothing is written).</summary>
    public static float Resample(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> px, Span<float> py)
    {
        if (t.IsEmpty)
        {
            return 0;
        }

        float start = t[0], end = t[0];
        foreach (float time in t)
        {
            end = Math.Max(end, time);
        }

        float duration = end - start;
        if (!(duration > 0) || !float.IsFinite(duration))
        {
            return 0;
        }

        int count = px.Length, at = 0;
        double step = (double)duration / (count - 1), edge = Math.Min(end, start + (step / 2)), from = start, sumX = 0, sumY = 0;
        float ta = start, xa = x[0], ya = y[0];
        for (int i = 1; i < t.Length; i++)
        {
            if (t[i] < ta)
            {
                continue;
            }

            // the line from a to this point, cut where windows end
            double slope = t[i] > ta ? 1.0 / ((double)t[i] - ta) : 0, dx = x[i] - (double)xa, dy = y[i] - (double)ya;
            for (double begin = ta; begin < t[i];)
            {
                double until = Math.Min(t[i], edge), middle = (((begin + until) / 2) - ta) * slope;
                sumX += (until - begin) * (xa + (middle * dx));
                sumY += (until - begin) * (ya + (middle * dy));
                begin = until;
                if (until >= edge)
                {
                    (px[at], py[at]) = ((float)(sumX / (edge - from)), (float)(sumY / (edge - from)));
                    (from, sumX, sumY) = (edge, 0, 0);
                    at++;
                    edge = at >= count - 1 ? end : start + ((at + 0.5) * step);
                    if (at >= count)
                    {
                        return duration;
                    }
                }
            }

            (ta, xa, ya) = (t[i], x[i], y[i]);
        }

        // rounding may leave the last window open by a hair
        for (; at < count; at++)
        {
            (px[at], py[at]) = (xa, ya);
        }

        return duration;
    }
}
