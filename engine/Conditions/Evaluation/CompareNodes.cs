using System.Runtime.CompilerServices;

namespace Engine.Conditions.Evaluation;

/// <summary>Which orders a comparison holds for.</summary>
[Flags]
internal enum Holds
{
    Less = 1,
    Equal = 2,
    Greater = 4,
}

/// <summary>== or != of any two values.</summary>
internal sealed class EqualNode(Node left, Node right, bool negated) : Node
{
    public override int Size { get; } = SizeOf(left, right);

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue a = left.Evaluate(ref frame);
        if (a.IsError)
        {
            return a;
        }
        CelValue b = right.Evaluate(ref frame);
        if (b.IsError)
        {
            return b;
        }
        return frame.Charge(Math.Min(a.Weight, b.Weight)) ? CelValue.Of(CelOrder.AreEqual(a, b) != negated) : Budget.Exceeded;
    }
}

/// <summary>&lt;, &lt;=, &gt; or &gt;= of any two values.</summary>
internal sealed class OrderNode(Node left, Node right, Holds holds, string symbol) : Node
{
    public override int Size { get; } = SizeOf(left, right);

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue a = left.Evaluate(ref frame);
        if (a.IsError)
        {
            return a;
        }
        CelValue b = right.Evaluate(ref frame);
        if (b.IsError)
        {
            return b;
        }
        return frame.Charge(Math.Min(a.Weight, b.Weight)) ? Compare(a, b, holds, symbol) : Budget.Exceeded;
    }

    public static CelValue Compare(in CelValue a, in CelValue b, Holds holds, string symbol) =>
        CelOrder.TryCompare(a, b, out int order)
            ? CelValue.Of(Hold(holds, order))
            : CelValue.Error($"no such overload: {KindNames.Of(a.Kind)} {symbol} {KindNames.Of(b.Kind)}");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Hold(Holds holds, int order) =>
        order != CelOrder.Unordered && (holds & (order < 0 ? Holds.Less : order == 0 ? Holds.Equal : Holds.Greater)) != 0;
}

/// <summary>A comparison with an int constant, the commonest of all: one test of the kind, one of the bits.</summary>
internal sealed class CompareIntNode(Node left, long constant, Holds holds, string symbol) : Node
{
    private readonly bool _less = (holds & Holds.Less) != 0;
    private readonly bool _equal = (holds & Holds.Equal) != 0;
    private readonly bool _greater = (holds & Holds.Greater) != 0;

    public override int Size { get; } = SizeOf(left) + 1;

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = left.Evaluate(ref frame);
        if (value.Kind == CelKind.Int)
        {
            long bits = value.Bits;
            return CelValue.Of(bits == constant ? _equal : bits < constant ? _less : _greater);
        }
        return value.IsError ? value
            : holds is Holds.Equal ? CelValue.Of(CelOrder.AreEqual(value, CelValue.Of(constant)))
            : holds is (Holds.Less | Holds.Greater) ? CelValue.Of(!CelOrder.AreEqual(value, CelValue.Of(constant)))
            : OrderNode.Compare(value, CelValue.Of(constant), holds, symbol);
    }
}

/// <summary>A comparison with a double constant.</summary>
internal sealed class CompareDoubleNode(Node left, double constant, Holds holds, string symbol) : Node
{
    private readonly bool _less = (holds & Holds.Less) != 0;
    private readonly bool _equal = (holds & Holds.Equal) != 0;
    private readonly bool _greater = (holds & Holds.Greater) != 0;

    public override int Size { get; } = SizeOf(left) + 1;

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = left.Evaluate(ref frame);
        if (value.Kind == CelKind.Double)
        {
            double number = value.RawDouble;
            // NaN is unequal to all and in no order with any: only != holds of it.
            return CelValue.Of(number == constant ? _equal : number < constant ? _less : number > constant ? _greater
                : holds is (Holds.Less | Holds.Greater));
        }
        return value.IsError ? value
            : holds is Holds.Equal ? CelValue.Of(CelOrder.AreEqual(value, CelValue.Of(constant)))
            : holds is (Holds.Less | Holds.Greater) ? CelValue.Of(!CelOrder.AreEqual(value, CelValue.Of(constant)))
            : OrderNode.Compare(value, CelValue.Of(constant), holds, symbol);
    }
}

/// <summary>== or != with a string constant.</summary>
internal sealed class EqualStringNode(Node left, string constant, bool negated) : Node
{
    public override int Size { get; } = SizeOf(left) + 1;

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = left.Evaluate(ref frame);
        if (value.IsError)
        {
            return value;
        }
        return frame.Charge(1 + constant.Length / 8)
            ? CelValue.Of((value.Kind == CelKind.String && string.Equals(Unsafe.As<string>(value.Held), constant)) != negated)
            : Budget.Exceeded;
    }
}
