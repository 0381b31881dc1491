using Engine.Pipeline.CursorPath;

namespace Models.Tests.Plain;

/// <summary>
/// The features of a cursor path, each by its formula and one value after another: the twin of
/// <see cref="PathFeatures"/>, which takes 16 at once and looks things up once for many.
/// </summary>
internal static class PlainFeatures
{
    public static bool Compute(
        ReadOnlySpan<float> t,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        Span<float> features,
        PlainScratch scratch
    )
    {
        features.Clear();
        PlainCleaning.Clean(t, x, y, scratch);
        if (
            scratch.Count < PathFeatures.MinPoints
            || scratch.Length < PathFeatures.MinLength
            || !(scratch.Duration > 0)
            || !float.IsFinite(scratch.Length)
        )
        {
            return false;
        }

        float step = Math.Min(PathFeatures.Step, scratch.Duration / 8);
        PlainShape.Compute(scratch, features);
        PlainSpeed.Compute(scratch, step, features);
        PlainTexture.Compute(scratch, step, features);
        PlainRaw.Compute(scratch, t, x, y, features);
        foreach (ref float value in features)
        {
            value = float.IsFinite(value) ? value : 0;
        }

        return true;
    }
}
