namespace Engine.Conditions;

/// <summary>
/// The static type of a name or of an expression, as the checker knows it when a condition is loaded.
/// </summary>
public enum CelType
{
    /// <summary>Known only at evaluation: the checker lets everything pass.</summary>
    Dyn,

    /// <summary>The type of the literal <c>null</c>.</summary>
    Null,

    /// <summary>true or false.</summary>
    Bool,

    /// <summary>64-bit signed integer.</summary>
    Int,

    /// <summary>64-bit IEEE 754 number.</summary>
    Double,

    /// <summary>A sequence of Unicode code points.</summary>
    String,

    /// <summary>An instant from year 1 to year 9999, to the nanosecond.</summary>
    Timestamp,

    /// <summary>A signed span in nanoseconds, about 292 years at most.</summary>
    Duration,

    /// <summary>A list of values.</summary>
    List,

    /// <summary>A map whose keys are int, bool or string.</summary>
    Map,
}
