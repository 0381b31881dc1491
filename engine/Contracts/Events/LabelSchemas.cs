using static Engine.Contracts.Events.EventField;

namespace Engine.Contracts.Events;

/// <summary>The event of <c>labels</c>, which also uses the message <c>Event</c>.</summary>
public static class LabelSchemas
{
    /// <summary>A later judgement of a click, by a person or from a conversion.</summary>
    public static readonly EventSchema Label = new(
        "label",
        Topics.Labels,
        "click",
        InteractionSchemas.Message,
        0,
        "A later judgement of a click, by a person or from a conversion",
        """{"type":"label","click":"c-8f14e45f","time":1763769700000,"valid":false,"source":"analyst","weight":1.0}""",
        Required("time", 3, FieldKind.Time, "event time, milliseconds since the Unix epoch, UTC"),
        Optional("ip", 4, FieldKind.Address, "the click's address"),
        Optional("publisher", 5, FieldKind.Identifier, "where the click was made"),
        Optional("campaign", 6, FieldKind.Identifier, "what was clicked on"),
        Required("click", 7, FieldKind.Identifier, "the click that it refers to"),
        Optional("placement", 12, FieldKind.Identifier, "the place on the publisher's page"),
        Optional("device", 23, FieldKind.Device, "the click's device, in OpenRTB's names"),
        Required("valid", 27, FieldKind.Flag, "whether it calls the click valid"),
        Required(
            "source",
            28,
            FieldKind.Identifier,
            "who says so: analyst, conversion, advertiser, refund, or any other name; a later label from the same "
                + "source replaces the earlier"
        ),
        Optional("weight", 29, new NumberKind(0, EventLimits.MaxLabelWeight), "how much it counts; 1 by default")
    );

    public static readonly IReadOnlyList<EventSchema> All = [Label];
}
