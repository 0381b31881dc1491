namespace Engine.Pipeline.Replay;

/// <summary>Points of a path at equal times, by straight lines between those recorded.</summary>
internal static class TimedPoints
{
    /// <summary>Resamples from the first to the last time; returns the duration in ms, 0 if the path has none (and then nothing is written).</summary>
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

        // a: the last point at or before the wanted time; b: the one after it; steps back in time are passed over
        int b = 0;
        float ta = start, xa = x[0], ya = y[0], tb = start, xb = xa, yb = ya;
        for (int k = 0; k < px.Length; k++)
        {
            float at = k == px.Length - 1 ? end : start + (duration * k / (px.Length - 1));
            while (tb < at && b + 1 < t.Length)
            {
                b++;
                if (t[b] >= tb)
                {
                    (ta, xa, ya) = t[b] > tb ? (tb, xb, yb) : (ta, xa, ya);
                    (tb, xb, yb) = (t[b], x[b], y[b]);
                }
            }

            // of points at one time the last counts
            while (b + 1 < t.Length && t[b + 1] == tb)
            {
                b++;
                (xb, yb) = (x[b], y[b]);
            }

            float part = tb > ta ? Math.Clamp((at - ta) / (tb - ta), 0, 1) : 1;
            px[k] = xa + (part * (xb - xa));
            py[k] = ya + (part * (yb - ya));
        }

        return duration;
    }
}
