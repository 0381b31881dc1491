using Engine.Contracts.Events;

namespace Engine.Client.Checks;

/// <summary>The result of checking an event's JSON: its destination and any problem. <see cref="Reason"/> is null if
/// the event is valid; otherwise it is the contract's reason for a dead letter, and <see cref="Detail"/> is the
/// field.</summary>
/// <param name="Reason">One of <see cref="Reasons"/>, or null.</param>
/// <param name="Detail">The field, or the position of the error in malformed JSON.</param>
/// <param name="Type">The event's type, if it is known.</param>
/// <param name="Topic">The topic that holds the type.</param>
/// <param name="Key">The record's key; null if the field that holds it is missing or bad.</param>
/// <param name="Id">The event's <c>id</c>, or the <c>click</c> that it refers to.</param>
/// <param name="Time">Event time in ms; null if missing or bad.</param>
/// <param name="TimeAt">The position in the JSON, in bytes, of the digits of the time.</param>
/// <param name="TimeLength">The number of digits of the time, in bytes.</param>
internal readonly record struct CheckedEvent(
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
    /// <summary>The schema of the event's type; null if the type is missing or unknown.</summary>
    internal EventSchema? Schema { get; init; }

    /// <summary>Whether the destination and time are known, whatever else may be wrong with the event.</summary>
    internal bool CanBeSent =>
        Topic is not null
        && Key is not null
        && Time is not null
        && Reason != Reasons.Malformed
        && Reason != Reasons.TooLarge;

    /// <summary>Describes the problem: <c>click c-1: out-of-range (ip)</c>.</summary>
    internal string Describe() =>
        $"{Type ?? "event"}{(Id is null ? "" : " " + Id)}: {Reason}{(Detail is null ? "" : $" ({Detail})")}";
}
