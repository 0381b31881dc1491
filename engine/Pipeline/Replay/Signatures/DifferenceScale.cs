using System.Runtime.Intrinsics;
using Engine.Pipeline.CursorPath.Geometry;

namespace Engine.Pipeline.Replay.Signatures;

/// <summary>The meaning of a signature's difference bytes. Up to the knee, a step is 2^shift px; beyond it,
/// <see cref="Step"/> times that. So a path that jumps once keeps its other points to half a pixel. Only the point
/// after the jump is coarser, and the next difference corrects that.</summary>
/// <param name="Code">The encoding: bits 0 to 4 are the shift (0 to 20), bits 5 and 6 the curve (0: no knee; 1: 96, 8;
/// 2: 80, 24).</param>
internal readonly record struct DifferenceScale(byte Code)
{
    /// <summary>The greatest magnitude of a byte.</summary>
    private const int MaxMagnitude = 127;

    private const int MaxShift = 20,
        CurveShift = 5;

    private static ReadOnlySpan<byte> Knees => [MaxMagnitude, 96, 80];

    private static ReadOnlySpan<byte> Steps => [1, 8, 24];

    /// <summary>The shift: a unit is 2^shift px.</summary>
    public int Shift => Code & 31;

    /// <summary>The greatest magnitude that stands for itself.</summary>
    public int Knee => Knees[Code >> CurveShift];

    /// <summary>The number of units per step beyond the knee.</summary>
    public int Step => Steps[Code >> CurveShift];

    /// <summary>Whether a byte encodes a scale.</summary>
    public static bool IsCode(byte code) => (code & 31) <= MaxShift && code >> CurveShift < Knees.Length;

    /// <summary>Writes the differences with the scale that loses least.</summary>
    /// <param name="x">The x of 64 points, px.</param>
    /// <param name="y">The y of 64 points, px.</param>
    /// <param name="dx">Receives 63 differences.</param>
    /// <param name="dy">Receives 63 differences.</param>
    public static DifferenceScale Encode(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<byte> dx, Span<byte> dy)
    {
        float max = Math.Max(Farthest(x), Farthest(y));
        DifferenceScale best = Smallest(0, max);
        float lost = best.Write(x, dx) + best.Write(y, dy);
        if (best.Shift == 0)
        {
            return best;
        }

        Span<byte> ox = stackalloc byte[dx.Length],
            oy = stackalloc byte[dy.Length];
        for (int curve = 1; curve < Knees.Length; curve++)
        {
            DifferenceScale other = Smallest(curve, max);
            float otherLost = other.Write(x, ox) + other.Write(y, oy);
            if (otherLost < lost)
            {
                (best, lost) = (other, otherLost);
                ox.CopyTo(dx);
                oy.CopyTo(dy);
            }
        }

        return best;
    }

    /// <summary>The number of units that a byte stands for.</summary>
    public int Units(sbyte difference)
    {
        int magnitude = Math.Abs((int)difference),
            units = magnitude + (Math.Max(0, magnitude - Knee) * (Step - 1));
        return difference < 0 ? -units : units;
    }

    /// <summary>The smallest shift with which a curve reaches that far.</summary>
    private static DifferenceScale Smallest(int curve, float max)
    {
        int shift = 0,
            reach = Knees[curve] + ((MaxMagnitude - Knees[curve]) * Steps[curve]) - 1;
        while (shift < MaxShift && max > reach * MathF.ScaleB(1, shift))
        {
            shift++;
        }

        return new DifferenceScale((byte)(shift | (curve << CurveShift)));
    }

    private static float Farthest(ReadOnlySpan<float> values)
    {
        Vector512<float> max = Vector512<float>.Zero;
        for (int i = 0; i < PathSignature.Points; i += Vector512<float>.Count)
        {
            // the last point has no next one
            int next = Math.Min(i + 1, PathSignature.Points - Vector512<float>.Count);
            Vector512<float> step = Vector512.Abs(
                Vector512.Create(values[next..]) - Vector512.Create(values[(next - 1)..])
            );
            max = Vector512.Max(max, step);
        }

        return Series.Greatest(max);
    }

    /// <summary>Writes one axis and returns the sum of squared errors.</summary>
    private float Write(ReadOnlySpan<float> values, Span<byte> differences) =>
        TryWriteWhole(values, differences, out float lost) ? lost : WriteBeyondKnee(values, differences);

    /// <summary>Writes differences if each stands for itself. Then each point is exact to its nearest unit, and
    /// independent of the one before.</summary>
    private bool TryWriteWhole(ReadOnlySpan<float> values, Span<byte> differences, out float lost)
    {
        const int Width = 16,
            Padded = PathSignature.Points + Width;
        float unit = MathF.ScaleB(1, Shift);
        Span<int> places = stackalloc int[Padded];
        Vector512<float> start = Vector512.Create(values[0]),
            perUnit = Vector512.Create(1 / unit),
            errors = Vector512<float>.Zero;
        for (int i = 0; i < PathSignature.Points; i += Width)
        {
            Vector512<float> place = (Vector512.Create(values[i..]) - start) * perUnit,
                whole = Vector512.Round(place);
            errors += (place - whole) * (place - whole);
            Vector512.ConvertToInt32(whole).CopyTo(places[i..]);
        }

        places[PathSignature.Points..].Fill(places[PathSignature.Points - 1]);
        Vector512<uint> max = Vector512<uint>.Zero;
        Span<byte> bytes = stackalloc byte[PathSignature.Points];
        for (int i = 0; i < PathSignature.Points; i += Width)
        {
            Vector512<int> difference = Vector512.Create<int>(places[(i + 1)..]) - Vector512.Create<int>(places[i..]);
            // offset by the knee and unsigned, so that overflow doesn't hide a large difference
            max = Vector512.Max(max, (difference + Vector512.Create(Knee)).AsUInt32());
            Vector256<short> words = Vector256.Narrow(difference.GetLower(), difference.GetUpper());
            Vector128.Narrow(words.GetLower(), words.GetUpper()).AsByte().CopyTo(bytes[i..]);
        }

        bytes[..differences.Length].CopyTo(differences);
        lost = Vector512.Sum(errors) * unit * unit;
        return Vector512.LessThanOrEqualAll(max, Vector512.Create(2 * (uint)Knee));
    }

    private float WriteBeyondKnee(ReadOnlySpan<float> values, Span<byte> differences)
    {
        float unit = MathF.ScaleB(1, Shift),
            perUnit = 1 / unit,
            lost = 0,
            start = values[0];
        int knee = Knee,
            step = Step,
            read = 0;
        for (int i = 0; i < differences.Length; i++)
        {
            float place = (values[i + 1] - start) * perUnit;
            int wanted = (int)MathF.Round(place) - read,
                magnitude = Math.Abs(wanted);
            if (magnitude > knee)
            {
                magnitude = Math.Min(MaxMagnitude, knee + ((magnitude - knee + (step / 2)) / step));
            }

            sbyte difference = (sbyte)(wanted < 0 ? -magnitude : magnitude);
            differences[i] = (byte)difference;
            read += Units(difference);
            lost += (place - read) * (place - read);
        }

        return lost * unit * unit;
    }
}
