using Engine.Contracts;
using Engine.Contracts.Events;
using static Engine.Contracts.Events.EventField;

namespace Engine.Workflows.Bindings.Events;

/// <summary>The event of <c>bindings</c>.</summary>
public static class BindingSchemas
{
    /// <summary>A second client's binding relation.</summary>
    public static readonly EventSchema Binding = new(
        "binding",
        Topics.Bindings,
        "page",
        "Binding",
        51,
        "A second client has read the operation-binding code made for a first client",
        """
        {"type":"binding","id":"b-1","time":1763769600000,"page":"poster-7","code":"<the operation-binding code as read>","account":"acc-2",
         "values":{"amount_micros":1000000,"remark":"thanks"},"ip":"203.0.113.9"}
        """,
        Required("id", 2, FieldKind.Identifier, "the event's own id"),
        Required("time", 3, FieldKind.Time, "event time, milliseconds since the Unix epoch, UTC"),
        Required("page", 15, FieldKind.Identifier, "the page on which the binding was made"),
        Required("code", 35, FieldKind.AnyText, "the operation-binding code as read"),
        Required("account", 36, FieldKind.Identifier, "the second client's account"),
        Optional(
            "values",
            37,
            EntriesKind.Any,
            "the values of the prompt's fields, by name; the prompt in the code says which are valid"
        ),
        Optional("ip", 4, FieldKind.Address, "the second client's address, IPv4 or IPv6")
    );

    public static readonly IReadOnlyList<EventSchema> All = [Binding];
}
