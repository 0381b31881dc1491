using Engine.Contracts;
using Engine.Workflows.ContentRequests.Events;

namespace Engine.Client.Checks;

/// <summary>What a field of an event may hold.</summary>
internal enum FieldKind
{
    /// <summary>1 to 128 bytes of printable ASCII without spaces and braces.</summary>
    Identifier,

    /// <summary>An address that <see cref="IpAddress"/> takes.</summary>
    Address,

    /// <summary>Integer milliseconds since the Unix epoch, up to the end of the year 9999.</summary>
    Time,

    /// <summary>Any string.</summary>
    Text,

    /// <summary>An integer of 64 bits, 0 or more.</summary>
    Count,

    /// <summary>A finite number.</summary>
    Number,
    Flag,
    Pointer,
    Outcome,

    /// <summary><c>[width, height]</c>, integers from 0 on.</summary>
    Viewport,

    /// <summary>1 to 64 of <c>[width, height]</c>.</summary>
    Sizes,

    /// <summary>An object of at most 32 texts, numbers or flags, of bounded length.</summary>
    Parameters,

    /// <summary>1 to 4,096 of <c>[t_ms, x, y]</c>, t never decreasing.</summary>
    Points,

    /// <summary>An object whose known fields are strings of at most 128 bytes, or numbers.</summary>
    Device,

    /// <summary>Any object.</summary>
    Object,
}

/// <summary>One field of the contract: its name, what it holds, whether an event is useless without it.</summary>
internal sealed record EventField(string Name, FieldKind Kind, bool Required)
{
    internal byte[] Utf8 { get; } = System.Text.Encoding.UTF8.GetBytes(Name);
}

/// <summary>
/// One type of event: the topic that holds it, the field that keys it, its fields. The bits of <see cref="Required"/>
/// stand for the fields at the same places.
/// </summary>
internal sealed class EventType
{
    internal string Name { get; }
    internal byte[] Utf8 { get; }
    internal string Topic { get; }
    internal EventField[] Fields { get; }

    /// <summary>Where in <see cref="Fields"/> the one lies that keys the event.</summary>
    internal int KeyField { get; }
    internal ulong Required { get; }

    private EventType(string name, string key, params EventField[] fields)
    {
        Name = name;
        Utf8 = System.Text.Encoding.UTF8.GetBytes(name);
        Topic = Topics.Of(name)
            ?? throw new InvalidOperationException($"No topic holds '{name}': Topics.Holds and EventFields disagree.");
        Fields = fields;
        KeyField = Array.FindIndex(fields, field => field.Name == key);
        for (int i = 0; i < fields.Length; i++)
        {
            Required |= fields[i].Required ? 1UL << i : 0;
        }
    }

    private static EventField Must(string name, FieldKind kind) => new(name, kind, true);

    private static EventField May(string name, FieldKind kind) => new(name, kind, false);

    /// <summary>
    /// The contract's events. Where the contract leaves fields to a system of its own, only time and key are known
    /// here.
    /// </summary>
    internal static readonly EventType[] All =
    [
        new(
            "click",
            "ip",
            Must("id", FieldKind.Identifier),
            Must("time", FieldKind.Time),
            Must("ip", FieldKind.Address),
            Must("publisher", FieldKind.Identifier),
            Must("campaign", FieldKind.Identifier),
            May("visitor", FieldKind.Identifier),
            May("placement", FieldKind.Identifier),
            May("advertiser", FieldKind.Identifier),
            May("ua", FieldKind.Text),
            May("cost_micros", FieldKind.Count),
            May("page", FieldKind.Text),
            May("referrer", FieldKind.Text),
            May("target", FieldKind.Text),
            May("pointer", FieldKind.Pointer),
            May("x", FieldKind.Number),
            May("y", FieldKind.Number),
            May("viewport", FieldKind.Viewport),
            May("expects_path", FieldKind.Flag),
            May("device", FieldKind.Device),
            May("path", FieldKind.Points)
        ),
        new(
            "cursor-path",
            "ip",
            Must("click", FieldKind.Identifier),
            Must("time", FieldKind.Time),
            Must("ip", FieldKind.Address),
            Must("points", FieldKind.Points)
        ),
        new(
            "confirmation",
            "ip",
            Must("click", FieldKind.Identifier),
            Must("time", FieldKind.Time),
            Must("ip", FieldKind.Address),
            Must("outcome", FieldKind.Outcome),
            May("attempts", FieldKind.Count),
            May("latency_ms", FieldKind.Count)
        ),
        new(
            "content-request",
            "sponsor",
            Must("id", FieldKind.Identifier),
            Must("time", FieldKind.Time),
            Must("sponsor", FieldKind.Identifier),
            Must("unit", FieldKind.Identifier),
            Must("sizes", FieldKind.Sizes),
            May("resource", FieldKind.Text),
            May("ip", FieldKind.Address),
            May("ua", FieldKind.Text),
            May("parameters", FieldKind.Parameters)
        ),
        new(
            "binding",
            "page",
            Must("id", FieldKind.Identifier),
            Must("time", FieldKind.Time),
            Must("page", FieldKind.Identifier),
            Must("code", FieldKind.Text),
            Must("account", FieldKind.Identifier),
            May("values", FieldKind.Object),
            May("ip", FieldKind.Address)
        ),
        new(
            "label",
            "click",
            Must("click", FieldKind.Identifier),
            Must("time", FieldKind.Time),
            Must("valid", FieldKind.Flag),
            May("source", FieldKind.Identifier),
            May("weight", FieldKind.Number),
            May("ip", FieldKind.Address),
            May("publisher", FieldKind.Identifier),
            May("placement", FieldKind.Identifier),
            May("campaign", FieldKind.Identifier),
            May("device", FieldKind.Device)
        ),
        Process("process-started", May("context", FieldKind.Object)),
        Process("process-context", Must("context", FieldKind.Object)),
        Process("process-taken", Must("worker", FieldKind.Identifier)),
        Process("process-finished"),
        new(
            "association",
            "item",
            Must("time", FieldKind.Time),
            Must("item", FieldKind.Identifier),
            May("id", FieldKind.Identifier)
        ),
        new(
            "message",
            "conversation",
            Must("time", FieldKind.Time),
            Must("conversation", FieldKind.Identifier),
            May("id", FieldKind.Identifier)
        ),
        Meeting("meeting-scheduled"),
        Meeting("attendance"),
        Meeting("meeting-ended"),
    ];

    private static EventType Process(string name, params EventField[] more) =>
        new(
            name,
            "instance",
            [
                Must("process", FieldKind.Identifier),
                Must("instance", FieldKind.Identifier),
                Must("time", FieldKind.Time),
                May("id", FieldKind.Identifier),
                .. more,
            ]
        );

    private static EventType Meeting(string name) =>
        new(name, "meeting", Must("time", FieldKind.Time), Must("meeting", FieldKind.Identifier));

    /// <summary>The fields of a device that the contract has; others are skipped.</summary>
    internal static readonly byte[][] DeviceFields =
    [
        .. new[] { "make", "model", "os", "osv", "carrier", "connectiontype", "language" }.Select(
            System.Text.Encoding.UTF8.GetBytes
        ),
    ];
}
