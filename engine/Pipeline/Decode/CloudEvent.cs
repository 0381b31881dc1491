using Engine.Contracts.Events;

namespace Engine.Pipeline.Decode;

/// <summary>CloudEvents headers in binary mode, as pointers into the message. They override the payload's fields.
/// <see cref="EventHeaders"/> is the counterpart for other code.</summary>
public struct CloudEvent
{
    /// <summary>Empty without such a header.</summary>
    public Text Type,
        Id;

    public HeaderTime Time;

    public static CloudEvent None => default;
}
