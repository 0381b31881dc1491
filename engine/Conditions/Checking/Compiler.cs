using Engine.Conditions.Evaluation;
using Engine.Conditions.Syntax;

namespace Engine.Conditions.Checking;

/// <summary>A compiled part, with its static type.</summary>
internal readonly record struct Typed(Node Node, StaticType Type)
{
    public bool IsConstant => Node is Constant;
}

/// <summary>
/// Turns what is written into nodes: resolves names, checks types, works constants out. Checked, a mistake is a
/// <see cref="ConditionException"/>; unchecked (for <c>eval</c>, where nothing is declared), it is an error of the
/// evaluation, if the evaluation comes to it.
/// </summary>
internal sealed partial class Compiler(string source, CelNames names, bool isChecked)
{
    private readonly List<(string Name, StaticType Type)> _locals = [];
    private readonly SortedSet<int> _slots = [];
    private long _foldingSteps = CelLimits.MaxSteps;

    /// <summary>Variables of macros at the deepest place.</summary>
    public int MaxLocals { get; private set; }

    /// <summary>Slots of the names that are read.</summary>
    public int[] Slots => [.. _slots];

    public Typed Compile(Expr expr) =>
        expr switch
        {
            Literal literal => new Typed(new Constant(literal.Value), StaticType.Of(literal.Value)),
            Identifier or FieldSelect => NameOrField(expr),
            Parenthesised parenthesised => Compile(parenthesised.Inner),
            Indexing index => Index(index),
            Call call => CallOrMacro(call),
            ListLiteral list => List(list),
            MapLiteral map => Map(map),
            Unary unary => Unary(unary),
            Binary binary => Binary(binary),
            Logical logical => Logical(logical),
            Conditional conditional => Conditional(conditional),
            _ => throw new InvalidOperationException($"no such expression: {expr.GetType().Name}"),
        };

    /// <summary>
    /// A dotted name is the longest declared one that begins it; what is left are fields. A macro's variable comes
    /// first.
    /// </summary>
    private Typed NameOrField(Expr expr)
    {
        if (TryDotted(expr, out string dotted, out Identifier? first))
        {
            if (!first!.Root && FindLocal(first.Name) is { } local && expr is Identifier)
            {
                return local;
            }
            if (!IsLocal(first) && names.TryGet(dotted, out CelName? declared))
            {
                _slots.Add(declared!.Slot);
                return new Typed(new NameNode(declared.Slot, dotted), StaticType.Of(declared.Type));
            }
            if (expr is Identifier || (!IsLocal(first) && !AnyDeclared(expr)))
            {
                return Undeclared(dotted, first.Offset);
            }
        }
        FieldSelect select = (FieldSelect)expr;
        Typed operand = Compile(select.Operand);
        StaticType type = FieldType(operand.Type, select);
        return Fold(new Typed(new SelectNode(operand.Node, select.Field), type), operand.IsConstant);
    }

    private StaticType FieldType(StaticType operand, FieldSelect select)
    {
        if (!operand.IsDyn && operand.Kind != CelType.Map)
        {
            Fail(select.FieldOffset, $"{Article(operand)} has no fields, and so no '{select.Field}'");
        }
        return operand.Element ?? StaticType.Dyn;
    }

    private Typed Undeclared(string name, int offset)
    {
        IReadOnlyList<string> near = isChecked ? names.Near(name) : [];
        Fail(
            offset,
            $"'{name}' is not declared"
                + near.Count switch
                {
                    0 => "",
                    1 => $": is {near[0]} meant?",
                    _ => $": is one of these meant: {string.Join(", ", near)}?",
                }
        );
        return new Typed(new FailNode($"no such attribute: {name}"), StaticType.Dyn);
    }

    private bool AnyDeclared(Expr expr)
    {
        for (; expr is FieldSelect select; expr = select.Operand)
        {
            if (TryDotted(select.Operand, out string dotted, out _) && names.TryGet(dotted, out _))
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

    private bool IsLocal(Identifier identifier) => !identifier.Root && FindLocal(identifier.Name) is not null;

    private Typed? FindLocal(string name)
    {
        int index = _locals.FindLastIndex(local => local.Name == name);
        return index < 0 ? null : new Typed(new LocalNode(index), _locals[index].Type);
    }

    private Typed List(ListLiteral list)
    {
        Typed[] elements = [.. list.Elements.Select(Compile)];
        StaticType element = elements.Aggregate((StaticType?)null, (type, next) => StaticType.Join(type, next.Type))
            ?? StaticType.Dyn;
        Node[] nodes = [.. elements.Select(typed => typed.Node)];
        return Fold(
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
                Fail(map.Keys[i].Offset, $"a map's key is an int, a bool or a string, not {Article(keys[i].Type)}");
            }
        }
        StaticType key = keys.Aggregate((StaticType?)null, (type, next) => StaticType.Join(type, next.Type))
            ?? StaticType.Dyn;
        StaticType value = values.Aggregate((StaticType?)null, (type, next) => StaticType.Join(type, next.Type))
            ?? StaticType.Dyn;
        MapNode node = new([.. keys.Select(typed => typed.Node)], [.. values.Select(typed => typed.Node)]);
        return Fold(new Typed(node, StaticType.MapOf(key, value)), keys.Concat(values).All(typed => typed.IsConstant));
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
            Fail(index.Offset, $"{Article(operand.Type)} has no [{at.Type}]");
        }
        return Fold(
            new Typed(new IndexNode(operand.Node, at.Node), operand.Type.Element ?? StaticType.Dyn),
            operand.IsConstant && at.IsConstant
        );
    }

    /// <summary>
    /// Works a part out that needs nothing of the bindings. What fails is left to fail at evaluation, where an or may
    /// absorb it.
    /// </summary>
    private Typed Fold(Typed typed, bool constant)
    {
        if (!constant)
        {
            return typed;
        }
        NoBindings none = default;
        Frame frame = new(UnsafeBindings.To(ref none), 0, _foldingSteps);
        CelValue value = typed.Node.Evaluate(ref frame);
        _foldingSteps = Math.Max(0, frame.Budget.Steps);
        return value.IsError ? typed : typed with { Node = new Constant(value) };
    }

    private struct NoBindings : ICelBindings
    {
        public readonly CelValue Get(int slot) => CelValue.Absent;
    }

    private void Fail(int offset, string problem)
    {
        if (isChecked)
        {
            throw new ConditionException(source, offset, problem);
        }
    }

    private static string Article(StaticType type) =>
        type.Kind switch
        {
            CelType.Int => "an int",
            CelType.Null => "null",
            _ => $"a {type}",
        };
}
