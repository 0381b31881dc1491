namespace Engine.Conditions;

/// <summary>Limits that keep a condition from hanging the engine or exhausting its memory. They are far above what a
/// hand-written rule needs, and low enough that the worst condition ends in a few tenths of a second.</summary>
public static class CelLimits
{
    /// <summary>The maximum number of characters in a source.</summary>
    public const int MaxSourceLength = 32_768;

    /// <summary>The maximum depth of the expression tree. Evaluation recurses as deep, and must fit on the stack of a
    /// pool thread.</summary>
    public const int MaxDepth = 256;

    /// <summary>The maximum number of steps of one evaluation: one for each iteration of a macro and each node
    /// evaluated in it, and one for each character or element read or created.</summary>
    public const int MaxSteps = 2_000_000;

    /// <summary>The weight at which a value's weight saturates. It exceeds <see cref="MaxSteps"/>, so no budget affords
    /// it.</summary>
    internal const long MaxWeight = 1L << 40;

    /// <summary>The maximum depth of a list or a map. A deeper one weighs more than any budget, so code may walk values
    /// recursively.</summary>
    public const int MaxLevels = 256;
}
