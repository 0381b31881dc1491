namespace Engine.Conditions;

/// <summary>The bounds that keep a condition from hanging or swelling the engine. All are far above what a rule written
/// by a person needs, and low enough that the worst condition ends in some tenths of a second.</summary>
public static class CelLimits
{
    /// <summary>Characters in a source.</summary>
    public const int MaxSourceLength = 32_768;

    /// <summary>
    /// Levels of the expression's tree; the evaluation's recursion is as deep, and must fit a pool thread's stack.
    /// </summary>
    public const int MaxDepth = 256;

    /// <summary>Steps of one evaluation: one a round of a macro and each part evaluated in it, one a character or an
    /// element that is read or made.</summary>
    public const int MaxSteps = 2_000_000;

    /// <summary>
    /// A value's weight above which it is no longer counted: more than <see cref="MaxSteps"/>, so never affordable.
    /// </summary>
    internal const long MaxWeight = 1L << 40;

    /// <summary>
    /// Levels of a list or a map; a deeper one weighs more than any budget, so that what walks values can recurse.
    /// </summary>
    public const int MaxLevels = 256;

    /// <summary>Characters in a pattern of <c>matches</c>.</summary>
    public const int MaxPatternLength = 1_024;

    /// <summary>The largest count in a pattern's repetition, nested ones multiplied: RE2's own bound.</summary>
    public const int MaxPatternRepeat = 1_000;
}
