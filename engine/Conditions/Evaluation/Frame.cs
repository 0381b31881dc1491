namespace Engine.Conditions.Evaluation;

/// <summary>What one evaluation has at hand: the bindings, the macros' variables and what is left of the budget. It
/// lives on the stack of the thread that evaluates.</summary>
internal ref struct Frame
{
    private readonly UnsafeBindings _bindings;

    public Frame(UnsafeBindings bindings, int locals, long steps = CelLimits.MaxSteps)
    {
        _bindings = bindings;
        Locals = locals == 0 ? [] : new CelValue[locals];
        Budget = new Budget(steps);
    }

    /// <summary>The macros' variables, by how deep the macro is nested in others.</summary>
    public CelValue[] Locals { get; }

    /// <summary>What is left of the budget.</summary>
    public Budget Budget;

    /// <summary>The value of a name.</summary>
    public readonly CelValue Get(int slot) => _bindings.Get(slot);

    /// <summary>Takes steps off the budget; false if there were not enough.</summary>
    public bool Charge(long steps) => Budget.Charge(steps);
}
