using Engine.Conditions.Evaluation;
using Engine.Conditions.Syntax;

namespace Engine.Conditions.Checking;

/// <summary>Compiles expressions to nodes: resolves names, checks types, folds constants. In checked mode, a mistake is
/// a <see cref="ConditionException"/>. In unchecked mode (for <c>eval</c>, where nothing is declared), it is an
/// evaluation error, if the evaluation reaches it.</summary>
internal sealed class Compiler
{
    private readonly Scope _scope;
    private readonly Mistakes _mistakes;
    private readonly ConstantFolding _folding = new();
    private readonly NameCompiler _names;
    private readonly CallCompiler _calls;
    private readonly OperatorCompiler _operators;

    public Compiler(string source, CelNames names, bool isChecked)
    {
        _scope = new Scope(names);
        _mistakes = new Mistakes(source, isChecked);
        _names = new NameCompiler(this, _scope, _mistakes, _folding);
        _calls = new CallCompiler(this, _names, _scope, _mistakes, _folding);
        _operators = new OperatorCompiler(this, _scope, _mistakes, _folding);
    }

    /// <summary>The maximum number of macro variables in scope at once.</summary>
    public int MaxLocals => _scope.MaxLocals;

    /// <summary>The folded literals that are looked for in lists.</summary>
    public IReadOnlyList<(int Slot, string Text)> Sought => _scope.Sought;

    /// <summary>The slots of the names that are read.</summary>
    public int[] Slots => _scope.Slots;

    public Typed Compile(Expr expr) =>
        expr switch
        {
            Literal literal => new Typed(new Constant(literal.Value), StaticType.Of(literal.Value)),
            Identifier or FieldSelect => _names.NameOrField(expr),
            Parenthesised parenthesised => Compile(parenthesised.Inner),
            Indexing index => Index(index),
            Call call => _calls.Compile(call),
            ListLiteral list => List(list),
            MapLiteral map => Map(map),
            Unary unary => _operators.Unary(unary),
            Binary binary => _operators.Binary(binary),
            Logical logical => _operators.Logical(logical),
            Conditional conditional => _operators.Conditional(conditional),
            _ => throw new InvalidOperationException($"no such expression: {expr.GetType().Name}"),
        };

    private Typed List(ListLiteral list)
    {
        if (list.Elements.Length == 0 && _scope.RefusesEmpty)
        {
            _mistakes.Fail(list.Offset, "this list is empty: nothing is in it");
        }

        Typed[] elements = [.. list.Elements.Select(Compile)];
        StaticType element = elements.Aggregate((StaticType?)null, (type, next) => StaticType.Join(type, next.Type))
            ?? StaticType.Dyn;
        Node[] nodes = [.. elements.Select(typed => typed.Node)];
        return _folding.Fold(
            new Typed(new ListNode(nodes), StaticType.ListOf(element)),
            elements.All(typed => typed.IsConstant)
        );
    }

    private Typed Map(MapLiteral map)
    {
        Typed[] keys = [.. map.Keys.Select(Compile)];
        Typed[] values = [.. map.Values.Select(Compile)];
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i].Type.Kind is not (CelType.Dyn or CelType.Int or CelType.Bool or CelType.String))
            {
                _mistakes.Fail(
                    map.Keys[i].Offset,
                    $"a map key must be an int, a bool or a string, not {Mistakes.Article(keys[i].Type)}"
                );
            }
        }
        StaticType key = keys.Aggregate((StaticType?)null, (type, next) => StaticType.Join(type, next.Type))
            ?? StaticType.Dyn;
        StaticType value = values.Aggregate((StaticType?)null, (type, next) => StaticType.Join(type, next.Type))
            ?? StaticType.Dyn;
        MapNode node = new([.. keys.Select(typed => typed.Node)], [.. values.Select(typed => typed.Node)]);
        return _folding.Fold(
            new Typed(node, StaticType.MapOf(key, value)),
            keys.Concat(values).All(typed => typed.IsConstant)
        );
    }

    private Typed Index(Indexing index)
    {
        Typed operand = Compile(index.Operand);
        Typed at = Compile(index.At);
        bool fits = operand.Type.Kind switch
        {
            CelType.Dyn => true,
            CelType.List => at.Type.IsDyn || at.Type.IsNumber,
            CelType.Map => StaticType.Overlap(operand.Type.Key, at.Type)
                || (operand.Type.Key!.IsNumber && at.Type.IsNumber),
            _ => false,
        };
        if (!fits)
        {
            _mistakes.Fail(
                index.Offset,
                $"{Mistakes.Article(operand.Type)} can't be indexed with {Mistakes.Article(at.Type)}"
            );
        }
        return _folding.Fold(
            new Typed(new IndexNode(operand.Node, at.Node), operand.Type.Element ?? StaticType.Dyn),
            operand.IsConstant && at.IsConstant
        );
    }
}
