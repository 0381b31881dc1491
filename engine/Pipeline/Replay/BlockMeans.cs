using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Pipeline.Replay;

/// <summary>
/// Eight numbers by which candidates are found: the means of four blocks of time, x and y, of a centred path, as bytes around 128: 1.4 px a
/// step near 0, more the farther out, as large movements are fast and slip more. A true replay lies within <see cref="Around"/> in all of them.
/// </summary>
internal static class BlockMeans
{
    /// <summary>Bytes that a look-up goes to either side at most: it asks for two cells a dimension, not more.</summary>
    public const int Widest = 8;

    /// <summary>px that jitter of 2 px and rounding move a mean by.</summary>
    private const float Base = 3;

    /// <summary>ms that a recorder's clock may slip: it moves a block's mean by what the path moves in that time.</summary>
    private const float Slip = 14;

    /// <summary>Steps a px near 0, and px at which a step is four times as large.</summary>
    private const float Steps = 0.7f, Bend = 180;

    private const int Blocks = 4;
    private const int Each = PathSignature.Points / Blocks;

    /// <summary>The means of a padded path, px: x of four blocks, then y.</summary>
    public static void Of(ReadOnlySpan<float> points, Span<float> means)
    {
        for (int b = 0; b < Blocks; b++)
        {
            float x = 0, y = 0;
            for (int i = 0; i < Each; i++)
            {
                x += points[1 + (b * Each) + i];
                y += points[Residual.YAt + 1 + (b * Each) + i];
            }

            (means[b], means[Blocks + b]) = (x / Each, y / Each);
        }
    }

    /// <summary>One byte of a mean.</summary>
    public static byte Byte(float mean) => (byte)Math.Clamp(128 + (int)MathF.Round(Steps * mean / (1 + (Math.Abs(mean) / Bend))), 0, 255);

    /// <summary>All eight bytes.</summary>
    public static ulong Pack(ReadOnlySpan<float> means)
    {
        ulong packed = 0;
        for (int i = 0; i < 8; i++)
        {
            packed |= (ulong)Byte(means[i]) << (8 * i);
        }

        return packed;
    }

    /// <summary>The least and greatest bytes of paths that this one may replay: a slipping clock shifts a block by its speed less the path's.</summary>
    /// <param name="points">Padded.</param>
    /// <param name="means">Eight, px.</param>
    /// <param name="duration">ms.</param>
    public static (ulong Low, ulong High) Around(ReadOnlySpan<float> points, ReadOnlySpan<float> means, int duration)
    {
        ulong low = 0, high = 0;
        float time = Math.Max(1, duration);
        for (int i = 0; i < 8; i++)
        {
            int axis = i < Blocks ? 0 : Residual.YAt, block = i % Blocks;
            float whole = (points[axis + PathSignature.Points] - points[axis + 1]) / time;
            float own = (points[axis + ((block + 1) * Each)] - points[axis + 1 + (block * Each)]) * Blocks / time;
            float tolerance = Base + (Slip * Math.Abs(own - whole));
            int middle = Byte(means[i]);
            low |= (ulong)Math.Max(Byte(means[i] - tolerance), Math.Max(0, middle - Widest)) << (8 * i);
            high |= (ulong)Math.Min(Byte(means[i] + tolerance), Math.Min(255, middle + Widest - 1)) << (8 * i);
        }

        return (low, high);
    }

    /// <summary>The scalar twin of <see cref="FindNear"/> for one.</summary>
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

    /// <summary>The first of the packed means from <paramref name="from"/> on that lies between, or the length; by the widest vectors there are.</summary>
    public static int FindNear(ReadOnlySpan<ulong> packed, int from, ulong low, ulong high)
    {
        ref ulong all = ref MemoryMarshal.GetReference(packed);
        int i = from;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<byte> l = Vector512.Create(low).AsByte(), h = Vector512.Create(high).AsByte();
            for (; i + 8 <= packed.Length; i += 8)
            {
                Vector512<byte> v = Vector512.LoadUnsafe(ref Unsafe.Add(ref all, i)).AsByte();
                var near = Vector512.Equals(Vector512.Min(Vector512.Max(v, l), h).AsUInt64(), v.AsUInt64()).ExtractMostSignificantBits();
                if (near != 0)
                {
                    return i + BitOperations.TrailingZeroCount(near);
                }
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<byte> l = Vector256.Create(low).AsByte(), h = Vector256.Create(high).AsByte();
            for (; i + 4 <= packed.Length; i += 4)
            {
                Vector256<byte> v = Vector256.LoadUnsafe(ref Unsafe.Add(ref all, i)).AsByte();
                var near = Vector256.Equals(Vector256.Min(Vector256.Max(v, l), h).AsUInt64(), v.AsUInt64()).ExtractMostSignificantBits();
                if (near != 0)
                {
                    return i + BitOperations.TrailingZeroCount(near);
                }
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            Vector128<byte> l = Vector128.Create(low).AsByte(), h = Vector128.Create(high).AsByte();
            for (; i + 2 <= packed.Length; i += 2)
            {
                Vector128<byte> v = Vector128.LoadUnsafe(ref Unsafe.Add(ref all, i)).AsByte();
                var near = Vector128.Equals(Vector128.Min(Vector128.Max(v, l), h).AsUInt64(), v.AsUInt64()).ExtractMostSignificantBits();
                if (near != 0)
                {
                    return i + BitOperations.TrailingZeroCount(near);
                }
            }
        }

        for (; i < packed.Length; i++)
        {
            if (IsNear(packed[i], low, high))
            {
                return i;
            }
        }

        return packed.Length;
    }
}
