using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Engine.Pipeline.Replay.Residuals;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay;

/// <summary>Eight numbers that find candidates: the means of a centred path in four blocks of time, for x and y, as
/// bytes around 128. A step is 1.4 px near 0 and grows with distance, as large movements are fast and slip more. All
/// means of a true replay are within <see cref="Around"/>.</summary>
internal static class BlockMeans
{
    /// <summary>The maximum distance of a look-up in bytes, to either side, so that it reads at most three cells per
    /// dimension.</summary>
    public const int Widest = 8;

    /// <summary>The distance in px by which jitter of 2 px and rounding move a mean. This and <see cref="Slip"/> are
    /// the smallest values that lost no replay; each larger step means half as many cells again.</summary>
    private const float Base = 2;

    /// <summary>The slip of a recorder's clock in ms. It moves a block's mean by what the path moves in that
    /// time.</summary>
    private const float Slip = 9;

    /// <summary>The slip in ms if a path jumps: half of a slow recorder's step, stretched.</summary>
    private const float JumpSlip = 28;

    /// <summary>Steps per px near 0, and the distance in px at which a step is four times as large.</summary>
    private const float Steps = 0.7f,
        Bend = 180;

    private const int Blocks = 4;
    private const int Each = PathSignature.Points / Blocks;

