using Engine.Contracts.Events;

namespace Engine.Pipeline.Decode;

/// <summary>
/// CloudEvents' headers in binary mode, where they lie; they win over the payload's fields. What
/// <see cref="EventHeaders"/> is to others.
/// </summary>
public struct CloudEvent
{
    /// <summary>Empty where no header says it.</summary>
    public Text Type,
        Id;

    public HeaderTime Time;

    public static CloudEvent None => default;
}
