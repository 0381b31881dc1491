using Engine.Contracts;
using Engine.Contracts.Events;
using static Engine.Contracts.Events.EventField;

namespace Engine.Workflows.Priority.Events;

/// <summary>The events of <c>processes</c>.</summary>
public static class ProcessSchemas
{
    private const string Meaning = "the instance's attributes, by name";

    private static readonly EntriesKind Attributes = new(
        EntryValues.Scalar,
        EventLimits.MaxAttributes,
        EventLimits.MaxAttributeNameBytes,
        EventLimits.MaxAttributeTextBytes
    );

    /// <summary>An instance of a process begins to wait.</summary>
    public static readonly EventSchema Started = Of(
        "process-started",
        "ProcessStarted",
        52,
        "An instance of a business process begins to wait for a worker",
        ""","context":{"lost_micros":81000000,"tier":"gold"}""",
        Optional("context", 40, Attributes, Meaning)
    );

    /// <summary>Attributes of an instance changed.</summary>
    public static readonly EventSchema Context = Of(
        "process-context",
        "ProcessContext",
        53,
        "Attributes of an instance have changed",
        ""","context":{"lost_micros":92000000,"tier":null}""",
        Required("context", 40, Attributes, Meaning + "; only those that changed, where null removes one")
    );

    /// <summary>A worker has begun.</summary>
    public static readonly EventSchema Taken = Of(
        "process-taken",
        "ProcessTaken",
        54,
        "A worker has begun to work on an instance",
        ""","worker":"w-3" """.TrimEnd(),
        Required("worker", 41, FieldKind.Identifier, "the worker")
    );

    /// <summary>An instance has ended.</summary>
    public static readonly EventSchema Finished = Of(
        "process-finished",
        "ProcessFinished",
        55,
        "An instance has ended",
        ""
    );

    public static readonly IReadOnlyList<EventSchema> All = [Started, Context, Taken, Finished];

    private static EventSchema Of(
        string type,
        string message,
        int number,
        string meaning,
        string example,
        params EventField[] more
    ) =>
        new(
            type,
            Topics.Processes,
            "instance",
            message,
            number,
            meaning,
            $$"""{"type":"{{type}}","process":"refund-review","instance":"rr-81","time":1763769600000{{example}}}""",
            [
                Optional("id", 2, FieldKind.Identifier, "the event's own id; a repeated id is a duplicate"),
                Required("process", 38, FieldKind.Identifier, "the kind of process"),
                Required("instance", 39, FieldKind.Identifier, "the instance of that process"),
                Required("time", 3, FieldKind.Time, "event time, milliseconds since the Unix epoch, UTC"),
                .. more,
            ]
        );
}