    /// <summary>Computes the means of a padded path, px: x of four blocks, then y.</summary>
    public static Vector256<float> Of(ReadOnlySpan<float> points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points.Length, Residual.Padded);
        ref float x = ref Unsafe.Add(ref MemoryMarshal.GetReference(points), 1);
        return Vector256.Create(OfBlocks(ref x), OfBlocks(ref Unsafe.Add(ref x, Residual.YAt)));
    }

    private static Vector128<float> OfBlocks(ref float values) =>
        Vector128.Create(
            OfBlock(ref values),
            OfBlock(ref Unsafe.Add(ref values, Each)),
            OfBlock(ref Unsafe.Add(ref values, 2 * Each)),
            OfBlock(ref Unsafe.Add(ref values, 3 * Each))
        );

    /// <summary>Sums halves, so that the vector width doesn't change the order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float OfBlock(ref float values)
    {
        Vector128<float> four =
            Vector128.LoadUnsafe(ref values)
            + Vector128.LoadUnsafe(ref values, 8)
            + (Vector128.LoadUnsafe(ref values, 4) + Vector128.LoadUnsafe(ref values, 12));
        return (four[0] + four[2] + (four[1] + four[3])) / Each;
    }

    /// <summary>Converts a mean to a byte, 1 to 255; 0 marks an empty slot. The scalar counterpart of
    /// <see cref="Pack"/> for one mean.</summary>
    public static byte Byte(float mean) =>
        (byte)Math.Clamp(128 + MathF.Round(Steps * mean / (1 + (Math.Abs(mean) / Bend))), 1, 255);

    /// <summary>Converts all eight means to bytes.</summary>
    public static ulong Pack(Vector256<float> means) => Join(Bytes(means));

    /// <summary>The smallest and greatest bytes of paths that this one may replay. A slipping clock shifts a block by
    /// its speed minus the path's.</summary>
    /// <param name="points">The padded path.</param>
    /// <param name="means">The eight means, px.</param>
    /// <param name="duration">The duration, ms.</param>
    public static (ulong Low, ulong High) Around(ReadOnlySpan<float> points, Vector256<float> means, int duration)
    {
        Span<float> moved = stackalloc float[2 * Blocks];
        ref float all = ref MemoryMarshal.GetReference(points[..Residual.Padded]);
        for (int axis = 0; axis < 2; axis++)
        {
            ref float first = ref Unsafe.Add(ref all, (axis * Residual.YAt) + 1);
            float whole = (Unsafe.Add(ref first, PathSignature.Points - 1) - first) / Blocks;
            for (int block = 0; block < Blocks; block++)
            {
                // Includes the points before and after, as a jump between two blocks may slip into either.
                ref float start = ref Unsafe.Add(ref first, block * Each);
                float inner = Unsafe.Add(ref start, Each - 1) - start - whole,
                    outer = Unsafe.Add(ref start, Each) - Unsafe.Add(ref start, -1) - whole;
                moved[(axis * Blocks) + block] = Math.Max(Math.Abs(inner), Math.Abs(outer));
            }
        }

        float slip = SlippedResidual.Jumps(points) ? JumpSlip : Slip;
        Vector256<float> tolerance =
            Vector256.Create(Base) + (Vector256.Create<float>(moved) * (slip * Blocks / Math.Max(1, duration)));
        Vector256<int> middle = Bytes(means);
        Vector256<int> low = Vector256.Max(Bytes(means - tolerance), middle - Vector256.Create(Widest)),
            high = Vector256.Min(Bytes(means + tolerance), middle + Vector256.Create(Widest - 1));
        return (Join(Vector256.Max(low, Vector256<int>.One)), Join(Vector256.Min(high, Vector256.Create(255))));
    }

    private static Vector256<int> Bytes(Vector256<float> means)
    {
        Vector256<float> bent =
            Vector256.Create(Steps) * means / (Vector256<float>.One + (Vector256.Abs(means) / Bend));
        Vector256<float> near = Vector256.Max(
            Vector256.Min(Vector256.Round(bent), Vector256.Create(127f)),
            Vector256.Create(-127f)
        );
        return Vector256.ConvertToInt32(near) + Vector256.Create(128);
    }

    private static ulong Join(Vector256<int> bytes)
    {
        Vector128<short> shorts = Vector128.Narrow(bytes.GetLower(), bytes.GetUpper());
        return Vector128.Narrow(shorts.AsUInt16(), shorts.AsUInt16()).AsUInt64()[0];
    }

    /// <summary>Whether packed means are within bounds: the scalar counterpart of <see cref="NearOfEight"/> for
    /// one.</summary>
    public static bool IsNear(ulong means, ulong low, ulong high)
    {
        for (int i = 0; i < 64; i += 8)
        {
            if ((byte)(means >> i) < (byte)(low >> i) || (byte)(means >> i) > (byte)(high >> i))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Tells which of eight consecutive packed means are within bounds, as bits. Uses the widest vectors
    /// available.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NearOfEight(ref readonly ulong eight, ulong low, ulong high)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<byte> v = Vector512.LoadUnsafe(in eight).AsByte();
            return (uint)
                Vector512
                    .Equals(
                        Vector512
                            .Min(Vector512.Max(v, Vector512.Create(low).AsByte()), Vector512.Create(high).AsByte())
                            .AsUInt64(),
                        v.AsUInt64()
                    )
                    .ExtractMostSignificantBits();
        }

        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<byte> l = Vector256.Create(low).AsByte(),
                h = Vector256.Create(high).AsByte();
            return NearOfFour(Vector256.LoadUnsafe(in eight).AsByte(), l, h)
                | (NearOfFour(Vector256.LoadUnsafe(in eight, 4).AsByte(), l, h) << 4);
        }

        Vector128<byte> min = Vector128.Create(low).AsByte(),
            max = Vector128.Create(high).AsByte();
        uint near = 0;
        for (int i = 0; i < 8; i += 2)
        {
            Vector128<byte> v = Vector128.LoadUnsafe(in eight, (nuint)i).AsByte();
            near |=
                Vector128
                    .Equals(Vector128.Min(Vector128.Max(v, min), max).AsUInt64(), v.AsUInt64())
                    .ExtractMostSignificantBits() << i;
        }

        return near;
    }

    private static uint NearOfFour(Vector256<byte> v, Vector256<byte> low, Vector256<byte> high) =>
        Vector256
            .Equals(Vector256.Min(Vector256.Max(v, low), high).AsUInt64(), v.AsUInt64())
            .ExtractMostSignificantBits();
}
