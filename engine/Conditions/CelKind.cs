namespace Engine.Conditions;

/// <summary>
/// What a <see cref="CelValue"/> holds. The first two are no values of the language: they say why there is none.
/// </summary>
public enum CelKind : byte
{
    /// <summary>The name has no value right now; also what <c>default(CelValue)</c> is.</summary>
    Absent,

    /// <summary>Evaluation failed; the message is in the value.</summary>
    Error,

    /// <summary>null.</summary>
    Null,

    /// <summary>true or false.</summary>
    Bool,

    /// <summary>64-bit signed integer.</summary>
    Int,

    /// <summary>64-bit IEEE 754 number.</summary>
    Double,

    /// <summary>Text.</summary>
    String,

    /// <summary>An instant.</summary>
    Timestamp,

    /// <summary>A span of time.</summary>
    Duration,

    /// <summary>A list.</summary>
    List,

    /// <summary>A map.</summary>
    Map,
}
