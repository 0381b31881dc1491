namespace Engine.Conditions.Evaluation;

/// <summary>The steps that remain for one evaluation; below zero, the evaluation ends.</summary>
internal struct Budget(long steps)
{
    /// <summary>The error of an evaluation that exceeds its budget.</summary>
    public static readonly CelValue Exceeded = CelValue.Error($"evaluation takes more than {CelLimits.MaxSteps} steps");

    /// <summary>The steps that remain.</summary>
    public long Steps { get; private set; } = steps;

    /// <summary>Deducts steps. Returns false if too few remain.</summary>
    public bool Charge(long steps) => (Steps -= steps) >= 0;
}
