using Engine.Client.Checks;

namespace Engine.Client;

/// <summary>
/// The event breaks the contract, so it was not sent. The message names the event and the field:
/// <c>click c-1: ip '12' is no address</c>.
/// </summary>
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

    /// <summary>
    /// Why, in the words that dead letters use: <c>malformed</c>, <c>missing-field</c>, <c>wrong-type</c>,
    /// <c>out-of-range</c>, <c>too-large</c> or <c>unknown-type</c>.
    /// </summary>
    public string Reason { get; }

    /// <summary>The field that is wrong; of malformed JSON, where it breaks off; null where there is neither.</summary>
    public string? Detail { get; }

    /// <summary>The event's type, or null where it has no known one.</summary>
    public string? EventType { get; }

    /// <summary>The event's <c>id</c>, or the <c>click</c> that it speaks of; null where there is neither.</summary>
    public string? EventId { get; }
}
