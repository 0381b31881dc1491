using static Engine.Contracts.Events.EventField;

namespace Engine.Contracts.Events;

/// <summary>The events of <c>interactions</c>. They share the message <c>Event</c>, whose numbers the decoders know.
/// Fields are ordered by number, which is also the order in which the decoders report problems.</summary>
public static class InteractionSchemas
{
    /// <summary>The message in events.proto.</summary>
    public const string Message = "Event";

    /// <summary>The values of a click's <c>pointer</c>, named as in Pointer Events.</summary>
    public static readonly WordKind Pointers = new("mouse", "touch", "pen", "keyboard");

    /// <summary>The values of a confirmation's <c>outcome</c>.</summary>
    public static readonly WordKind Outcomes = new("confirmed", "missed", "expired");

    private static readonly EventField Time = Required(
            "time",
            3,
            FieldKind.Time,
            "event time, milliseconds since the Unix epoch, UTC"
        ),
        Ip = Required("ip", 4, FieldKind.Address, "the client's address, IPv4 or IPv6"),
        ClickId = Required("click", 7, FieldKind.Identifier, "the click that it refers to");

    /// <summary>A click on an ad.</summary>
    public static readonly EventSchema Click = new(
        "click",
        Topics.Interactions,
        "ip",
        Message,
        0,
        "A click on an ad",
        """
        {"type":"click","id":"c-8f14e45f","time":1763769600123,"ip":"203.0.113.9","ua":"Mozilla/5.0 …","visitor":"v-77","publisher":"pub-12",
         "placement":"top","campaign":"cmp-7","advertiser":"adv-3","cost_micros":250000,"page":"https://news.example/a","referrer":"",
         "target":"https://shop.example/p/1","pointer":"mouse","x":312,"y":88,"viewport":[1280,720],"expects_path":true,
         "device":{"make":"Acme","model":"A1","os":"Android","osv":"14","carrier":"c-1","connectiontype":"wifi","language":"de"},
         "path":[[0,10,20],[16,14,25]]}
        """,
        Required("id", 2, FieldKind.Identifier, "the click's own id"),
        Time,
        Ip,
        Required("publisher", 5, FieldKind.Identifier, "where the click was made"),
        Required("campaign", 6, FieldKind.Identifier, "what was clicked on"),
        Optional("ua", 10, FieldKind.AnyText, "the user agent"),
        Optional("visitor", 11, FieldKind.Identifier, "who clicked, as the publisher knows them"),
        Optional("placement", 12, FieldKind.Identifier, "the place on the publisher's page"),
        Optional("advertiser", 13, FieldKind.Identifier, "who pays"),
        Optional(
            "cost_micros",
            14,
            new IntegerKind(0, EventLimits.MaxCostMicros),
            "what the click costs, micros of the account's currency"
        ),
        Optional("page", 15, FieldKind.AnyText, "address of the page with the ad"),
        Optional("referrer", 16, FieldKind.AnyText, "the address that led to the page"),
        Optional("target", 17, FieldKind.AnyText, "where the click leads"),
        Optional("pointer", 18, Pointers, "the pointing device, as named in Pointer Events"),
        Optional("x", 19, FieldKind.Coordinate, "position of the click from the left, CSS pixels; ignored without y"),
        Optional("y", 20, FieldKind.Coordinate, "position of the click from the top, CSS pixels; ignored without x"),
        Optional("viewport", 21, FieldKind.Viewport, "width and height of the viewport, CSS pixels"),
        Optional("expects_path", 22, FieldKind.Flag, "a cursor-path will come"),
        Optional("device", 23, FieldKind.Device, "what was clicked on, in OpenRTB's names"),
        Optional(
            "path",
            24,
            FieldKind.Points,
            "the path, if sent with the click: milliseconds from its first point, CSS pixels"
        )
    );

    /// <summary>The pointer's path to a click.</summary>
    public static readonly EventSchema CursorPath = new(
        "cursor-path",
        Topics.Interactions,
        "ip",
        Message,
        0,
        "The pointer's path to a click, which is its last point",
        """{"type":"cursor-path","click":"c-8f14e45f","time":1763769600100,"ip":"203.0.113.9","points":[[0,10,20],[16,14,25],[33,21,37.5]]}""",
        Time,
        Ip,
        ClickId,
        Required("points", 8, FieldKind.Points, "the path: milliseconds from its first point, CSS pixels")
    );

    /// <summary>The outcome of a click's confirmation.</summary>
    public static readonly EventSchema Confirmation = new(
        "confirmation",
        Topics.Interactions,
        "ip",
        Message,
        0,
        "The outcome of a click's confirmation",
        """{"type":"confirmation","click":"c-8f14e45f","time":1763769602000,"ip":"203.0.113.9","outcome":"confirmed","attempts":1,"latency_ms":1840}""",
        Time,
        Ip,
        ClickId,
        Required("outcome", 9, Outcomes, "the outcome"),
        Optional(
            "attempts",
            25,
            new IntegerKind(0, EventLimits.MaxCount, isInt32: true),
            "how often the visitor attempted the confirmation"
        ),
        Optional(
            "latency_ms",
            26,
            new IntegerKind(0, EventLimits.MaxCount),
            "from showing the confirmation to its end, milliseconds"
        )
    );

    public static readonly IReadOnlyList<EventSchema> All = [Click, CursorPath, Confirmation];
}
