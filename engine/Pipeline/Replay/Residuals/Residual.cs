using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay.Residuals;

/// <summary>
/// How far one path lies from another, px: the root mean square distance of each point to the other's polyline within
/// one sample of its own time, both ways. Time may slip a little (another rate, jittered clocks), place may not
/// (models.md, "Replays").
/// </summary>
internal static class Residual
{
    private const int Points = PathSignature.Points;

    /// <summary>A path's floats with one more point at either end: x from 0, y from <see cref="YAt"/>.</summary>
    public const int Padded = 160;

    /// <summary>Where y begins.</summary>
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

    /// <summary>The residual of two padded paths, by the widest vectors that the machine has.</summary>
    /// <param name="a">Padded.</param>
    /// <param name="b">Padded.</param>
    /// <param name="most">px² that a point counts at most.</param>
    public static float Between(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float most = float.MaxValue) =>
        Vector512.IsHardwareAccelerated ? Between<Float16Vector>(a, b, most)
        : Vector256.IsHardwareAccelerated ? Between<Float8Vector>(a, b, most)
        : Vector128.IsHardwareAccelerated ? Between<Float4Vector>(a, b, most)
        : Between<Float1Vector>(a, b, most);

    /// <summary>The same by a given width.</summary>
    [SkipLocalsInit]
    public static float Between<TLane>(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float most = float.MaxValue)
        where TLane : struct, IFloatVector<TLane>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(a.Length, Padded);
        ArgumentOutOfRangeException.ThrowIfLessThan(b.Length, Padded);
        Span<float> squares = stackalloc float[Points];
        ref float pa = ref MemoryMarshal.GetReference(a),
            pb = ref MemoryMarshal.GetReference(b),
            to = ref MemoryMarshal.GetReference(squares);
        TLane limit = TLane.Of(most);
        for (int i = 0; i < Points; i += TLane.Count)
        {
            (
                TLane.Min(ToPolyline<TLane>(ref pa, ref pb, i), limit)
                + TLane.Min(ToPolyline<TLane>(ref pb, ref pa, i), limit)
            ).Store(ref Unsafe.Add(ref to, i));
        }

        return MathF.Sqrt(Sum<TLane>(ref to) / (2 * Points));
    }

    /// <summary>
    /// The sum of 64 numbers, which it overwrites: halves are added up, so that no width changes the order.
    /// </summary>
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

    /// <summary>
    /// Squared distances of points i and on to the segments before and after the same points of the other.
    /// </summary>
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
        // a segment without length has its start for nearest point: 0 over the least number
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
