using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Pipeline.Replay;

/// <summary>
/// Eight numbers by which candidates are found: the means of four blocks of time, x and y, of a centred path, in units of 4 px as bytes
/// around 128. A true replay lies within <see cref="Tolerance"/> in all of them (99.8 %, models.md).
/// </summary>
internal static class BlockMeans
{
    /// <summary>px a unit.</summary>
    public const float Unit = 4;

    /// <summary>px that a true replay's means differ by at most.</summary>
    public const float Tolerance = 8;

    /// <summary>Bytes may differ by so much: the tolerance and both roundings.</summary>
    public const byte Apart = 3;

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
    public static byte Byte(float mean) => (byte)Math.Clamp(128 + (int)MathF.Round(mean / Unit), 0, 255);

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

    /// <summary>The scalar twin of <see cref="FindNear"/> for one.</summary>
    public static bool IsNear(ulong a, ulong b)
    {
        for (int i = 0; i < 64; i += 8)
        {
            if (Math.Abs((int)(byte)(a >> i) - (byte)(b >> i)) > Apart)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The first of the packed means from <paramref name="from"/> on that is near, or the length; by the widest vectors there are.</summary>
    public static int FindNear(ReadOnlySpan<ulong> packed, int from, ulong wanted)
    {
        ref ulong all = ref MemoryMarshal.GetReference(packed);
        int i = from;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<byte> w = Vector512.Create(wanted).AsByte();
            for (; i + 8 <= packed.Length; i += 8)
            {
                Vector512<byte> v = Vector512.LoadUnsafe(ref Unsafe.Add(ref all, i)).AsByte();
                ulong near = Vector512.Equals(
                    Vector512.LessThanOrEqual(Vector512.Max(v, w) - Vector512.Min(v, w), Vector512.Create(Apart)).AsUInt64(), Vector512<ulong>.AllBitsSet).ExtractMostSignificantBits();
                if (near != 0)
                {
                    return i + System.Numerics.BitOperations.TrailingZeroCount(near);
                }
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<byte> w = Vector256.Create(wanted).AsByte();
            for (; i + 4 <= packed.Length; i += 4)
            {
                Vector256<byte> v = Vector256.LoadUnsafe(ref Unsafe.Add(ref all, i)).AsByte();
                Vector256<byte> apart = Vector256.Max(v, w) - Vector256.Min(v, w);
                uint near = Vector256.Equals(
                    Vector256.Equals(Vector256.Max(apart, Vector256.Create(Apart)), Vector256.Create(Apart)).AsUInt64(), Vector256<ulong>.AllBitsSet).ExtractMostSignificantBits();
                if (near != 0)
                {
                    return i + System.Numerics.BitOperations.TrailingZeroCount(near);
                }
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            Vector128<byte> w = Vector128.Create(wanted).AsByte();
            for (; i + 2 <= packed.Length; i += 2)
            {
                Vector128<byte> v = Vector128.LoadUnsafe(ref Unsafe.Add(ref all, i)).AsByte();
                Vector128<byte> apart = Vector128.Max(v, w) - Vector128.Min(v, w);
                uint near = Vector128.Equals(
                    Vector128.Equals(Vector128.Max(apart, Vector128.Create(Apart)), Vector128.Create(Apart)).AsUInt64(), Vector128<ulong>.AllBitsSet).ExtractMostSignificantBits();
                if (near != 0)
                {
                    return i + System.Numerics.BitOperations.TrailingZeroCount(near);
                }
            }
        }

        for (; i < packed.Length; i++)
        {
            if (IsNear(packed[i], wanted))
            {
                return i;
            }
        }

        return packed.Length;
    }
}
