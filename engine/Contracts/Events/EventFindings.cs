namespace Engine.Contracts.Events;

/// <summary>What one look at an event found: what is wrong with it, and where it goes.</summary>
public readonly record struct EventFindings
{
    /// <summary>The schema of its type; null where it has no known one.</summary>
    public EventSchema? Schema { get; init; }

    /// <summary>The contract's reason why it can't be used; none where it can.</summary>
    public DeadLetterReason Reason { get; init; }

    /// <summary>The field that is wrong (<c>device.make</c>), or what is.</summary>
    public string? Detail { get; init; }

    /// <summary>The record's key; null where the field that gives it is missing or bad.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// The event's <c>id</c>, or the <c>click</c> that it speaks of; null where that is missing or bad.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>Event time, ms since the Unix epoch; null where it is missing or bad.</summary>
    public long? Time { get; init; }

    /// <summary>Where in the JSON the digits of the payload's time begin, and how many bytes they take.</summary>
    public int TimeAt { get; init; }
    public int TimeLength { get; init; }

    /// <summary>Whether the event can be used.</summary>
    public bool IsGood => Reason == DeadLetterReason.None;

    internal static EventFindings Bad(DeadLetterReason reason, string? detail) =>
        new() { Reason = reason, Detail = detail };
}
