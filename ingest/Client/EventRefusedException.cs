using Engine.Client.Checks;

namespace Engine.Client;

/// <summary>The event violates the contract and was not sent. The message names the event and the field: <c>click c-1:
/// ip '12' isn't an address</c>.</summary>
public sealed class EventRefusedException : Exception
{
    internal EventRefusedException(in CheckedEvent found, string message)
        : base(message)
    {
        Reason = found.Reason!;
        Detail = found.Detail;
        EventType = found.Type;
        EventId = found.Id;
    }

    /// <summary>The reason, as in dead letters: <c>malformed</c>, <c>missing-field</c>, <c>wrong-type</c>,
    /// <c>out-of-range</c>, <c>too-large</c> or <c>unknown-type</c>.</summary>
    public string Reason { get; }

    /// <summary>The bad field, or the position of the error in malformed JSON; null if neither applies.</summary>
    public string? Detail { get; }

    /// <summary>The event's type, or null if it is missing or unknown.</summary>
    public string? EventType { get; }

    /// <summary>The event's <c>id</c>, or the <c>click</c> that it refers to; null if it has neither.</summary>
    public string? EventId { get; }
}
