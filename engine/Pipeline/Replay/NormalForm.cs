using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Pipeline.Replay.Residuals;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay;

/// <summary>A path's form without its size, its direction and its pace: all paths that differ only in these have the
/// same one. It is made of the signature, so that it is the same wherever a signature comes from.</summary>
/// <remarks>Centred, turned so that the path's first moment in time points along x, scaled to a standard size, and told
/// to take one second.</remarks>
internal static class NormalForm
{
    /// <summary>The root mean square distance from the centre, px. With the index's fixed residual, it decides how
    /// alike two paths must be (models.md).</summary>
    private const double Size = 195;

    private const int DurationMs = 1_000;

    /// <summary>The least shape of a stored path: the standard deviation across its main axis, px, and as a share of
    /// that along it. Most people's quick moves are alike but for their size, direction and pace; below this, that is
    /// no replay.</summary>
    private const double MinMinor = 12,
        MinRatio = 0.15;

    /// <summary>The same for a path that is only looked up: it may be half as large, and a recorder may have cut its
    /// corners.</summary>
    private const double LookedUpMinor = 5,
        LookedUpRatio = 0.135;

    /// <summary>Makes the normal form.</summary>
    /// <param name="signature">The path.</param>
    /// <param name="normal">Its normal form, as a signature of its own; without shape if the path has too
    /// little.</param>
    /// <returns>The factor by which it is larger than the path.</returns>
    [SkipLocalsInit]
    public static double Of(in PathSignature signature, out PathSignature normal)
    {
        Span<float> points = stackalloc float[Residual.Padded];
        if (signature.IsCompared)
        {
            SignaturePoints.Unpack(signature, points);
        }

        return Of(signature, points, out normal);
    }

    /// <summary>Makes the normal form of a path whose points are known.</summary>
    /// <param name="unpacked">The signature's points, padded; unused if it has too little shape to be
    /// compared.</param>
    [SkipLocalsInit]
    public static double Of(in PathSignature signature, ReadOnlySpan<float> unpacked, out PathSignature normal)
    {
        normal = default;
        if (!signature.IsCompared)
        {
            return 1;
        }

        Span<float> x = stackalloc float[PathSignature.Points],
            y = stackalloc float[PathSignature.Points];
        unpacked.Slice(1, PathSignature.Points).CopyTo(x);
        unpacked.Slice(Residual.YAt + 1, PathSignature.Points).CopyTo(y);
        Vector512<float> squareX = default,
            squareY = default,
            product = default,
            timesX = default,
            timesY = default,
            time = Vector512.CreateSequence(0.5f - (PathSignature.Points / 2), 1);
        for (int i = 0; i < PathSignature.Points; i += Vector512<float>.Count)
        {
            Vector512<float> px = Vector512.Create<float>(x[i..]),
                py = Vector512.Create<float>(y[i..]);
            (squareX, squareY, product) = (squareX + (px * px), squareY + (py * py), product + (px * py));
            (timesX, timesY) = (timesX + (time * px), timesY + (time * py));
            time += Vector512.Create((float)Vector512<float>.Count);
        }

        var axes = PrincipalAxes.Of(Vector512.Sum(squareX), Vector512.Sum(squareY), Vector512.Sum(product));
        double momentX = Vector512.Sum(timesX),
            momentY = Vector512.Sum(timesY),
            main = Math.Sqrt(axes.Main / PathSignature.Points),
            minor = Math.Sqrt(Math.Max(0, axes.Minor) / PathSignature.Points),
            moment = Math.Sqrt((momentX * momentX) + (momentY * momentY));
        if (minor < LookedUpMinor || minor < LookedUpRatio * main || !(moment > 0))
        {
            return 1;
        }

        double scale = Size / Math.Sqrt((main * main) + (minor * minor));
        Vector512<float> c = Vector512.Create((float)(scale * momentX / moment)),
            s = Vector512.Create((float)(-scale * momentY / moment));
        for (int i = 0; i < PathSignature.Points; i += Vector512<float>.Count)
        {
            Vector512<float> px = Vector512.Create<float>(x[i..]),
                py = Vector512.Create<float>(y[i..]);
            ((c * px) - (s * py)).CopyTo(x[i..]);
            ((s * px) + (c * py)).CopyTo(y[i..]);
        }

        normal = PathSignature.Of(x, y, DurationMs, stored: minor >= MinMinor && minor >= MinRatio * main);
        return scale;
    }
}
