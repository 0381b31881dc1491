using Engine.Conditions.Evaluation;
using Engine.Conditions.Syntax;

namespace Engine.Conditions.Checking;

/// <summary>Compiles names, fields and <c>has()</c>.</summary>
internal sealed class NameCompiler(Compiler compiler, Scope scope, Mistakes mistakes, ConstantFolding folding)
{
    /// <summary>The longest declared prefix of a dotted name is a name; the rest are fields. A macro's variable takes
    /// precedence.</summary>
    public Typed NameOrField(Expr expr)
    {
        if (TryDotted(expr, out string dotted, out Identifier? first))
        {
            if (!first!.Root && scope.FindLocal(first.Name) is { } local && expr is Identifier)
            {
                return local;
            }
            if (!scope.IsLocal(first) && scope.TryRead(dotted, out CelName? declared))
            {
                return new Typed(new NameNode(declared!.Slot, dotted), StaticType.Of(declared.Type));
            }
            if (expr is Identifier || (!scope.IsLocal(first) && !AnyDeclared(expr)))
            {
                return Undeclared(dotted, first.Offset);
            }
        }
        FieldSelect select = (FieldSelect)expr;
        Typed operand = compiler.Compile(select.Operand);
        StaticType type = FieldType(operand.Type, select);
        return folding.Fold(new Typed(new SelectNode(operand.Node, select.Field), type), operand.IsConstant);
    }

    /// <summary>Compiles has(a.b): whether the name a.b has a value, or else whether the map a has the field
    /// b.</summary>
    public Typed Has(Call call)
    {
        Expr argument = call.Arguments[0] is Parenthesised parenthesised ? parenthesised.Inner : call.Arguments[0];
        if (argument is not FieldSelect select)
        {
            throw mistakes.Fatal(argument.Offset, "has() takes a dotted name or a field, such as has(click.publisher)");
        }
        if (TryDotted(select, out string dotted, out Identifier? first) && !scope.IsLocal(first!))
        {
            if (scope.TryRead(dotted, out CelName? declared))
            {
                return new Typed(new HasNameNode(declared!.Slot), StaticType.Bool);
            }
            if (!AnyDeclared(select))
            {
                return Undeclared(dotted, first!.Offset) with { Type = StaticType.Bool };
            }
        }
        Typed operand = compiler.Compile(select.Operand);
        FieldType(operand.Type, select);
        return folding.Fold(
            new Typed(new HasFieldNode(operand.Node, select.Field), StaticType.Bool),
            operand.IsConstant
        );
    }

    private StaticType FieldType(StaticType operand, FieldSelect select)
    {
        if (!operand.IsDyn && operand.Kind != CelType.Map)
        {
            mistakes.Fail(select.FieldOffset, $"{Mistakes.Article(operand)} has no field '{select.Field}'");
        }
        return operand.Element ?? StaticType.Dyn;
    }

    private Typed Undeclared(string name, int offset)
    {
        IReadOnlyList<string> near = mistakes.IsChecked ? scope.Near(name) : [];
        mistakes.Fail(
            offset,
            $"'{name}' is not declared"
                + near.Count switch
                {
                    0 => "",
                    1 => $"; did you mean {near[0]}?",
                    _ => $"; did you mean one of these: {string.Join(", ", near)}?",
                }
        );
        return new Typed(new FailNode($"no such attribute: {name}"), StaticType.Dyn);
    }

    private bool AnyDeclared(Expr expr)
    {
        for (; expr is FieldSelect select; expr = select.Operand)
        {
            if (TryDotted(select.Operand, out string dotted, out _) && scope.IsDeclared(dotted))
            {
                return true;
            }
        }
        return false;
    }

    private static bool TryDotted(Expr expr, out string dotted, out Identifier? first)
    {
        Stack<string> parts = [];
        while (expr is FieldSelect { Quoted: false } select)
        {
            parts.Push(select.Field);
            expr = select.Operand;
        }
        first = expr as Identifier;
        dotted = first is null ? "" : string.Join('.', [first.Name, .. parts]);
        return first is not null;
    }
}
