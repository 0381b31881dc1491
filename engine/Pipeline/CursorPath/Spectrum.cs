using System.Runtime.Intrinsics;
using Engine.Pipeline.CursorPath.Geometry;

namespace Engine.Pipeline.CursorPath;

/// <summary>The spectral arc length of a speed profile up to 10 Hz (S. Balasubramanian et al., "On the analysis of
/// movement smoothness", 2015), by sums at multiples of 0.5 Hz.</summary>
internal static class Spectrum
{
    /// <summary>The number of frequencies above 0; two vectors hold them and some unused ones.</summary>
    private const int Frequencies = 20,
        Vectors = 2;

    private const float Hertz = 0.5f;

    /// <summary>The number of steps of the usual grid after which all frequencies repeat.</summary>
    private const int Period = (int)(1000 / (Hertz * PathFeatures.Step));

    /// <summary>The number of vectors per step: cosines, then sines.</summary>
    private const int Each = 2 * Vectors;

    private static readonly Vector512<float>[] Usual = Waves();

    /// <summary>Computes the spectral arc length, 0 or negative; lower is rougher.</summary>
    /// <param name="u">Speeds relative to their mean.</param>
    /// <param name="n">The number of speeds; <see cref="PathFeatures.MinSteps"/> if the step isn't the usual
    /// one.</param>
    /// <param name="step">The time between speeds, ms.</param>
    public static float ArcLength(float[] u, int n, float step)
    {
        Span<float> sizes = stackalloc float[Vectors * Series.Width];
        Vector512<float> re0 = Vector512<float>.Zero,
            re1 = re0,
            im0 = re0,
            im1 = re0;
        if (step == PathFeatures.Step)
        {
            for (int j = 0, at = 0; j < n; j++)
            {
                ReadOnlySpan<Vector512<float>> wave = Usual.AsSpan(at, Each);
                Vector512<float> speed = Vector512.Create(u[j]);
                re0 += speed * wave[0];
                re1 += speed * wave[1];
                im0 += speed * wave[2];
                im1 += speed * wave[3];
                at = at == (Period - 1) * Each ? 0 : at + Each;
            }
        }
        else
        {
            for (int j = 0; j < n; j++)
            {
                Vector512<float> speed = Vector512.Create(u[j]);
                var (sin0, cos0) = Wave(j, step, 0);
                var (sin1, cos1) = Wave(j, step, 1);
                re0 += speed * cos0;
                re1 += speed * cos1;
                im0 += speed * sin0;
                im1 += speed * sin1;
            }
        }

        Vector512.Sqrt((re0 * re0) + (im0 * im0)).CopyTo(sizes);
        Vector512.Sqrt((re1 * re1) + (im1 * im1)).CopyTo(sizes[Series.Width..]);
        float before = 1,
            length = 0,
            perSpeed = 1f / n;
        for (int k = 0; k < Frequencies; k++)
        {
            float size = sizes[k] * perSpeed,
                fall = size - before;
            length += MathF.Sqrt((1f / (Frequencies * Frequencies)) + (fall * fall));
            before = size;
        }

        return -length;
    }

    private static Vector512<float>[] Waves()
    {
        var waves = new Vector512<float>[Period * Each];
        for (int j = 0; j < Period; j++)
        {
            for (int v = 0; v < Vectors; v++)
            {
                (waves[(j * Each) + Vectors + v], waves[(j * Each) + v]) = Wave(j, PathFeatures.Step, v);
            }
        }

        return waves;
    }

    /// <summary>The waves of 16 frequencies at a step.</summary>
    private static (Vector512<float> Sin, Vector512<float> Cos) Wave(int place, float step, int vector)
    {
        Vector512<float> nth = Vector512.ConvertToSingle(
            Vector512<int>.Indices + Vector512.Create((vector * Series.Width) + 1)
        );
        return Vector512.SinCos(nth * Vector512.Create(MathF.Tau * Hertz * step * place / 1000));
    }
}
