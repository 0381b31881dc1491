namespace Engine.Conditions;

/// <summary>The language's equality and order. Text is ordered by code points, not by UTF-16 units. An int is compared
/// with a double as a double; a double outside the range of int is less or greater than every int.</summary>
internal static class CelOrder
{
    /// <summary>2^63 as a double: the first double above all ints.</summary>
    private const double TwoTo63 = 9223372036854775808.0;

    public static bool AreEqual(in CelValue left, in CelValue right)
    {
        if (left.Kind != right.Kind)
        {
            return left.Kind switch
            {
                CelKind.Int when right.Kind == CelKind.Double => CompareNumbers(left.Bits, right.RawDouble) == 0,
                CelKind.Double when right.Kind == CelKind.Int => CompareNumbers(right.Bits, left.RawDouble) == 0,
                _ => false,
            };
        }
        return left.Kind switch
        {
            CelKind.Double => left.RawDouble == right.RawDouble,
            CelKind.String => string.Equals((string)left.Held!, (string)right.Held!),
            CelKind.Timestamp => left.Bits == right.Bits && left.Nanos == right.Nanos,
            CelKind.List => ListsEqual((CelList)left.Held!, (CelList)right.Held!),
            CelKind.Map => MapsEqual((CelMap)left.Held!, (CelMap)right.Held!),
            CelKind.Null => true,
            CelKind.Absent or CelKind.Error => ReferenceEquals(left.Held, right.Held),
            _ => left.Bits == right.Bits,
        };
    }

    /// <summary>Compares two values: negative, zero or positive, or <see cref="Unordered"/> if either is NaN.</summary>
    /// <returns>False if values of the two kinds have no order.</returns>
    public static bool TryCompare(in CelValue left, in CelValue right, out int order)
    {
        order = 0;
        switch (left.Kind, right.Kind)
        {
            case (CelKind.Int, CelKind.Int):
            case (CelKind.Bool, CelKind.Bool):
            case (CelKind.Duration, CelKind.Duration):
                order = left.Bits.CompareTo(right.Bits);
                return true;
            case (CelKind.Double, CelKind.Double):
                order = CompareDoubles(left.RawDouble, right.RawDouble);
                return true;
            case (CelKind.Int, CelKind.Double):
                order = CompareNumbers(left.Bits, right.RawDouble);
                return true;
            case (CelKind.Double, CelKind.Int):
                order = CompareNumbers(right.Bits, left.RawDouble);
                order = order == Unordered ? order : -order;
                return true;
            case (CelKind.String, CelKind.String):
                order = CompareText((string)left.Held!, (string)right.Held!);
                return true;
            case (CelKind.Timestamp, CelKind.Timestamp):
                order = left.Bits != right.Bits ? left.Bits.CompareTo(right.Bits) : left.Nanos.CompareTo(right.Nanos);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The order of NaN and any value: no comparison holds.</summary>
    public const int Unordered = int.MinValue;

    private static int CompareDoubles(double left, double right) =>
        left < right ? -1
        : left > right ? 1
        : left == right ? 0
        : Unordered;

    private static int CompareNumbers(long left, double right)
    {
        if (double.IsNaN(right))
        {
            return Unordered;
        }
        return right > TwoTo63 ? -1
            : right < -TwoTo63 ? 1
            : CompareDoubles(left, right);
    }

    /// <summary>Compares text by code points: surrogates, which UTF-16 puts below U+E000 to U+FFFF, are lifted above
    /// them.</summary>
    internal static int CompareText(string left, string right)
    {
        int common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }
        return Lift(left[common]).CompareTo(Lift(right[common]));

        static int Lift(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
    }

    private static bool ListsEqual(CelList left, CelList right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }
        for (int i = 0; i < left.Count; i++)
        {
            if (!AreEqual(left.Span[i], right.Span[i]))
            {
                return false;
            }
        }
        return true;
    }

    private static bool MapsEqual(CelMap left, CelMap right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }
        foreach (CelValue key in left.Keys)
        {
            if (!right.TryGet(key, out CelValue other) || !left.TryGet(key, out CelValue own) || !AreEqual(own, other))
            {
                return false;
            }
        }
        return true;
    }
}
