using System.Runtime.CompilerServices;

namespace Engine.Conditions.Evaluation;

/// <summary>The orders for which a comparison holds.</summary>
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
        return frame.Charge(Math.Min(a.Weight, b.Weight))
            ? CelValue.Of(CelOrder.AreEqual(a, b) != negated)
            : Budget.Exceeded;
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
        order != CelOrder.Unordered
        && (
            holds
            & (
                order < 0 ? Holds.Less
                : order == 0 ? Holds.Equal
                : Holds.Greater
            )
        ) != 0;
}
