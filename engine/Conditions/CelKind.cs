namespace Engine.Conditions;

/// <summary>The kind of a <see cref="CelValue"/>. The first two aren't values of the language: they say why there is no
/// value.</summary>
public enum CelKind : byte
{
    /// <summary>The name has no value at the moment; also the kind of <c>default(CelValue)</c>.</summary>
    Absent,

    /// <summary>Evaluation failed; the value holds the message.</summary>
    Error,

    /// <summary>null.</summary>
    Null,

    /// <summary>true or false.</summary>
    Bool,

    /// <summary>A 64-bit signed integer.</summary>
    Int,

    /// <summary>A 64-bit IEEE 754 number.</summary>
    Double,

    /// <summary>Text.</summary>
    String,

    /// <summary>A point in time.</summary>
    Timestamp,

    /// <summary>A length of time.</summary>
    Duration,

    /// <summary>A list.</summary>
    List,

    /// <summary>A map.</summary>
    Map,
}
