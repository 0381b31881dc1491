using Engine.Contracts.Events;

namespace Engine.Client.Checks;

/// <summary>
/// What one look at an event's JSON found: where it goes, and what is wrong with it. <see cref="Reason"/> is null where
/// nothing is wrong, else one of the contract's reasons for a dead letter, and <see cref="Detail"/> the field.
/// </summary>
/// <param name="Reason">One of <see cref="Reasons"/>, or null.</param>
/// <param name="Detail">The field, or of malformed JSON where it breaks off.</param>
/// <param name="Type">The event's type where it has a known one.</param>
/// <param name="Topic">The topic that holds the type.</param>
/// <param name="Key">The record's key, null where the field that gives it is missing or bad.</param>
/// <param name="Id">The event's <c>id</c>, or the <c>click</c> that it speaks of.</param>
/// <param name="Time">Event time in ms, null where there is none.</param>
/// <param name="TimeAt">Where in the JSON the digits of the time begin.</param>
/// <param name="TimeLength">How many bytes the digits of the time take.</param>
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
    /// <summary>The schema of its type, null where it has no known one.</summary>
    internal EventSchema? Schema { get; init; }

    /// <summary>Whether it is known where the event goes and when it was, whatever else may be wrong with it.</summary>
    internal bool CanBeSent =>
        Topic is not null
        && Key is not null
        && Time is not null
        && Reason != Reasons.Malformed
        && Reason != Reasons.TooLarge;

    /// <summary>What is wrong, in words: <c>click c-1: ip: out-of-range</c>.</summary>
    internal string Describe() =>
        $"{Type ?? "event"}{(Id is null ? "" : " " + Id)}: {Reason}{(Detail is null ? "" : $" ({Detail})")}";
}
