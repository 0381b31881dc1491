namespace Models.Tests.Plain;

/// <summary>
/// What every feature is computed on: a path less what its recorder and its task put in. Points without a move go (a
/// recorder of events has none, one of samples has many, and people's paths end in a dwell that programs' don't:
/// models.md), so do steps back in time, and a jump at the end; of points at one time the last stays; a gap counts 250
/// ms at most.
/// </summary>
internal static class PlainCleaning
{
    /// <summary>A pause counts for so many milliseconds at most (models.md).</summary>
    public const float LongestGap = 250;

    /// <summary>Cleans a path into the scratch; 0 points if none is a number.</summary>
    /// <param name="t">Milliseconds from the first point.</param>
    /// <param name="x">CSS pixels.</param>
    /// <param name="y">CSS pixels.</param>
    /// <param name="scratch">Takes the cleaned path; at most its first <see cref="PlainScratch.MaxPoints"/> points are
    /// read.</param>
    public static void Clean(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y, PlainScratch scratch)
    {
        int n = 0;
        int given = Math.Min(t.Length, PlainScratch.MaxPoints);
        float last = float.NegativeInfinity;
        for (int i = 0; i < given; i++)
        {
            if (!(t[i] >= last) || !float.IsFinite(t[i]) || !float.IsFinite(x[i]) || !float.IsFinite(y[i]))
            {
                continue;
            }

            last = t[i];
            if (n > 0 && t[i] == scratch.T[n - 1])
            {
                n--;
            }

            if (n > 0 && x[i] == scratch.X[n - 1] && y[i] == scratch.Y[n - 1])
            {
                // rest before the first move is not part of the movement
                if (n == 1)
                {
                    scratch.T[0] = t[i];
                }

                continue;
            }

            (scratch.T[n], scratch.X[n], scratch.Y[n]) = (t[i], x[i], y[i]);
            n++;
        }

        scratch.Count = n;
        CapGapsAndMeasure(scratch);
        if (EndsInJump(scratch))
        {
            scratch.Count--;
        }
    }

    /// <summary>A last move of more than 40 px, twice as long as the longest of at least five before it.</summary>
    private static bool EndsInJump(PlainScratch scratch)
    {
        var steps = Enumerable.Range(1, Math.Max(0, scratch.Count - 1)).Select(i => Step(scratch, i)).ToArray();
        return steps.Length > 5 && steps[^1] > 40 && steps[^1] > 2 * steps[..^1].Max();
    }

    private static float Step(PlainScratch scratch, int i)
    {
        float dx = scratch.X[i] - scratch.X[i - 1],
            dy = scratch.Y[i] - scratch.Y[i - 1];
        return MathF.Sqrt((dx * dx) + (dy * dy));
    }

    private static void CapGapsAndMeasure(PlainScratch scratch)
    {
        float cut = 0,
            length = 0,
            before = 0;
        for (int i = 0; i < scratch.Count; i++)
        {
            float now = scratch.T[i];
            if (i > 0)
            {
                cut += Math.Max(0, now - before - LongestGap);
                float dx = scratch.X[i] - scratch.X[i - 1],
                    dy = scratch.Y[i] - scratch.Y[i - 1];
                length += MathF.Sqrt((dx * dx) + (dy * dy));
            }

            before = now;
            scratch.T[i] = now - cut;
            scratch.S[i] = length;
        }
    }

    /// <summary>
    /// Positions at equal times, by straight lines between points; the last lies at or before the path's end.
    /// </summary>
    /// <param name="scratch">A cleaned path of 2 points and more.</param>
    /// <param name="step">Milliseconds.</param>
    /// <param name="each">Every so many places are kept, the last included.</param>
    /// <returns>Points in GridX and GridY; the last <see cref="PlainScratch.MaxGrid"/> of the path.</returns>
    internal static int Grid(PlainScratch scratch, float step, int each = 1)
    {
        int last = scratch.Count - 1;
        int count = (int)Math.Min(PlainScratch.MaxGrid, MathF.Floor((scratch.Duration / step) + 1e-3f) + 1);
        float start = scratch.T[last] - ((count - 1) * step);
        int i = 0;
        for (int j = 0; j < count; j++)
        {
            float at = Math.Min(start + (j * step), scratch.T[last]);
            while (i < last - 1 && scratch.T[i + 1] < at)
            {
                i++;
            }

            float part = Math.Clamp((at - scratch.T[i]) / Math.Max(1e-6f, scratch.T[i + 1] - scratch.T[i]), 0, 1);
            scratch.GridX[j] = scratch.X[i] + (part * (scratch.X[i + 1] - scratch.X[i]));
            scratch.GridY[j] = scratch.Y[i] + (part * (scratch.Y[i + 1] - scratch.Y[i]));
        }

        int first = (count - 1) % each;
        count = ((count - 1) / each) + 1;
        for (int j = 0; j < count; j++)
        {
            (scratch.GridX[j], scratch.GridY[j]) = (
                scratch.GridX[first + (j * each)],
                scratch.GridY[first + (j * each)]
            );
        }

        return count;
    }

    /// <summary>
    /// Positions at equal steps of <paramref name="key"/> (time or arc length) from first to last, both included.
    /// </summary>
    internal static void Even(PlainScratch scratch, float[] key, Span<float> x, Span<float> y)
    {
        int last = scratch.Count - 1,
            i = 0;
        float whole = key[last] - key[0];
        for (int j = 0; j < x.Length; j++)
        {
            float at = key[0] + (whole * j / (x.Length - 1));
            while (i < last - 1 && key[i + 1] < at)
            {
                i++;
            }

            float part = Math.Clamp((at - key[i]) / Math.Max(1e-6f, key[i + 1] - key[i]), 0, 1);
            x[j] = scratch.X[i] + (part * (scratch.X[i + 1] - scratch.X[i]));
            y[j] = scratch.Y[i] + (part * (scratch.Y[i + 1] - scratch.Y[i]));
        }
    }
}
