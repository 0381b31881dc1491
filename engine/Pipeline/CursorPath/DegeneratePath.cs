using Engine.Pipeline.CursorPath.Geometry;

namespace Engine.Pipeline.CursorPath;

/// <summary>The defects of a degenerate path; several may apply at once.</summary>
[Flags]
public enum Degeneracy
{
    /// <summary>No defect.</summary>
    Sound = 0,

    /// <summary>No movement before a mouse click (`cursor.none`).</summary>
    None = 1,

    /// <summary>All movement on one line, in one direction (`cursor.straight`).</summary>
    Straight = 2,

    /// <summary>Constant time steps and lengths (`cursor.even`).</summary>
    Even = 4,

    /// <summary>Times that no recorder produces (`cursor.forged`).</summary>
    Forged = 8,
}

/// <summary>Recognizes paths that need no classifier (US8910305B1). Pure. The limits are far from people's paths in all
/// known sources; models.md has each rule's rate by source.</summary>
public static class DegeneratePath
{
    /// <summary>The minimum number of moves for "all alike" to be significant: people do move two or three pixels
    /// straight.</summary>
    public const int MinMoves = 8;

    /// <summary>The minimum px for a straight line to be significant. A shorter one may be just a row of pixels that a
    /// hand stays on.</summary>
    public const float MinStraightLength = 150;

    /// <summary>The maximum px off the line, caused by rounding to whole pixels.</summary>
    public const float StraightWidth = 0.75f;

    /// <summary>The ms and px by which constant waits and steps may differ, caused by rounding.</summary>
    public const float EvenWithin = 1;

    /// <summary>Classifies a path.</summary>
    /// <param name="t">Milliseconds from the first point.</param>
    /// <param name="x">CSS pixels.</param>
    /// <param name="y">CSS pixels.</param>
    /// <param name="mouse">Whether the click's pointer is a mouse; touch, pen and keyboard need no path.</param>
    /// <param name="scratch">One per thread; holds the cleaned path afterwards.</param>
    public static Degeneracy Classify(
        ReadOnlySpan<float> t,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        bool mouse,
        PathScratch scratch
    )
    {
        PathCleaning.Clean(t, x, y, scratch);
        Degeneracy found = IsForged(t, x, y) ? Degeneracy.Forged : Degeneracy.Sound;
        if (scratch.Count < 2)
        {
            return mouse ? found | Degeneracy.None : found;
        }

        found |= IsStraight(scratch) ? Degeneracy.Straight : Degeneracy.Sound;
        return IsEven(scratch) ? found | Degeneracy.Even : found;
    }

    /// <summary>Whether every point is within rounding of the chord, without a step back: a line that a hand doesn't
    /// draw.</summary>
    private static bool IsStraight(PathScratch path)
    {
        int last = path.Count - 1;
        float dx = path.X[last] - path.X[0],
            dy = path.Y[last] - path.Y[0],
            chord = MathF.Sqrt((dx * dx) + (dy * dy));
        bool axis = Math.Abs(dx) < 1.5f || Math.Abs(dy) < 1.5f;
        // sliders and screen edges keep a hand on an axis, for up to 2,000 px in people's recordings
        if (axis || last < MinMoves || chord < MinStraightLength)
        {
            return false;
        }

        float before = 0;
        for (int i = 1; i <= last; i++)
        {
            float ex = path.X[i] - path.X[0],
                ey = path.Y[i] - path.Y[0];
            float along = ((ex * dx) + (ey * dy)) / chord;
            if (along < before || Math.Abs((ex * dy) - (ey * dx)) / chord > StraightWidth)
            {
                return false;
            }

            before = along;
        }

        return true;
    }

    /// <summary>Whether all waits and all steps are equal within rounding, except the last step, which ends at the
    /// target.</summary>
    private static bool IsEven(PathScratch path)
    {
        int moves = path.Count - 2;
        if (moves < MinMoves)
        {
            return false;
        }

        (float waitLow, float waitHigh, float stepLow, float stepHigh) = (float.MaxValue, 0, float.MaxValue, 0);
        for (int i = 0; i < moves; i++)
        {
            float wait = path.T[i + 1] - path.T[i],
                step = path.S[i + 1] - path.S[i];
            (waitLow, waitHigh) = (Math.Min(waitLow, wait), Math.Max(waitHigh, wait));
            (stepLow, stepHigh) = (Math.Min(stepLow, step), Math.Max(stepHigh, step));
        }

        // steps of only a pixel or two are what a slow hand makes
        return waitHigh - waitLow <= 2 * EvenWithin && stepHigh - stepLow <= 2 * EvenWithin && stepLow >= 3;
    }

    /// <summary>Whether a time isn't finite, or at least 8 moves of 3 px share one time: no clock stands still that
    /// long while a hand moves. Steps back in time (by 7 s, and below 0) and ticks of 109 ms with several points occur
    /// in people's recordings (models.md) and don't count.</summary>
    private static bool IsForged(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        int moves = 0;
        float low = float.MaxValue,
            high = float.MinValue;
        for (int i = 0; i < t.Length; i++)
        {
            if (!float.IsFinite(t[i]))
            {
                return true;
            }

            (low, high) = (Math.Min(low, t[i]), Math.Max(high, t[i]));
            moves += i > 0 && Math.Abs(x[i] - x[i - 1]) + Math.Abs(y[i] - y[i - 1]) >= 3 ? 1 : 0;
        }

        return moves >= MinMoves && high - low < 1;
    }
}
