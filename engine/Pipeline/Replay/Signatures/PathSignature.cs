using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Pipeline.Replay.Signatures;

/// <summary>The compact form of a path in the replay index: 64 points at equal times (means over windows), as
/// differences in signed bytes by a <see cref="DifferenceScale"/>, and the duration. Differences are relative to what
/// the reader decodes, so that rounding errors don't accumulate.</summary>
/// <remarks>The bytes, as on the topic `path-signatures` (130, little-endian): 0 to 62 differences in x, 63 to 125 in
/// y, 126 scale (<see cref="DifferenceScale"/>), 127 flags (bit 0: enough shape to be stored; bit 1: enough shape to be
/// looked up), 128 u16 duration in ms (65,535 means that or more).</remarks>
[InlineArray(Size)]
public struct PathSignature
{
    /// <summary>The number of points, at equal times.</summary>
    public const int Points = 64;

    /// <summary>The number of bytes of the encoding.</summary>
    public const int Size = 130;

    /// <summary>The minimum standard deviation along the main axis, px (models.md).</summary>
    public const float MinMain = 20;

    /// <summary>The minimum standard deviation across it, px (models.md).</summary>
    public const float MinMinor = 2;

    /// <summary>The share of both minima for a path that is only looked up. A slower recorder cuts corners, which
    /// removes up to a quarter of a stored path's deviation across (of 35,178 replays of people's paths, 29 fell below
    /// 2 px).</summary>
    public const float LookedUpShare = 0.75f;

    internal const int Differences = Points - 1;
    internal const int ScaleAt = 126;
    internal const int FlagsAt = 127;
    private const int DurationAt = 128;
    private const byte Stored = 1,
        LookedUp = 2;

    private byte _first;

    /// <summary>Whether the path has enough shape to be distinctive; only then is it stored.</summary>
    public readonly bool HasShape => (this[FlagsAt] & Stored) != 0;

    /// <summary>Whether the path is compared with stored ones, for which slightly less shape is enough.</summary>
    public readonly bool IsCompared => (this[FlagsAt] & LookedUp) != 0;

    /// <summary>The time from the first to the last point, ms.</summary>
    public readonly int Duration => BinaryPrimitives.ReadUInt16LittleEndian(((ReadOnlySpan<byte>)this)[DurationAt..]);

    /// <summary>Encodes a path.</summary>
    /// <param name="t">Milliseconds; steps back in time are skipped.</param>
    /// <param name="x">CSS pixels.</param>
    /// <param name="y">CSS pixels.</param>
    /// <returns>A signature without shape if the path has too little.</returns>
    [SkipLocalsInit]
    public static PathSignature Encode(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Span<float> px = stackalloc float[Points],
            py = stackalloc float[Points];
        float duration = TimedPoints.Resample(t, x, y, px, py);
        return duration > 0 ? Of(px, py, duration, Shape(px, py)) : default;
    }

    /// <summary>Encodes points at equal times that have enough shape to be looked up.</summary>
    /// <param name="x">The x of 64 points, px.</param>
    /// <param name="y">The y of 64 points, px.</param>
    /// <param name="duration">The time from the first to the last, ms.</param>
    /// <param name="stored">Whether they have enough shape to be stored, too.</param>
    internal static PathSignature Of(ReadOnlySpan<float> x, ReadOnlySpan<float> y, float duration, bool stored) =>
        Of(x, y, duration, stored ? (byte)(Stored | LookedUp) : LookedUp);

    private static PathSignature Of(ReadOnlySpan<float> x, ReadOnlySpan<float> y, float duration, byte flags)
    {
        var signature = default(PathSignature);
        Span<byte> bytes = signature;
        bytes[ScaleAt] = DifferenceScale.Encode(x, y, bytes[..Differences], bytes.Slice(Differences, Differences)).Code;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[DurationAt..], (ushort)Math.Clamp(duration, 1, ushort.MaxValue));
        bytes[FlagsAt] = flags;
        return signature;
    }

    /// <summary>Reads a signature written by <see cref="Encode"/> or <see cref="CopyTo"/>. Returns false if the bytes
    /// aren't one.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out PathSignature signature)
    {
        signature = default;
        if (
            bytes.Length != Size
            || !DifferenceScale.IsCode(bytes[ScaleAt])
            || bytes[FlagsAt] is not (0 or LookedUp or (LookedUp | Stored))
        )
        {
            return false;
        }

        bytes.CopyTo(signature);
        return true;
    }

    /// <summary>Writes the <see cref="Size"/> bytes of the encoding.</summary>
    public readonly void CopyTo(Span<byte> bytes) => ((ReadOnlySpan<byte>)this).CopyTo(bytes);

    /// <summary>Computes the flags from the standard deviations along the points' principal axes, by their
    /// covariance.</summary>
    private static byte Shape(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        // relative to the first point, so that floats hold squares of the path's extent, not of its position on the
        // screen
        Vector512<double> sumX = default,
            sumY = default,
            squareX = default,
            squareY = default,
            product = default;
        Vector512<float> firstX = Vector512.Create(x[0]),
            firstY = Vector512.Create(y[0]);
        for (int i = 0; i < Points; i += Vector512<float>.Count)
        {
            var (lowX, highX) = Vector512.Widen(Vector512.Create(x[i..]) - firstX);
            var (lowY, highY) = Vector512.Widen(Vector512.Create(y[i..]) - firstY);
            sumX += lowX + highX;
            sumY += lowY + highY;
            squareX += (lowX * lowX) + (highX * highX);
            squareY += (lowY * lowY) + (highY * highY);
            product += (lowX * lowY) + (highX * highY);
        }

        double meanX = Vector512.Sum(sumX) / Points,
            meanY = Vector512.Sum(sumY) / Points;
        double spreadX = (Vector512.Sum(squareX) / Points) - (meanX * meanX),
            spreadY = (Vector512.Sum(squareY) / Points) - (meanY * meanY);
        var (main, minor) = PrincipalAxes.Of(spreadX, spreadY, (Vector512.Sum(product) / Points) - (meanX * meanY));
        const double LookedUpSquare = LookedUpShare * LookedUpShare;
        return main >= MinMain * MinMain && minor >= MinMinor * MinMinor ? (byte)(Stored | LookedUp)
            : main >= MinMain * MinMain * LookedUpSquare && minor >= MinMinor * MinMinor * LookedUpSquare ? LookedUp
            : (byte)0;
    }
}
