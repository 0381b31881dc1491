using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Engine.Pipeline.CursorPath.Geometry;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay.Residuals;

/// <summary>The distance between two paths if one of them jumps, px. A recorder with another rate sees a jump some ms
/// earlier or later, so the few points around it are off by hundreds of px, and so is the mean that aligns both paths.
/// Therefore this aligns them by the median difference and caps each point at <see cref="MaxPlace"/>. Paths without
/// jumps don't get this tolerance: a different path may be close to all but a few of their points.</summary>
internal static class SlippedResidual
{
    /// <summary>The px between two points (1/63 of the duration) from which on a path jumps.</summary>
    public const float Jump = 64;

    /// <summary>The maximum px that a point adds to the sum.</summary>
    private const float MaxPlace = 16;

    private const int Points = PathSignature.Points;

    /// <summary>Whether a padded path jumps.</summary>
    public static bool Jumps(ReadOnlySpan<float> points)
    {
        ref float first = ref MemoryMarshal.GetReference(points[..Residual.Padded]);
        Vector256<float> max = default;
        // from the padding before the first point to that after the last, whose steps are 0
        for (int i = 0; i < Points; i += Vector256<float>.Count)
        {
            max = Vector256.Max(max, Vector256.Max(Steps(ref first, i), Steps(ref first, Residual.YAt + i)));
        }

        return Vector256.GreaterThanOrEqualAny(max, Vector256.Create(Jump));
    }

    private static Vector256<float> Steps(ref float first, int i) =>
        Vector256.Abs(
            Vector256.LoadUnsafe(ref Unsafe.Add(ref first, i + 1)) - Vector256.LoadUnsafe(ref Unsafe.Add(ref first, i))
        );

    /// <summary>The residual of two padded paths.</summary>
    [SkipLocalsInit]
    public static float Between(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Span<float> moved = stackalloc float[Residual.Padded];
        Move(a, b, moved, 0);
        Move(a, b, moved, Residual.YAt);
        return Residual.Between(moved, b, MaxPlace * MaxPlace);
    }

    /// <summary>Moves one axis of a by the median of its differences from b.</summary>
    [SkipLocalsInit]
    private static void Move(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> moved, int axis)
    {
        Span<float> apart = stackalloc float[Points];
        for (int i = 0; i < Points; i += Vector512<float>.Count)
        {
            (Vector512.Create(a[(axis + 1 + i)..]) - Vector512.Create(b[(axis + 1 + i)..])).CopyTo(apart[i..]);
        }

        float middle = Median(apart);
        for (int i = 0; i < Points + 2; i++)
        {
            moved[axis + i] = a[axis + i] - middle;
        }
    }

    /// <summary>The mean of the two middle values of 64. Each is the greatest value with at most a given number of
    /// smaller ones. Counts for all values at once, as their order is unpredictable for branches.</summary>
    private static float Median(ReadOnlySpan<float> values)
    {
        Vector512<float> a = Vector512.Create(values),
            b = Vector512.Create(values[16..]),
            c = Vector512.Create(values[32..]),
            d = Vector512.Create(values[48..]);
        Vector512<int> lessA = default,
            lessB = default,
            lessC = default,
            lessD = default;
        foreach (float value in values[..Points])
        {
            Vector512<float> one = Vector512.Create(value);
            // true is -1
            lessA -= Vector512.LessThan(one, a).AsInt32();
            lessB -= Vector512.LessThan(one, b).AsInt32();
            lessC -= Vector512.LessThan(one, c).AsInt32();
            lessD -= Vector512.LessThan(one, d).AsInt32();
        }

        return (Greatest((Points / 2) - 1) + Greatest(Points / 2)) / 2;

        float Greatest(int before)
        {
            Vector512<float> none = Vector512.Create(float.NegativeInfinity);
            Vector512<int> limit = Vector512.Create(before + 1);
            Vector512<float> ab = Vector512.Max(
                Vector512.ConditionalSelect(Vector512.LessThan(lessA, limit).AsSingle(), a, none),
                Vector512.ConditionalSelect(Vector512.LessThan(lessB, limit).AsSingle(), b, none)
            );
            Vector512<float> cd = Vector512.Max(
                Vector512.ConditionalSelect(Vector512.LessThan(lessC, limit).AsSingle(), c, none),
                Vector512.ConditionalSelect(Vector512.LessThan(lessD, limit).AsSingle(), d, none)
            );
            return Series.Greatest(Vector512.Max(ab, cd));
        }
    }
}
