using Engine.Conditions.Evaluation;
using Engine.Conditions.Syntax;

namespace Engine.Conditions.Checking;

/// <summary>Compiles operators: checks their types and chooses the node for their operands.</summary>
internal sealed class OperatorCompiler(Compiler compiler, Scope scope, Mistakes mistakes, ConstantFolding folding)
{
    public Typed Logical(Logical logical)
    {
        Typed[] terms = [.. logical.Terms.Select(compiler.Compile)];
        for (int i = 0; i < terms.Length; i++)
        {
            mistakes.RequireBool(terms[i].Type, logical.Terms[i], logical.Operator == TokenKind.And ? "&&" : "||");
        }
        LogicalNode node = new(logical.Operator == TokenKind.Or, [.. terms.Select(typed => typed.Node)]);
        return folding.Fold(new Typed(node, StaticType.Bool), terms.All(typed => typed.IsConstant));
    }

    public Typed Conditional(Conditional conditional)
    {
        Typed test = compiler.Compile(conditional.Test);
        Typed then = compiler.Compile(conditional.Then);
        Typed orElse = compiler.Compile(conditional.Otherwise);
        mistakes.RequireBool(test.Type, conditional.Test, "?:");
        if (!StaticType.Overlap(then.Type, orElse.Type))
        {
            mistakes.Fail(
                conditional.Offset,
                $"both sides of ?: must have the same type, but these are {then.Type} and {orElse.Type}"
                    + (
                        then.Type.IsNumber && orElse.Type.IsNumber
                            ? "; write a double with a point, such as 8.0, or convert with double()"
                            : ""
                    )
            );
        }
        ConditionalNode node = new(test.Node, then.Node, orElse.Node);
        return folding.Fold(
            new Typed(node, StaticType.Join(then.Type, orElse.Type)),
            test.IsConstant && then.IsConstant && orElse.IsConstant
        );
    }

    public Typed Unary(Unary unary)
    {
        Typed operand = compiler.Compile(unary.Operand);
        if (unary.Operator == TokenKind.Not)
        {
            mistakes.RequireBool(operand.Type, unary.Operand, "!");
            return folding.Fold(new Typed(new NotNode(operand.Node), StaticType.Bool), operand.IsConstant);
        }
        if (!operand.Type.IsDyn && !operand.Type.IsNumber)
        {
            mistakes.Fail(
                unary.Operand.Offset,
                $"- takes an int or a double, but this is {Mistakes.Article(operand.Type)}"
            );
        }
        return folding.Fold(new Typed(new NegateNode(operand.Node), operand.Type), operand.IsConstant);
    }

    public Typed Binary(Binary binary)
    {
        Typed left = compiler.Compile(binary.Left);
        Typed right = compiler.Compile(binary.Right);
        Typed made = binary.Operator switch
        {
            TokenKind.Equal or TokenKind.NotEqual => Equality(binary, left, right),
            TokenKind.Less => Order(binary, left, right, Holds.Less, "<"),
            TokenKind.LessOrEqual => Order(binary, left, right, Holds.Less | Holds.Equal, "<="),
            TokenKind.Greater => Order(binary, left, right, Holds.Greater, ">"),
            TokenKind.GreaterOrEqual => Order(binary, left, right, Holds.Greater | Holds.Equal, ">="),
            TokenKind.In => In(binary, left, right),
            _ => Arithmetic(binary, left, right),
        };
        return folding.Fold(made, left.IsConstant && right.IsConstant);
    }

    private Typed Equality(Binary binary, Typed left, Typed right)
    {
        bool negated = binary.Operator == TokenKind.NotEqual;
        if (!StaticType.Overlap(left.Type, right.Type) && !(left.Type.IsNumber && right.Type.IsNumber))
        {
            bool withNull = left.Type.Kind == CelType.Null || right.Type.Kind == CelType.Null;
            mistakes.Fail(
                binary.Offset,
                $"{left.Type} and {right.Type} are never equal"
                    + (withNull ? "; use has() to test whether a name has a value" : "")
            );
        }
        Holds holds = negated ? Holds.Less | Holds.Greater : Holds.Equal;
        Node node =
            right.Node is Constant constant && !left.IsConstant
                ? constant.Value.Kind switch
                {
                    CelKind.Int => new CompareIntNode(left.Node, constant.Value.Bits, holds, "=="),
                    CelKind.Double => new CompareDoubleNode(left.Node, constant.Value.RawDouble, holds, "=="),
                    CelKind.String => new EqualStringNode(left.Node, constant.Value.AsString, holds),
                    CelKind.Bool => new EqualBoolNode(left.Node, constant.Value.AsBool, holds),
                    _ => new EqualNode(left.Node, right.Node, negated),
                }
                : new EqualNode(left.Node, right.Node, negated);
        return new Typed(node, StaticType.Bool);
    }

