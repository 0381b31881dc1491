namespace Engine.Conditions;

/// <summary>The static type of a name or an expression, which the checker uses when a condition is loaded.</summary>
public enum CelType
{
    /// <summary>Known only at evaluation: the checker accepts any use.</summary>
    Dyn,

    /// <summary>The type of the literal <c>null</c>.</summary>
    Null,

    /// <summary>true or false.</summary>
    Bool,

    /// <summary>A 64-bit signed integer.</summary>
    Int,

    /// <summary>A 64-bit IEEE 754 number.</summary>
    Double,

    /// <summary>A sequence of Unicode code points.</summary>
    String,

    /// <summary>A point in time from year 1 to year 9999, to the nanosecond.</summary>
    Timestamp,

    /// <summary>A signed length of time in nanoseconds, about 292 years at most.</summary>
    Duration,

    /// <summary>A list of values.</summary>
    List,

    /// <summary>A map whose keys are int, bool or string.</summary>
    Map,
}
