using Engine.Contracts;
using Engine.Contracts.Events;
using static Engine.Contracts.Events.EventField;

namespace Engine.Workflows.Associations.Events;

/// <summary>The event of <c>associations</c>.</summary>
public static class AssociationSchemas
{
    /// <summary>An account has scanned an item, or a code.</summary>
    public static readonly EventSchema Association = new(
        "association",
        Topics.Associations,
        "item",
        "Association",
        60,
        "An account has scanned an item, or the code that another account's association with it got",
        """
        {"type":"association","id":"a-2","time":1763769600000,"item":"it-9","code":"<the code as read>","account":"acc-2","device":"d-1",
         "ip":"198.51.100.7"}
        """,
        Required("id", 2, FieldKind.Identifier, "the event's own id"),
        Required("time", 3, FieldKind.Time, "event time, milliseconds since the Unix epoch, UTC"),
        Required("item", 70, FieldKind.Identifier, "the item"),
        Required("account", 36, FieldKind.Identifier, "the account that has scanned"),
        Optional("code", 35, FieldKind.AnyText, "the code of somebody's association; without it, the item was scanned"),
        Optional("device", 71, FieldKind.Identifier, "the device that has scanned"),
        Optional("ip", 4, FieldKind.Address, "the device's address, IPv4 or IPv6")
    );

    public static readonly IReadOnlyList<EventSchema> All = [Association];
}