    private Typed Order(Binary binary, Typed left, Typed right, Holds holds, string symbol)
    {
        if (
            !HasOrder(left.Type)
            || !HasOrder(right.Type)
            || !(StaticType.Overlap(left.Type, right.Type) || (left.Type.IsNumber && right.Type.IsNumber))
        )
        {
            mistakes.Fail(
                binary.Offset,
                $"{symbol} takes two values of the same ordered type, but these are {left.Type} and {right.Type}"
            );
        }
        Node node =
            right.Node is Constant constant && !left.IsConstant
                ? constant.Value.Kind switch
                {
                    CelKind.Int => new CompareIntNode(left.Node, constant.Value.Bits, holds, symbol),
                    CelKind.Double => new CompareDoubleNode(left.Node, constant.Value.RawDouble, holds, symbol),
                    _ => new OrderNode(left.Node, right.Node, holds, symbol),
                }
                : new OrderNode(left.Node, right.Node, holds, symbol);
        return new Typed(node, StaticType.Bool);
    }

    private static bool HasOrder(StaticType type) => type.Kind is not (CelType.Null or CelType.List or CelType.Map);

    private Typed In(Binary binary, Typed left, Typed right)
    {
        StaticType? held = right.Type.Kind switch
        {
            CelType.List => right.Type.Element,
            CelType.Map => right.Type.Key,
            _ => null,
        };
        if (!right.Type.IsDyn && held is null)
        {
            mistakes.Fail(
                binary.Offset,
                $"in takes a list or a map on its right, but this is {Mistakes.Article(right.Type)}"
            );
        }
        else if (!StaticType.Overlap(held, left.Type) && !(held!.IsNumber && left.Type.IsNumber))
        {
            mistakes.Fail(binary.Offset, $"{Mistakes.Article(left.Type)} is never in {Mistakes.Article(right.Type)}");
        }
        return new Typed(new InNode(Folded(binary, left, right), right.Node), StaticType.Bool);
    }

    /// <summary>The left side, folded as the texts of the list are that it is looked for in.</summary>
    private Node Folded(Binary binary, Typed left, Typed right)
    {
        if (
            binary.Left is not Literal { Value: { Kind: CelKind.String } text }
            || right.Node is not NameNode name
            || scope.FoldOf(name.Slot) is not { } fold
        )
        {
            return left.Node;
        }

        string folded = fold(text.AsString);
        if (folded.Length == 0)
        {
            mistakes.Fail(
                binary.Left.Offset,
                "this text is never in the list: nothing is left of it when it is folded"
            );
        }

        scope.Seek(name.Slot, folded);
        return new Constant(CelValue.Of(folded));
    }

    private Typed Arithmetic(Binary binary, Typed left, Typed right)
    {
        ArithmeticNode node = new(binary.Operator, left.Node, right.Node);
        if (left.Type.IsDyn || right.Type.IsDyn)
        {
            return new Typed(node, StaticType.Dyn);
        }
        StaticType? result = Result(binary.Operator, left.Type, right.Type);
        if (result is null)
        {
            mistakes.Fail(
                binary.Offset,
                $"there is no {left.Type} {ArithmeticNode.Symbol(binary.Operator)} {right.Type}"
                    + (left.Type.IsNumber && right.Type.IsNumber ? "; convert one side with double() or int()" : "")
            );
        }
        return new Typed(node, result ?? StaticType.Dyn);
    }

    private static StaticType? Result(TokenKind op, StaticType left, StaticType right) =>
        (left.Kind, right.Kind) switch
        {
            (CelType.Int, CelType.Int) => StaticType.Int,
            (CelType.Double, CelType.Double) when op != TokenKind.Percent => StaticType.Double,
            (CelType.String, CelType.String) when op == TokenKind.Plus => StaticType.String,
            (CelType.List, CelType.List) when op == TokenKind.Plus => StaticType.ListOf(
                StaticType.Join(left.Element, right.Element!)
            ),
            (CelType.Timestamp, CelType.Duration) when op is TokenKind.Plus or TokenKind.Minus => StaticType.Timestamp,
            (CelType.Duration, CelType.Timestamp) when op == TokenKind.Plus => StaticType.Timestamp,
            (CelType.Timestamp, CelType.Timestamp) when op == TokenKind.Minus => StaticType.Duration,
            (CelType.Duration, CelType.Duration) when op is TokenKind.Plus or TokenKind.Minus => StaticType.Duration,
            _ => null,
        };
}
