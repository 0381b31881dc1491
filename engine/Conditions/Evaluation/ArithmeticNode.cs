using Engine.Conditions.Syntax;

namespace Engine.Conditions.Evaluation;

/// <summary>+, -, *, / and %: of ints (checked) and doubles; and + and - of text, lists, timestamps and durations where
/// defined.</summary>
internal sealed class ArithmeticNode(TokenKind op, Node left, Node right) : Node
{
    private static readonly CelValue Overflow = CelValue.Error("integer overflow");
    private static readonly CelValue DivisionByZero = CelValue.Error("division by zero");
    private static readonly CelValue ModulusByZero = CelValue.Error("modulus by zero");

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
        return (a.Kind, b.Kind) switch
        {
            (CelKind.Int, CelKind.Int) => Ints(a.Bits, b.Bits),
            (CelKind.Double, CelKind.Double) when op != TokenKind.Percent => Doubles(a.RawDouble, b.RawDouble),
            (CelKind.String, CelKind.String) when op == TokenKind.Plus => Joined(ref frame, a.AsString, b.AsString),
            (CelKind.List, CelKind.List) when op == TokenKind.Plus => Joined(ref frame, a.AsList, b.AsList),
            (CelKind.Timestamp, CelKind.Duration) when op is TokenKind.Plus => Instants.Add(a, b.Bits),
            (CelKind.Timestamp, CelKind.Duration) when op is TokenKind.Minus => Instants.Add(a, -(Int128)b.Bits),
            (CelKind.Duration, CelKind.Timestamp) when op == TokenKind.Plus => Instants.Add(b, a.Bits),
            (CelKind.Timestamp, CelKind.Timestamp) when op == TokenKind.Minus => Instants.Between(a, b),
            (CelKind.Duration, CelKind.Duration) when op == TokenKind.Plus => Instants.Span((Int128)a.Bits + b.Bits),
            (CelKind.Duration, CelKind.Duration) when op == TokenKind.Minus => Instants.Span((Int128)a.Bits - b.Bits),
            _ => CelValue.Error($"no such overload: {KindNames.Of(a.Kind)} {Symbol(op)} {KindNames.Of(b.Kind)}"),
        };
    }

    public static string Symbol(TokenKind op) =>
        op switch
        {
            TokenKind.Plus => "+",
            TokenKind.Minus => "-",
            TokenKind.Star => "*",
            TokenKind.Slash => "/",
            _ => "%",
        };

    private CelValue Ints(long a, long b)
    {
        Int128 exact;
        switch (op)
        {
            case TokenKind.Plus:
                long sum = unchecked(a + b);
                return ((a ^ sum) & (b ^ sum)) < 0 ? Overflow : CelValue.Of(sum);
            case TokenKind.Minus:
                long difference = unchecked(a - b);
                return ((a ^ b) & (a ^ difference)) < 0 ? Overflow : CelValue.Of(difference);
            case TokenKind.Star:
                exact = (Int128)a * b;
                return exact == (long)exact ? CelValue.Of((long)exact) : Overflow;
            case TokenKind.Slash:
                return b == 0 ? DivisionByZero
                    : a == long.MinValue && b == -1 ? Overflow
                    : CelValue.Of(a / b);
            default:
                // The smallest int % -1 overflows, as its quotient does.
                return b == 0 ? ModulusByZero
                    : a == long.MinValue && b == -1 ? Overflow
                    : CelValue.Of(a % b);
        }
    }

    private CelValue Doubles(double a, double b) =>
        CelValue.Of(
            op switch
            {
                TokenKind.Plus => a + b,
                TokenKind.Minus => a - b,
                TokenKind.Star => a * b,
                _ => a / b,
            }
        );

    private static CelValue Joined(ref Frame frame, string a, string b) =>
        frame.Charge((long)a.Length + b.Length) ? CelValue.Of(string.Concat(a, b)) : Budget.Exceeded;

    private static CelValue Joined(ref Frame frame, CelList a, CelList b)
    {
        if (!frame.Charge(a.Weight + b.Weight))
        {
            return Budget.Exceeded;
        }
        CelValue[] joined = new CelValue[a.Count + b.Count];
        a.Span.CopyTo(joined);
        b.Span.CopyTo(joined.AsSpan(a.Count));
        return CelValue.Of(new CelList(joined));
    }
}

/// <summary>-operand</summary>
internal sealed class NegateNode(Node operand) : Node
{
    private static readonly CelValue Overflow = CelValue.Error("integer overflow");

    public override int Size { get; } = SizeOf(operand);

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = operand.Evaluate(ref frame);
        return value.Kind switch
        {
            CelKind.Int => value.Bits == long.MinValue ? Overflow : CelValue.Of(-value.Bits),
            CelKind.Double => CelValue.Of(-value.RawDouble),
            _ => value.IsError ? value : CelValue.Error($"no such overload: -{KindNames.Of(value.Kind)}"),
        };
    }
}
