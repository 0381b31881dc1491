using Engine.Contracts;
using Engine.Contracts.Events;

namespace Engine.Client.Checks;

/// <summary>
/// Checks an event's JSON by its schema and says where it goes: what is refused here is what the engine would make a
/// dead letter. Never throws, whatever the bytes.
/// </summary>
internal static class EventCheck
{
    /// <summary>The longest value of an event, in bytes.</summary>
    internal const int MaxBytes = EventLimits.MaxValueBytes;

    /// <summary>Looks at one event.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="events">Those that may come; null for those of clicks and labels.</param>
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
