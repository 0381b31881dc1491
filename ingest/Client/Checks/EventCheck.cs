using Engine.Contracts;
using Engine.Contracts.Events;

namespace Engine.Client.Checks;

/// <summary>Checks an event's JSON by its schema and determines its destination. It refuses exactly what the engine
/// would make a dead letter of. Never throws, whatever the bytes.</summary>
internal static class EventCheck
{
    /// <summary>The maximum size of an event's value, in bytes.</summary>
    internal const int MaxBytes = EventLimits.MaxValueBytes;

    /// <summary>Checks one event.</summary>
    /// <param name="json">The bytes of the event.</param>
    /// <param name="events">The events that may occur; null for those of clicks and labels.</param>
    internal static CheckedEvent Inspect(ReadOnlySpan<byte> json, EventCatalog? events = null)
    {
        EventFindings found = Contracts.Events.EventCheck.Inspect(json, events ?? EventCatalog.Clicks);
        return new CheckedEvent(
            found.IsGood ? null : found.Reason.Word(),
            found.Detail,
            found.Schema?.Type,
            found.Schema?.Topic,
            found.Key,
            found.Id,
            found.Time,
            found.TimeAt,
            found.TimeLength
        )
        {
            Schema = found.Schema,
        };
    }
}
