namespace Engine.Contracts.Events;

/// <summary>The result of checking one event: what is wrong with it, and its key, id and time.</summary>
public readonly record struct EventFindings
{
    /// <summary>The schema of the event's type; null if the type is missing or unknown.</summary>
    public EventSchema? Schema { get; init; }

    /// <summary>Why the event can't be used; none if it can.</summary>
    public DeadLetterReason Reason { get; init; }

    /// <summary>The bad field (<c>device.make</c>), or a description of the problem.</summary>
    public string? Detail { get; init; }

    /// <summary>The record's key; null if the field that holds it is missing or bad.</summary>
    public string? Key { get; init; }

    /// <summary>The event's <c>id</c>, or the <c>click</c> that it refers to; null if missing or bad.</summary>
    public string? Id { get; init; }

    /// <summary>Event time, in milliseconds since the Unix epoch; null if missing or bad.</summary>
    public long? Time { get; init; }

    /// <summary>The position in the JSON, in bytes, of the digits of the payload's time, and their number.</summary>
    public int TimeAt { get; init; }
    public int TimeLength { get; init; }

    /// <summary>Whether the event can be used.</summary>
    public bool IsGood => Reason == DeadLetterReason.None;

    internal static EventFindings Bad(DeadLetterReason reason, string? detail) =>
        new() { Reason = reason, Detail = detail };
}
