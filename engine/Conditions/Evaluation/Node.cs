namespace Engine.Conditions.Evaluation;

/// <summary>The result of a condition when only its truth matters.</summary>
internal enum Truth
{
    False,
    True,

    /// <summary>An error, or a value that isn't a bool.</summary>
    Neither,
}

/// <summary>A node of a compiled condition. Sealed classes with virtual calls: loading a rule emits and jits no code,
/// an expression is readable in a debugger, and five comparisons take about 50 ns, half of the allowance, most of it
/// for reading the names.</summary>
internal abstract class Node
{
    /// <summary>Evaluates an expected bool to its truth alone. For comparisons, that takes half the time of <see
    /// cref="Evaluate"/>, as no value is returned. A caller that needs the value or the error evaluates again. Nodes
    /// never do both, so a tree is evaluated at most twice.</summary>
    public virtual Truth Test(ref Frame frame)
    {
        CelValue value = Evaluate(ref frame);
        return value.Kind == CelKind.Bool ? TruthOf(value.Bits != 0) : Truth.Neither;
    }

    protected static Truth TruthOf(bool value) => value ? Truth.True : Truth.False;

    /// <summary>The number of nodes from here down: the maximum cost, in steps, of an evaluation without
    /// macros.</summary>
    public abstract int Size { get; }

    /// <summary>Evaluates the node. An error is a value of kind Error, never an exception.</summary>
    public abstract CelValue Evaluate(ref Frame frame);

    protected static int SizeOf(params ReadOnlySpan<Node> children)
    {
        int size = 1;
        foreach (Node child in children)
        {
            size += child.Size;
        }
        return size;
    }
}

/// <summary>A constant, including one that was folded at compile time.</summary>
internal sealed class Constant(CelValue value) : Node
{
    public CelValue Value { get; } = value;

    public override int Size => 1;

    public override CelValue Evaluate(ref Frame frame) => Value;
}

/// <summary>A name, whose value the bindings supply.</summary>
internal sealed class NameNode(int slot, string name) : Node
{
    public int Slot => slot;

    private readonly CelValue _absent = CelValue.Error($"no such attribute: {name}");

    public override int Size => 1;

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = frame.Get(slot);
        return value.Kind == CelKind.Absent ? _absent : value;
    }

    public override Truth Test(ref Frame frame)
    {
        CelValue value = frame.Get(slot);
        return value.Kind == CelKind.Bool ? TruthOf(value.Bits != 0) : Truth.Neither;
    }
}

/// <summary>has(name): whether the name has a value at the moment. If the name's value is an error, so is the
/// result.</summary>
internal sealed class HasNameNode(int slot) : Node
{
    public override int Size => 1;

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = frame.Get(slot);
        return value.Kind == CelKind.Error ? value : CelValue.Of(value.Kind != CelKind.Absent);
    }
}

/// <summary>A macro's variable.</summary>
internal sealed class LocalNode(int index) : Node
{
    public override int Size => 1;

    public override CelValue Evaluate(ref Frame frame) => frame.Locals[index];
}
