using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Engine.Pipeline.Replay;

/// <summary>
/// What the replay index keeps of a path: 64 places at equal times (means over windows) as differences in signed bytes, times 2^shift px, and the duration.
/// Differences are taken from what the reader will have, so that rounding doesn't add up: a point is off by half of 2^shift px at most.
/// </summary>
/// <remarks>
/// Bytes, as on the topic `path-signatures` (130, little-endian): 0 to 62 differences in x, 63 to 125 in y, 126 shift, 127 flags
/// (bit 0: shape enough to be compared), 128 u16 duration in ms (65,535 is that and more).
/// </remarks>
[InlineArray(Size)]
public struct PathSignature
{
    /// <summary>Points at equal times.</summary>
    public const int Points = 64;

    /// <summary>Bytes of its form on the wire.</summary>
    public const int Size = 130;

    /// <summary>Least standard deviation along the main axis, px (models.md).</summary>
    public const float LeastMain = 20;

    /// <summary>Least standard deviation across it, px (models.md).</summary>
    public const float LeastMinor = 2;

    internal const int Differences = Points - 1;
    private const int ShiftAt = 126;
    internal const int FlagsAt = 127;
    private const int DurationAt = 128;

    private byte _first;

    /// <summary>Whether the path has shape enough to be told apart from others: only then is it stored and compared.</summary>
    public readonly bool HasShape => (this[FlagsAt] & 1) != 0;

    /// <summary>From the first to the last point, ms.</summary>
    public readonly int Duration => BinaryPrimitives.ReadUInt16LittleEndian(((ReadOnlySpan<byte>)this)[DurationAt..]);

    /// <summary>The largest error of a point, px.</summary>
    public readonly float Precision => MathF.ScaleB(0.5f, this[ShiftAt]);

    /// <summary>Encodes a path.</summary>
    /// <param name="t">Milliseconds; steps back in time are left out.</param>
    /// <param name="x">CSS pixels.</param>
    /// <param name="y">CSS pixels.</param>
    /// <returns>A signature without shape if the path has too little of it.</returns>
    [SkipLocalsInit]
    public static PathSignature Encode(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Span<float> px = stackalloc float[Points], py = stackalloc float[Points];
        var signature = default(PathSignature);
        float duration = TimedPoints.Resample(t, x, y, px, py);
        if (!(duration > 0))
        {
            return signature;
        }

        Span<byte> bytes = signature;
        int shift = ShiftFor(px, py);
        Differ(px, shift, bytes[..Differences]);
        Differ(py, shift, bytes.Slice(Differences, Differences));
        bytes[ShiftAt] = (byte)shift;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[DurationAt..], (ushort)Math.Clamp(duration, 1, ushort.MaxValue));
        bytes[FlagsAt] = EnoughShape(px, py) ? (byte)1 : (byte)0;
        return signature;
    }

    /// <summary>The signature that <see cref="Encode"/> or <see cref="CopyTo"/> wrote; false if the bytes are none.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out PathSignature signature)
    {
        signature = default;
        if (bytes.Length != Size || bytes[ShiftAt] > 20 || bytes[FlagsAt] > 1)
        {
            return false;
        }

        bytes.CopyTo(signature);
        return true;
    }

    /// <summary>Writes the <see cref="Size"/> bytes of the wire form.</summary>
    public readonly void CopyTo(Span<byte> bytes) => ((ReadOnlySpan<byte>)this).CopyTo(bytes);

    /// <summary>The points, px, their mean at (0, 0).</summary>
    /// <param name="x">64 values.</param>
    /// <param name="y">64 values.</param>
    public readonly void Decode(Span<float> x, Span<float> y) => Decode(this, x, y);

    internal static void Decode(ReadOnlySpan<byte> bytes, Span<float> x, Span<float> y)
    {
        int unit = 1 << bytes[ShiftAt];
        Sum(bytes[..Differences], unit, x[..Points]);
        Sum(bytes.Slice(Differences, Differences), unit, y[..Points]);
    }

    private static void Sum(ReadOnlySpan<byte> differences, int unit, Span<float> values)
    {
        int at = 0, sum = 0;
        values[0] = 0;
        for (int i = 0; i < differences.Length; i++)
        {
            at += (sbyte)differences[i] * unit;
            values[i + 1] = at;
            sum += at;
        }

        float mean = (float)sum / Points;
        foreach (ref float value in values)
        {
            value -= mean;
        }
    }

    private static void Differ(ReadOnlySpan<float> values, int shift, Span<byte> differences)
    {
        float unit = MathF.ScaleB(1, shift);
        int read = 0;
        for (int i = 0; i < differences.Length; i++)
        {
            int difference = (int)Math.Clamp(MathF.Round((values[i + 1] - values[0]) / unit) - read, -127, 127);
            differences[i] = (byte)(sbyte)difference;
            read += difference;
        }
    }

    private static int ShiftFor(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        float most = 0;
        for (int i = 1; i < Points; i++)
        {
            most = Math.Max(most, Math.Max(Math.Abs(x[i] - x[i - 1]), Math.Abs(y[i] - y[i - 1])));
        }

        int shift = 0;
        while (shift < 20 && most > 126 * MathF.ScaleB(1, shift))
        {
            shift++;
        }

        return shift;
    }

    /// <summary>Standard deviations along the principal axes of the points, from their covariance.</summary>
    private static bool EnoughShape(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < Points; i++)
        {
            mx += x[i] / Points;
            my += y[i] / Points;
        }

        for (int i = 0; i < Points; i++)
        {
            xx += (x[i] - mx) * (x[i] - mx) / Points;
            yy += (y[i] - my) * (y[i] - my) / Points;
            xy += (x[i] - mx) * (y[i] - my) / Points;
        }

        double half = (xx + yy) / 2, root = Math.Sqrt(((xx - yy) * (xx - yy) / 4) + (xy * xy));
        return half + root >= LeastMain * LeastMain && half - root >= LeastMinor * LeastMinor;
    }
}
