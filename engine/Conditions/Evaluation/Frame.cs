namespace Engine.Conditions.Evaluation;

/// <summary>The state of one evaluation: its bindings, the macro variables and the remaining budget. It lives on the
/// stack of the evaluating thread.</summary>
internal ref struct Frame
{
    private readonly UnsafeBindings _bindings;

    public Frame(UnsafeBindings bindings, int locals, long steps = CelLimits.MaxSteps)
    {
        _bindings = bindings;
        Locals = locals == 0 ? [] : new CelValue[locals];
        Budget = new Budget(steps);
    }

    /// <summary>The macro variables, indexed by the nesting depth of their macro.</summary>
    public CelValue[] Locals { get; }

    /// <summary>The remaining budget.</summary>
    public Budget Budget;

    /// <summary>Gets the value of a name.</summary>
    public readonly CelValue Get(int slot) => _bindings.Get(slot);

    /// <summary>Deducts steps from the budget. Returns false if too few remain.</summary>
    public bool Charge(long steps) => Budget.Charge(steps);
}
