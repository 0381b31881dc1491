namespace Engine.Conditions.Evaluation;

/// <summary>What a condition comes to where only that is asked.</summary>
internal enum Truth
{
    False,
    True,

    /// <summary>An error, or a value that is no bool.</summary>
    Neither,
}

/// <summary>
/// A compiled part of a condition. Sealed nodes with virtual calls: nothing is emitted or jitted when a rule is loaded,
/// an expression is readable in a debugger, and five comparisons take some 50 ns, half of what is allowed; most of that
/// is reading the names.
/// </summary>
internal abstract class Node
{
    /// <summary>Evaluates what should be a bool to no more than that: half the time of <see cref="Evaluate"/> for
    /// comparisons, as no value is handed up. Whoever needs to know what else it was evaluates again; nodes themselves
    /// never do both, so a tree is gone through twice at most.</summary>
    public virtual Truth Test(ref Frame frame)
    {
        CelValue value = Evaluate(ref frame);
        return value.Kind == CelKind.Bool ? TruthOf(value.Bits != 0) : Truth.Neither;
    }

    protected static Truth TruthOf(bool value) => value ? Truth.True : Truth.False;

    /// <summary>Nodes from here down: what one evaluation without macros costs at most, in steps.</summary>
    public abstract int Size { get; }

    /// <summary>Evaluates; an error is a value of kind Error, never an exception.</summary>
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

/// <summary>A constant, also one that was worked out when the condition was loaded.</summary>
internal sealed class Constant(CelValue value) : Node
{
    public CelValue Value { get; } = value;

    public override int Size => 1;

    public override CelValue Evaluate(ref Frame frame) => Value;
}

/// <summary>A name: asks the bindings.</summary>
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

/// <summary>has(name): whether the name has a value right now. An error in its place is one here.</summary>
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
