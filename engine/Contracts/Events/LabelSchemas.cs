using static Engine.Contracts.Events.EventField;

namespace Engine.Contracts.Events;

/// <summary>The event of <c>labels</c>, in the message <c>Event</c> too.</summary>
public static class LabelSchemas
{
    /// <summary>What a person or a conversion later said of a click.</summary>
    public static readonly EventSchema Label = new(
        "label",
        Topics.Labels,
        "click",
        InteractionSchemas.Message,
        0,
        "What a person or a conversion later said of a click",
        """{"type":"label","click":"c-8f14e45f","time":1763769700000,"valid":false,"source":"analyst","weight":1.0}""",
        Required("time", 3, FieldKind.Time, "event time, milliseconds since the Unix epoch, UTC"),
        Optional("ip", 4, FieldKind.Address, "the click's address"),
        Optional("publisher", 5, FieldKind.Identifier, "where the click was made"),
        Optional("campaign", 6, FieldKind.Identifier, "what was clicked on"),
        Required("click", 7, FieldKind.Identifier, "the click that it speaks of"),
        Optional("placement", 12, FieldKind.Identifier, "the place on the publisher's page"),
        Optional("device", 23, FieldKind.Device, "the click's device, in OpenRTB's names"),
        Required("valid", 27, FieldKind.Flag, "whether it calls the click valid"),
        Required(
            "source",
            28,
            FieldKind.Identifier,
            "who says so: analyst, conversion, advertiser, refund, or a name of your own; a later label of the same "
                + "source replaces the earlier"
        ),
        Optional("weight", 29, new NumberKind(0, EventLimits.MaxLabelWeight), "how much it counts; 1 by default")
    );

    public static readonly IReadOnlyList<EventSchema> All = [Label];
}
