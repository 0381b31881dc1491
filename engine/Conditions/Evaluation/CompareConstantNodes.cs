using System.Runtime.CompilerServices;

namespace Engine.Conditions.Evaluation;

/// <summary>A comparison with a constant, the most common node of all. Reads a name on its left directly, without
/// calling that node, and compares the expected kind without checking others first.</summary>
internal abstract class CompareConstantNode(Node left, CelValue constant, Holds holds, string symbol) : Node
{
    private readonly int _slot = left is NameNode name ? name.Slot : -1;

    public override int Size { get; } = SizeOf(left) + 1;

    /// <summary>Gets the value of the left side; absent or an error if it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected CelValue Left(ref Frame frame) => _slot >= 0 ? frame.Get(_slot) : left.Evaluate(ref frame);

    /// <summary>Compares a value of any kind.</summary>
    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = left.Evaluate(ref frame);
        if (value.IsError)
        {
            return value;
        }
        if (!frame.Charge(Math.Min(value.Weight, constant.Weight)))
        {
            return Budget.Exceeded;
        }
        return holds switch
        {
            Holds.Equal => CelValue.Of(CelOrder.AreEqual(value, constant)),
            Holds.Less | Holds.Greater => CelValue.Of(!CelOrder.AreEqual(value, constant)),
            _ => OrderNode.Compare(value, constant, holds, symbol),
        };
    }
}

/// <summary>A comparison with an int.</summary>
internal sealed class CompareIntNode(Node left, long constant, Holds holds, string symbol)
    : CompareConstantNode(left, CelValue.Of(constant), holds, symbol)
{
    private readonly Truth _less = TruthOf((holds & Holds.Less) != 0);
    private readonly Truth _equal = TruthOf((holds & Holds.Equal) != 0);
    private readonly Truth _greater = TruthOf((holds & Holds.Greater) != 0);

    public override Truth Test(ref Frame frame)
    {
        CelValue value = Left(ref frame);
        if (value.Kind == CelKind.Int)
        {
            long bits = value.Bits;
            return bits == constant ? _equal
                : bits < constant ? _less
                : _greater;
        }
        return value.IsError ? Truth.Neither : base.Test(ref frame);
    }
}

/// <summary>A comparison with a double. NaN is unequal to and unordered with everything: only != holds.</summary>
internal sealed class CompareDoubleNode(Node left, double constant, Holds holds, string symbol)
    : CompareConstantNode(left, CelValue.Of(constant), holds, symbol)
{
    private readonly Truth _less = TruthOf((holds & Holds.Less) != 0);
    private readonly Truth _equal = TruthOf((holds & Holds.Equal) != 0);
    private readonly Truth _greater = TruthOf((holds & Holds.Greater) != 0);
    private readonly Truth _unordered = TruthOf(holds == (Holds.Less | Holds.Greater));

    public override Truth Test(ref Frame frame)
    {
        CelValue value = Left(ref frame);
        if (value.Kind == CelKind.Double)
        {
            double number = value.RawDouble;
            return number == constant ? _equal
                : number < constant ? _less
                : number > constant ? _greater
                : _unordered;
        }
        return value.IsError ? Truth.Neither : base.Test(ref frame);
    }
}

/// <summary>== or != with a string.</summary>
internal sealed class EqualStringNode(Node left, string constant, Holds holds)
    : CompareConstantNode(left, CelValue.Of(constant), holds, "==")
{
    private readonly Truth _equal = TruthOf(holds == Holds.Equal);
    private readonly Truth _other = TruthOf(holds != Holds.Equal);

    public override Truth Test(ref Frame frame)
    {
        CelValue value = Left(ref frame);
        if (value.Kind == CelKind.String)
        {
            return !frame.Charge(constant.Length) ? Truth.Neither
                : string.Equals(Unsafe.As<string>(value.Held), constant) ? _equal
                : _other;
        }
        return value.IsError ? Truth.Neither : _other;
    }
}

/// <summary>== or != with a bool.</summary>
internal sealed class EqualBoolNode(Node left, bool constant, Holds holds)
    : CompareConstantNode(left, CelValue.Of(constant), holds, "==")
{
    private readonly Truth _whenTrue = TruthOf(constant == (holds == Holds.Equal));
    private readonly Truth _whenFalse = TruthOf(constant != (holds == Holds.Equal));
    private readonly Truth _other = TruthOf(holds != Holds.Equal);

    public override Truth Test(ref Frame frame)
    {
        CelValue value = Left(ref frame);
        return value.Kind == CelKind.Bool
            ? value.Bits != 0
                ? _whenTrue
                : _whenFalse
            : value.IsError
                ? Truth.Neither
                : _other;
    }
}
