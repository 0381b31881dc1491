namespace Engine.Conditions.Evaluation;

/// <summary>What is left of the steps one evaluation may take; below zero it is over.</summary>
internal struct Budget(long steps)
{
    /// <summary>What an evaluation fails with that used its budget up.</summary>
    public static readonly CelValue Exceeded = CelValue.Error($"evaluation takes more than {CelLimits.MaxSteps} steps");

    /// <summary>Steps left.</summary>
    public long Steps { get; private set; } = steps;

    /// <summary>Takes steps off; false if there were not enough.</summary>
    public bool Charge(long steps) => (Steps -= steps) >= 0;
}
