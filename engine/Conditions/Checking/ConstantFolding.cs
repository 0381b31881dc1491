using Engine.Conditions.Evaluation;

namespace Engine.Conditions.Checking;

/// <summary>Folds constants at compile time, in no more steps than an evaluation may take.</summary>
internal sealed class ConstantFolding
{
    private long _steps = CelLimits.MaxSteps;

    /// <summary>Evaluates a constant part. A part that fails is left to fail at evaluation, where an || may absorb the
    /// error.</summary>
    public Typed Fold(Typed typed, bool constant)
    {
        if (!constant)
        {
            return typed;
        }
        NoBindings none = default;
        Frame frame = new(UnsafeBindings.To(ref none), 0, _steps);
        CelValue value = typed.Node.Evaluate(ref frame);
        _steps = Math.Max(0, frame.Budget.Steps);
        return value.IsError ? typed : typed with { Node = new Constant(value) };
    }

    private struct NoBindings : ICelBindings
    {
        public readonly CelValue Get(int slot) => CelValue.Absent;
    }
}
