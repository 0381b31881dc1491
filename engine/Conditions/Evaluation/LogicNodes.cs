namespace Engine.Conditions.Evaluation;

/// <summary>&amp;&amp; or || over any number of terms. The first deciding term ends the evaluation and absorbs errors
/// of the others.</summary>
internal sealed class LogicalNode(bool decides, Node[] terms) : Node
{
    private static readonly CelValue NotBool = CelValue.Error("no such overload: && and || take bools");

    public override int Size { get; } = SizeOf(terms);

    public override Truth Test(ref Frame frame)
    {
        Truth decision = TruthOf(decides);
        Truth result = TruthOf(!decides);
        foreach (Node term in terms)
        {
            Truth truth = term.Test(ref frame);
            if (truth == decision)
            {
                return truth;
            }
            result = truth == Truth.Neither ? truth : result;
        }
        return result;
    }

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue failed = default;
        foreach (Node term in terms)
        {
            CelValue value = term.Evaluate(ref frame);
            if (value.Kind == CelKind.Bool)
            {
                if ((value.Bits != 0) == decides)
                {
                    return value;
                }
            }
            else if (failed.Kind == CelKind.Absent)
            {
                failed = value.Kind == CelKind.Error ? value : NotBool;
            }
        }
        return failed.Kind == CelKind.Error ? failed : CelValue.Of(!decides);
    }
}

/// <summary>!operand</summary>
internal sealed class NotNode(Node operand) : Node
{
    public override int Size { get; } = SizeOf(operand);

    public override Truth Test(ref Frame frame)
    {
        Truth truth = operand.Test(ref frame);
        return truth == Truth.Neither ? truth : TruthOf(truth == Truth.False);
    }

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = operand.Evaluate(ref frame);
        return value.Kind == CelKind.Bool ? CelValue.Of(value.Bits == 0)
            : value.IsError ? value
            : CelValue.Error($"no such overload: !{KindNames.Of(value.Kind)}");
    }
}

/// <summary>test ? then : orElse</summary>
internal sealed class ConditionalNode(Node test, Node then, Node orElse) : Node
{
    public override int Size { get; } = SizeOf(test, then, orElse);

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = test.Evaluate(ref frame);
        if (value.Kind != CelKind.Bool)
        {
            return value.IsError ? value : CelValue.Error($"no such overload: {KindNames.Of(value.Kind)} ? _ : _");
        }
        return value.Bits != 0 ? then.Evaluate(ref frame) : orElse.Evaluate(ref frame);
    }
}
