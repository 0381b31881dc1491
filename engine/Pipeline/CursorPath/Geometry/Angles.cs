using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Pipeline.CursorPath.Geometry;

/// <summary>Angles of 16 vectors at once.</summary>
internal static class Angles
{
    /// <summary>The angle from a to b, rad, in [-pi, pi]; 0 if either has no length. The error is below 4e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Between(
        Vector512<float> ax,
        Vector512<float> ay,
        Vector512<float> bx,
        Vector512<float> by
    ) => Of((ax * by) - (ay * bx), (ax * bx) + (ay * by));

    /// <summary>atan2(y, x). The polynomial is the Chebyshev series of atan(sqrt(s)) / sqrt(s) on [0, 1], truncated
    /// after the eighth power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Of(Vector512<float> y, Vector512<float> x)
    {
        Vector512<float> absX = Vector512.Abs(x),
            absY = Vector512.Abs(y),
            zero = Vector512<float>.Zero;
        Vector512<float> steep = Vector512.GreaterThan(absY, absX);
        Vector512<float> max = Vector512.ConditionalSelect(steep, absY, absX),
            min = Vector512.ConditionalSelect(steep, absX, absY);
        Vector512<float> a = min / Vector512.ConditionalSelect(Vector512.Equals(max, zero), Vector512<float>.One, max),
            s = a * a;
        Vector512<float> p = Vector512.Create(0.00283406419f);
        p = (p * s) + Vector512.Create(-0.01600503f);
        p = (p * s) + Vector512.Create(0.0425876081f);
        p = (p * s) + Vector512.Create(-0.0749544576f);
        p = (p * s) + Vector512.Create(0.106367543f);
        p = (p * s) + Vector512.Create(-0.142025709f);
        p = (p * s) + Vector512.Create(0.199924842f);
        p = (p * s) + Vector512.Create(-0.333330661f);
        p = (p * s) + Vector512<float>.One;
        Vector512<float> angle = p * a;
        angle = Vector512.ConditionalSelect(steep, Vector512.Create(MathF.PI / 2) - angle, angle);
        angle = Vector512.ConditionalSelect(Vector512.LessThan(x, zero), Vector512.Create(MathF.PI) - angle, angle);
        return Vector512.ConditionalSelect(Vector512.LessThan(y, zero), -angle, angle);
    }
}
