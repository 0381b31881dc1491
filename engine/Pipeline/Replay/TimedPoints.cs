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

        // a and b: the points before and after the wanted time; steps back in time are passed over. Of several points at one time the first
        // ends the line before and the last begins the line after, as interpolation in time has it
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
                    (ta, xa, ya, tb, xb, yb) = (tb, xb, yb, t[b], x[b], y[b]);
                }
            }

            float part = tb > ta ? Math.Clamp((at - ta) / (tb - ta), 0, 1) : 1;
            px[k] = xa + (part * (xb - xa));
            py[k] = ya + (part * (yb - ya));
        }

        return duration;
    }
}
