using Engine.Contracts;
using Engine.Contracts.Events;

namespace Ingest.Publishing;

/// <summary>
/// What one look at an event's JSON found: where it goes, and what is wrong with it. <see cref="Reason"/> is null where
/// nothing is wrong, else one of the contract's reasons for a dead letter, and <see cref="Detail"/> the field.
/// </summary>
/// <param name="Type">The event's type where it has a known one.</param>
/// <param name="Topic">The topic that holds the type.</param>
/// <param name="Key">The record's key, null where the field that gives it is missing or bad.</param>
/// <param name="Id">The event's <c>id</c>, or the <c>click</c> that it speaks of.</param>
/// <param name="Time">Event time in ms, null where there is none.</param>
/// <param name="TimeAt">Where in the JSON the digits of the time begin.</param>
/// <param name="TimeLength">How many bytes the digits of the time take.</param>
public readonly record struct CheckedEvent(
    string? Reason,
    string? Detail,
    string? Type,
    string? Topic,
    string? Key,
    string? Id,
    long? Time,
    int TimeAt,
    int TimeLength
)
{
    /// <summary>The schema of its type, null where it has no known one.</summary>
    public EventSchema? Schema { get; init; }

    /// <summary>Whether it is known where the event goes and when it was, whatever else may be wrong with it.</summary>
    public bool CanBeSent =>
        Topic is not null
        && Key is not null
        && Time is not null
        && Reason != Reasons.Malformed
        && Reason != Reasons.TooLarge;

    /// <summary>What is wrong, in words: <c>click c-1: ip: out-of-range</c>.</summary>
    public string Describe() =>
        $"{Type ?? "event"}{(Id is null ? "" : " " + Id)}: {Reason}{(Detail is null ? "" : $" ({Detail})")}";
}

/// <summary>The contract's reasons for a dead letter.</summary>
public static class Reasons
{
    public const string Malformed = "malformed";
    public const string MissingField = "missing-field";
    public const string WrongType = "wrong-type";
    public const string OutOfRange = "out-of-range";
    public const string TooLarge = "too-large";
    public const string UnknownType = "unknown-type";
}

/// <summary>
/// Holds an event's JSON against its schema, as the engine does, and says where it goes. Never throws, whatever the
/// bytes.
/// </summary>
public static class EventCheck
{
    /// <summary>The longest value of an event, in bytes.</summary>
    public const int MaxBytes = EventLimits.MaxValueBytes;

    /// <summary>Looks at one event.</summary>
    /// <param name="events">Those that may come; null for those of clicks and labels.</param>
    public static CheckedEvent Inspect(ReadOnlySpan<byte> json, EventCatalog? events = null)
    {
        EventFindings found = Engine.Contracts.Events.EventCheck.Inspect(json, events ?? EventCatalog.Clicks);
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
