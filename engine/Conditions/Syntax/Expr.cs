namespace Engine.Conditions.Syntax;

/// <summary>An expression as parsed. Macros are still calls, and dotted names are still field selections; the compiler
/// distinguishes them.</summary>
/// <param name="Offset">The position that an error about the expression points to, in UTF-16 units.</param>
/// <param name="Depth">The depth of the tree from here down.</param>
internal abstract record Expr(int Offset, int Depth)
{
    protected static int Below(params IEnumerable<Expr> children)
    {
        int deepest = 0;
        foreach (Expr child in children)
        {
            deepest = Math.Max(deepest, child.Depth);
        }
        return deepest + 1;
    }
}

/// <summary>A literal.</summary>
internal sealed record Literal(int Offset, CelValue Value) : Expr(Offset, 1);

/// <summary>A simple name. <paramref name="Root"/> is set by a leading dot, which excludes macro variables.</summary>
internal sealed record Identifier(int Offset, string Name, bool Root) : Expr(Offset, 1);

/// <summary>operand.field. Readers see a dotted name as one thing, so errors point to its start.</summary>
internal sealed record FieldSelect(int FieldOffset, Expr Operand, string Field, bool Quoted)
    : Expr(Operand.Offset, Operand.Depth + 1);

/// <summary>operand[index]</summary>
internal sealed record Indexing(int Offset, Expr Operand, Expr At) : Expr(Offset, Below(Operand, At));

/// <summary>name(arguments), or receiver.name(arguments).</summary>
internal sealed record Call(int Offset, string Name, Expr? Receiver, Expr[] Arguments)
    : Expr(Offset, Below([.. Arguments, .. Receiver is null ? Array.Empty<Expr>() : [Receiver]]));

/// <summary>[elements]</summary>
internal sealed record ListLiteral(int Offset, Expr[] Elements) : Expr(Offset, Below(Elements));

/// <summary>{keys: values}</summary>
internal sealed record MapLiteral(int Offset, Expr[] Keys, Expr[] Values) : Expr(Offset, Below([.. Keys, .. Values]));

/// <summary>!operand or -operand</summary>
internal sealed record Unary(int Offset, TokenKind Operator, Expr Operand) : Expr(Offset, Operand.Depth + 1);

/// <summary>left operator right, except for &amp;&amp; and ||; the offset is the operator's.</summary>
internal sealed record Binary(int Offset, TokenKind Operator, Expr Left, Expr Right) : Expr(Offset, Below(Left, Right));

/// <summary>Any number of terms joined by &amp;&amp; or by ||. The operators are commutative, so a long chain needs no
/// deep tree.</summary>
internal sealed record Logical(int Offset, TokenKind Operator, Expr[] Terms) : Expr(Offset, Below(Terms));

/// <summary>test ? then : orElse</summary>
internal sealed record Conditional(int Offset, Expr Test, Expr Then, Expr Otherwise)
    : Expr(Offset, Below(Test, Then, Otherwise));

/// <summary>(inner), kept only around names, because it ends a dotted name.</summary>
internal sealed record Parenthesised(Expr Inner) : Expr(Inner.Offset, Inner.Depth);
