using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Engine.Pipeline.CursorPath.Geometry;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay.Residuals;

/// <summary>
/// How far two paths lie apart where one of them jumps, px. A recorder of another rate sees a jump some ms earlier or
/// later: the few places around it are off by hundreds of px, and with them the mean that both are laid by. So they are
/// laid by the median difference, and no place counts more than <see cref="MaxPlace"/>. Paths that don't jump get no
/// such mercy: a stranger may come near to all but a few of their places.
/// </summary>
internal static class SlippedResidual
{
    /// <summary>px between two places (1/63 of the duration) from which on a path jumps.</summary>
    public const float Jump = 64;

    /// <summary>px that a place may be off in the sum.</summary>
    private const float MaxPlace = 16;

    private const int Points = PathSignature.Points;

    /// <summary>Whether a padded path jumps.</summary>
    public static bool Jumps(ReadOnlySpan<float> points)
    {
        ref float first = ref MemoryMarshal.GetReference(points[..Residual.Padded]);
        Vector256<float> most = default;
        // from the padding before the first place to that after the last, whose steps are 0
        for (int i = 0; i < Points; i += Vector256<float>.Count)
        {
            most = Vector256.Max(most, Vector256.Max(Steps(ref first, i), Steps(ref first, Residual.YAt + i)));
        }

        return Vector256.GreaterThanOrEqualAny(most, Vector256.Create(Jump));
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

    /// <summary>One axis of a, by the median of its distances from b.</summary>
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

    /// <summary>
    /// The mean of the two middle ones of 64 numbers: each is the greatest of those that no more than so many are less
    /// than. All are counted at once, for their order is nothing that a processor could foresee.
    /// </summary>
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
            // what holds is -1
            lessA -= Vector512.LessThan(one, a).AsInt32();
            lessB -= Vector512.LessThan(one, b).AsInt32();
            lessC -= Vector512.LessThan(one, c).AsInt32();
            lessD -= Vector512.LessThan(one, d).AsInt32();
        }

        return (Greatest((Points / 2) - 1) + Greatest(Points / 2)) / 2;

        float Greatest(int before)
        {
            Vector512<float> least = Vector512.Create(float.NegativeInfinity);
            Vector512<int> most = Vector512.Create(before + 1);
            Vector512<float> ab = Vector512.Max(
                Vector512.ConditionalSelect(Vector512.LessThan(lessA, most).AsSingle(), a, least),
                Vector512.ConditionalSelect(Vector512.LessThan(lessB, most).AsSingle(), b, least)
            );
            Vector512<float> cd = Vector512.Max(
                Vector512.ConditionalSelect(Vector512.LessThan(lessC, most).AsSingle(), c, least),
                Vector512.ConditionalSelect(Vector512.LessThan(lessD, most).AsSingle(), d, least)
            );
            return Series.Greatest(Vector512.Max(ab, cd));
        }
    }
}
