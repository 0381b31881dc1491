using Engine.Contracts;
using Engine.Contracts.Events;
using static Engine.Contracts.Events.EventField;

namespace Engine.Workflows.ContentRequests.Events;

/// <summary>The event of <c>content-requests</c>.</summary>
public static class ContentRequestSchemas
{
    /// <summary>A page or an app of a sponsor requests a content item.</summary>
    public static readonly EventSchema ContentRequest = new(
        "content-request",
        Topics.ContentRequests,
        "sponsor",
        "ContentRequest",
        50,
        "A page or an app of a sponsor requests a content item",
        """
        {"type":"content-request","id":"r-1","time":1763769600000,"sponsor":"sp-1","resource":"https://news.example/","ip":"198.51.100.4","ua":"Mozilla/5.0 …",
         "unit":"news/front/top","sizes":[[300,250],[320,50]],"parameters":{"color":"blue"}}
        """,
        Required("id", 2, FieldKind.Identifier, "the event's own id"),
        Required("time", 3, FieldKind.Time, "event time, milliseconds since the Unix epoch, UTC"),
        Required("sponsor", 30, FieldKind.Identifier, "the sponsor whose page requests content"),
        Required("unit", 32, FieldKind.Identifier, "the requested ad unit, levels between slashes"),
        Required("sizes", 33, FieldKind.Sizes, "the requested sizes, CSS pixels"),
        Optional("resource", 31, FieldKind.AnyText, "the address of the requesting page or app"),
        Optional("ip", 4, FieldKind.Address, "the client's address, IPv4 or IPv6"),
        Optional("ua", 10, FieldKind.AnyText, "the user agent"),
        Optional(
            "parameters",
            34,
            new EntriesKind(
                EntryValues.AsText,
                EventLimits.MaxParameters,
                EventLimits.MaxParameterNameBytes,
                EventLimits.MaxParameterValueBytes
            ),
            "the requested parameters; numbers, true and false are read as text"
        )
    );

    public static readonly IReadOnlyList<EventSchema> All = [ContentRequest];
}
