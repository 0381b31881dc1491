namespace Engine.Conditions.Evaluation;

/// <summary>
/// A compiled part of a condition. Sealed nodes with a virtual Evaluate won over delegates and over compiled LINQ expressions: as fast
/// on five comparisons (the names' values cost most), without the milliseconds that the first run of emitted code takes when a rule
/// is loaded, and readable in a debugger.
/// </summary>
internal abstract class Node
{
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
    private readonly CelValue _absent = CelValue.Error($"no such attribute: {name}");

    public override int Size => 1;

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = frame.Get(slot);
        return value.Kind == CelKind.Absent ? _absent : value;
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
