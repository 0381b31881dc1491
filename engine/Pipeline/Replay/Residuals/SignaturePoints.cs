using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Replay.Residuals;

/// <summary>Converts a signature to points: running sums of its differences minus their mean, padded for
/// <see cref="Residual"/>. The sums are of integers, so all widths are equal bit for bit. Every look-up does this for
/// each candidate.</summary>
internal static class SignaturePoints
{
    /// <summary>Fills a padded path in px with its mean at (0, 0). Uses the widest vectors that the machine
    /// has.</summary>
    public static void Unpack(ReadOnlySpan<byte> signature, Span<float> points)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Unpack512(signature, points);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Unpack128(signature, points);
        }
        else
        {
            UnpackScalar(signature, points);
        }
    }

    /// <summary>The scalar counterpart of the others.</summary>
    public static void UnpackScalar(ReadOnlySpan<byte> signature, Span<float> points)
    {
        var scale = new DifferenceScale(signature[PathSignature.ScaleAt]);
        for (int axis = 0; axis < 2; axis++)
        {
            Span<float> to = points[(axis * Residual.YAt)..];
            int at = 0,
                sum = 0;
            to[1] = 0;
            for (int i = 0; i < PathSignature.Differences; i++)
            {
                at += scale.Units((sbyte)signature[(axis * PathSignature.Differences) + i]) << scale.Shift;
                sum += at;
                to[i + 2] = at;
            }

            float mean = (float)sum / PathSignature.Points;
            for (int i = 1; i <= PathSignature.Points; i++)
            {
                to[i] -= mean;
            }
        }

        Residual.Pad(points);
    }

    /// <summary>Uses vectors of 16 numbers.</summary>
    public static void Unpack512(ReadOnlySpan<byte> signature, Span<float> points)
    {
        var scale = new DifferenceScale(signature[PathSignature.ScaleAt]);
        ArgumentOutOfRangeException.ThrowIfLessThan(points.Length, Residual.Padded);
        ref float to = ref MemoryMarshal.GetReference(points);
        Unpack512(in MemoryMarshal.GetReference(signature[..PathSignature.Points]), ref to, scale);
        Unpack512(
            in MemoryMarshal.GetReference(signature.Slice(PathSignature.Differences, PathSignature.Points)),
            ref Unsafe.Add(ref to, Residual.YAt),
            scale
        );
    }

    /// <summary>Uses vectors of 4 numbers.</summary>
    public static void Unpack128(ReadOnlySpan<byte> signature, Span<float> points)
    {
        var scale = new DifferenceScale(signature[PathSignature.ScaleAt]);
        ArgumentOutOfRangeException.ThrowIfLessThan(points.Length, Residual.Padded);
        ref float to = ref MemoryMarshal.GetReference(points);
        Unpack128(in MemoryMarshal.GetReference(signature[..PathSignature.Points]), ref to, scale);
        Unpack128(
            in MemoryMarshal.GetReference(signature.Slice(PathSignature.Differences, PathSignature.Points)),
            ref Unsafe.Add(ref to, Residual.YAt),
            scale
        );
    }

    private static void Unpack512(ref readonly byte differences, ref float to, DifferenceScale scale)
    {
        // the 64th byte belongs to the next field; set to 0, it repeats the last point, as padding requires
        Vector512<sbyte> all =
            Vector512.LoadUnsafe(in differences).AsSByte()
            & Vector512.Create(-1L, -1, -1, -1, -1, -1, -1, 0x00ff_ffff_ffff_ffff).AsSByte();
        var (low, high) = Vector512.Widen(all);
        var (a, b) = Vector512.Widen(low);
        var (c, d) = Vector512.Widen(high);
        Vector512<int> knee = Vector512.Create(scale.Knee),
            more = Vector512.Create(scale.Step - 1);
        a = Running(Units(a, knee, more) << scale.Shift);
        b = Running(Units(b, knee, more) << scale.Shift) + Last(a);
        c = Running(Units(c, knee, more) << scale.Shift) + Last(b);
        d = Running(Units(d, knee, more) << scale.Shift) + Last(c);
        // without the 64th, which isn't a point
        float mean = (float)(Vector512.Sum(a + b + c + d) - d[15]) / PathSignature.Points;
        Vector512<float> shift = Vector512.Create(mean);
        Unsafe.Add(ref to, 1) = Unsafe.Add(ref to, 0) = 0 - mean;
        (Vector512.ConvertToSingle(a) - shift).StoreUnsafe(ref Unsafe.Add(ref to, 2));
        (Vector512.ConvertToSingle(b) - shift).StoreUnsafe(ref Unsafe.Add(ref to, 18));
        (Vector512.ConvertToSingle(c) - shift).StoreUnsafe(ref Unsafe.Add(ref to, 34));
        (Vector512.ConvertToSingle(d) - shift).StoreUnsafe(ref Unsafe.Add(ref to, 50));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Units(Vector512<int> differences, Vector512<int> knee, Vector512<int> more)
    {
        Vector512<int> sign = differences >> 31,
            magnitude = Vector512.Abs(differences);
        Vector512<int> units = magnitude + (Vector512.Max(Vector512<int>.Zero, magnitude - knee) * more);
        return (units ^ sign) - sign;
    }

    /// <summary>Prefix sums (W. Hillis and G. Steele, "Data parallel algorithms", 1986).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Running(Vector512<int> v)
    {
        // indices out of range yield 0
        v += Vector512.Shuffle(v, Vector512.Create(-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
        v += Vector512.Shuffle(v, Vector512.Create(-1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13));
        v += Vector512.Shuffle(v, Vector512.Create(-1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
        return v + Vector512.Shuffle(v, Vector512.Create(-1, -1, -1, -1, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Last(Vector512<int> v) => Vector512.Shuffle(v, Vector512.Create(15));

    private static void Unpack128(ref readonly byte differences, ref float to, DifferenceScale scale)
    {
        Vector128<int> knee = Vector128.Create(scale.Knee),
            more = Vector128.Create(scale.Step - 1),
            last = default,
            sum = default;
        for (int i = 0; i < PathSignature.Points; i += 4)
        {
            int four = Unsafe.ReadUnaligned<int>(in Unsafe.Add(ref Unsafe.AsRef(in differences), i));
            four = i == PathSignature.Points - 4 ? four & 0x00ff_ffff : four;
            Vector128<int> v = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(four).AsSByte()));
            Vector128<int> sign = v >> 31,
                magnitude = Vector128.Abs(v);
            v = ((magnitude + (Vector128.Max(Vector128<int>.Zero, magnitude - knee) * more)) ^ sign) - sign;
            v <<= scale.Shift;
            v += Vector128.Shuffle(v, Vector128.Create(-1, 0, 1, 2));
            v += Vector128.Shuffle(v, Vector128.Create(-1, -1, 0, 1));
            v += last;
            last = Vector128.Shuffle(v, Vector128.Create(3));
            sum += v;
            Vector128.ConvertToSingle(v).StoreUnsafe(ref Unsafe.Add(ref to, i + 2));
        }

        float mean = (float)(Vector128.Sum(sum) - last[0]) / PathSignature.Points;
        Vector128<float> shift = Vector128.Create(mean);
        Unsafe.Add(ref to, 1) = Unsafe.Add(ref to, 0) = 0 - mean;
        for (int i = 2; i < PathSignature.Points + 2; i += 4)
        {
            (Vector128.LoadUnsafe(ref Unsafe.Add(ref to, i)) - shift).StoreUnsafe(ref Unsafe.Add(ref to, i));
        }
    }
}
