using Engine.Conditions.Checking;
using Engine.Conditions.Evaluation;
using Engine.Conditions.Syntax;

namespace Engine.Conditions;

/// <summary>A compiled condition. Compile it once, when its owner is loaded. Any number of threads may evaluate it at
/// the same time, each with its own bindings. Evaluation never throws, always ends (see <see cref="CelLimits"/>), and
/// doesn't allocate if it only compares numbers, text and booleans.</summary>
public sealed class Condition
{
    private readonly Node _root;
    private readonly int _locals;
    private readonly CelType _expected;
    private readonly bool _isBool;

    private Condition(string source, Typed root, Compiler compiler, CelType expected)
    {
        Source = source;
        _root = root.Node;
        _isBool = root.Type.Kind == CelType.Bool && expected is CelType.Bool or CelType.Dyn;
        _locals = compiler.MaxLocals;
        _expected = expected;
        Slots = compiler.Slots;
        Sought = compiler.Sought;
    }

    /// <summary>The source text.</summary>
    public string Source { get; }

    /// <summary>The slots of the names that the condition reads, ascending.</summary>
    public IReadOnlyList<int> Slots { get; }

    /// <summary>The literals that the condition looks for in lists of folded texts (<see cref="CelName.Fold"/>),
    /// folded, with the slot of the list's name.</summary>
    public IReadOnlyList<(int Slot, string Text)> Sought { get; }

    /// <summary>Compiles and checks a condition.</summary>
    /// <param name="source">The condition, at most <see cref="CelLimits.MaxSourceLength"/> characters.</param>
    /// <param name="names">The names that the condition may use.</param>
    /// <param name="expected">The type of the result. If it is double, an int is accepted too. A result whose type is
    /// known only at evaluation is checked then.</param>
    /// <exception cref="ConditionException">The source doesn't parse, uses an undeclared name, or has a type
    /// error.</exception>
    public static Condition Compile(string source, CelNames names, CelType expected = CelType.Dyn)
    {
        Compiler compiler = new(source, names, isChecked: true);
        Expr expr = Parser.Parse(source);
        Typed typed = compiler.Compile(expr);
        if (
            expected != CelType.Dyn
            && !typed.Type.IsDyn
            && typed.Type.Kind != expected
            && !(expected == CelType.Double && typed.Type.Kind == CelType.Int)
        )
        {
            throw new ConditionException(
                source,
                expr.Offset,
                $"expected a condition of type {KindNames.Of(expected)}, but this one has type {typed.Type}"
            );
        }
        return new Condition(source, typed, compiler, expected);
    }

    /// <summary>Compiles without checking types and names, for values that come with the expression. Each slot of
    /// <paramref name="names"/> may hold any kind; an undeclared name is an error at evaluation.</summary>
    /// <exception cref="ConditionException">The source doesn't parse.</exception>
    public static Condition CompileDynamic(string source, CelNames names)
    {
        Compiler compiler = new(source, names, isChecked: false);
        Typed typed = compiler.Compile(Parser.Parse(source));
        return new Condition(source, typed, compiler, CelType.Dyn);
    }

    /// <summary>Compiles and evaluates once, without checking types and names.</summary>
    /// <returns>False, with the error, if the source doesn't parse or its evaluation fails.</returns>
    public static bool TryEvaluateDynamic(
        string source,
        IReadOnlyDictionary<string, CelValue> bindings,
        out CelValue value,
        out string? error
    )
    {
        CelNames names = new();
        CelValue[] values = new CelValue[bindings.Count];
        foreach ((string name, CelValue bound) in bindings)
        {
            values[names.AddUnchecked(name, CelType.Dyn, "bound")] = bound;
        }
        try
        {
            ArrayBindings slots = new(values);
            return CompileDynamic(source, names).TryEvaluate(ref slots, out value, out error);
        }
        catch (ConditionException mistake)
        {
            value = CelValue.Absent;
            error = mistake.Message;
            return false;
        }
    }

    /// <summary>Says why an expression isn't CEL over names whose types aren't known; null if it is.</summary>
    internal static string? WhyUnreadable(string source, IEnumerable<string> bound)
    {
        CelNames names = new();
        foreach (string name in bound)
        {
            names.AddUnchecked(name, CelType.Dyn, "bound");
        }

        try
        {
            CompileDynamic(source, names);
            return null;
        }
        catch (ConditionException mistake)
        {
            return mistake.Message;
        }
    }

    /// <summary>Evaluates the condition.</summary>
    /// <returns>False, with the error, if the evaluation fails: a name without a value, an overflow, a missing key, too
    /// many steps …</returns>
    public bool TryEvaluate<T>(ref T bindings, out CelValue value, out string? error)
        where T : ICelBindings
    {
        Frame frame = new(UnsafeBindings.To(ref bindings), _locals);
        if (_isBool)
        {
            Truth truth = _root.Test(ref frame);
            if (truth != Truth.Neither)
            {
                value = CelValue.Of(truth == Truth.True);
                error = null;
                return true;
            }
        }
        value = Expect(_root.Evaluate(ref frame));
        error = value.IsError ? value.AsError : null;
        return error is null;
    }

    /// <summary>Whether the condition is true; a failed evaluation counts as false.</summary>
    public bool Test<T>(ref T bindings)
        where T : ICelBindings
    {
        Frame frame = new(UnsafeBindings.To(ref bindings), _locals);
        return _root.Test(ref frame) == Truth.True;
    }

    private CelValue Expect(CelValue value)
    {
        if (_expected == CelType.Dyn || value.IsError || StaticType.TypeOf(value.Kind) == _expected)
        {
            return value;
        }
        return _expected == CelType.Double && value.Kind == CelKind.Int
            ? CelValue.Of((double)value.AsInt)
            : CelValue.Error(
                $"expected {KindNames.Of(_expected)}, but the condition returned {KindNames.Of(value.Kind)}"
            );
    }

    private readonly struct ArrayBindings(CelValue[] values) : ICelBindings
    {
        public CelValue Get(int slot) => values[slot];
    }
}
