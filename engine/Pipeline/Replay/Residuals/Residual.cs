using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay.Residuals;

/// <summary>The distance between two paths, px: the root mean square distance of each point to the other path's
/// polyline within one sample of its own time, in both directions. Time may slip a little (another rate, jittered
/// clocks), position may not (models.md, "Replays").</summary>
internal static class Residual
{
    private const int Points = PathSignature.Points;

    /// <summary>The floats of a path with one extra point at either end: x from 0, y from <see cref="YAt"/>.</summary>
    public const int Padded = 160;

    /// <summary>The index of the first y.</summary>
    public const int YAt = 80;

    /// <summary>Repeats the first and the last point, so that every point has a segment on both sides.</summary>
    /// <param name="points">x in 1 to 64, y in <see cref="YAt"/> + 1 to + 64.</param>
    public static void Pad(Span<float> points)
    {
        points[0] = points[1];
        points[YAt] = points[YAt + 1];
        points[Points + 1] = points[Points];
        points[YAt + Points + 1] = points[YAt + Points];
    }

    /// <summary>The residual of two padded paths. Uses the widest vectors that the machine has.</summary>
    /// <param name="a">A padded path.</param>
    /// <param name="b">A padded path.</param>
    /// <param name="maxSquare">The maximum that a point counts, px².</param>
    public static float Between(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float maxSquare = float.MaxValue) =>
        Vector512.IsHardwareAccelerated ? Between<Float16Vector>(a, b, maxSquare)
        : Vector256.IsHardwareAccelerated ? Between<Float8Vector>(a, b, maxSquare)
        : Vector128.IsHardwareAccelerated ? Between<Float4Vector>(a, b, maxSquare)
        : Between<Float1Vector>(a, b, maxSquare);

    /// <summary>The same at a given vector width.</summary>
    [SkipLocalsInit]
    public static float Between<TLane>(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float maxSquare = float.MaxValue)
        where TLane : struct, IFloatVector<TLane>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(a.Length, Padded);
        ArgumentOutOfRangeException.ThrowIfLessThan(b.Length, Padded);
        Span<float> squares = stackalloc float[Points];
        ref float pa = ref MemoryMarshal.GetReference(a),
            pb = ref MemoryMarshal.GetReference(b),
            to = ref MemoryMarshal.GetReference(squares);
        TLane limit = TLane.Of(maxSquare);
        for (int i = 0; i < Points; i += TLane.Count)
        {
            (
                TLane.Min(ToPolyline<TLane>(ref pa, ref pb, i), limit)
                + TLane.Min(ToPolyline<TLane>(ref pb, ref pa, i), limit)
            ).Store(ref Unsafe.Add(ref to, i));
        }

        return MathF.Sqrt(Sum<TLane>(ref to) / (2 * Points));
    }

    /// <summary>The sum of 64 numbers, which it overwrites. Adds halves, so that the width doesn't change the
    /// order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum<TLane>(ref float values)
        where TLane : struct, IFloatVector<TLane>
    {
        for (int half = Points / 2; half > 0; half /= 2)
        {
            if (half >= TLane.Count)
            {
                for (int i = 0; i < half; i += TLane.Count)
                {
                    (At<TLane>(ref values, i) + At<TLane>(ref values, half + i)).Store(ref Unsafe.Add(ref values, i));
                }
            }
            else
            {
                for (int i = 0; i < half; i++)
                {
                    Unsafe.Add(ref values, i) += Unsafe.Add(ref values, half + i);
                }
            }
        }

        return values;
    }

    /// <summary>The squared distances of points from <paramref name="i"/> on to the segments before and after the
    /// corresponding points of the other path.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane ToPolyline<TLane>(ref float points, ref float line, int i)
        where TLane : struct, IFloatVector<TLane>
    {
        TLane px = At<TLane>(ref points, i + 1),
            py = At<TLane>(ref points, YAt + i + 1);
        TLane x0 = At<TLane>(ref line, i),
            y0 = At<TLane>(ref line, YAt + i),
            x1 = At<TLane>(ref line, i + 1),
            y1 = At<TLane>(ref line, YAt + i + 1);
        TLane x2 = At<TLane>(ref line, i + 2),
            y2 = At<TLane>(ref line, YAt + i + 2);
        return TLane.Min(ToSegment(px, py, x0, y0, x1, y1), ToSegment(px, py, x1, y1, x2, y2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane ToSegment<TLane>(TLane px, TLane py, TLane ax, TLane ay, TLane bx, TLane by)
        where TLane : struct, IFloatVector<TLane>
    {
        TLane dx = bx - ax,
            dy = by - ay,
            ex = px - ax,
            ey = py - ay;
        // for a segment without length, the nearest point is its start: 0 over the smallest divisor
        TLane along = ((ex * dx) + (ey * dy)) / TLane.Max((dx * dx) + (dy * dy), TLane.Of(1e-12f));
        along = TLane.Min(TLane.Max(along, TLane.Of(0)), TLane.Of(1));
        TLane qx = ex - (along * dx),
            qy = ey - (along * dy);
        return (qx * qx) + (qy * qy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane At<TLane>(ref float from, int i)
        where TLane : struct, IFloatVector<TLane> => TLane.Load(ref Unsafe.Add(ref from, i));
}
