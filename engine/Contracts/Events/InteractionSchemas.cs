using static Engine.Contracts.Events.EventField;

namespace Engine.Contracts.Events;

/// <summary>
/// The events of <c>interactions</c>. They share the message <c>Event</c>, whose numbers the decoders know; the order
/// of the fields is that of their numbers, in which the decoders tell what is wrong.
/// </summary>
public static class InteractionSchemas
{
    /// <summary>The message of events.proto.</summary>
    public const string Message = "Event";

    /// <summary>The words of a click's <c>pointer</c>, Pointer Events' names.</summary>
    public static readonly WordKind Pointers = new("mouse", "touch", "pen", "keyboard");

    /// <summary>The words of a confirmation's <c>outcome</c>.</summary>
    public static readonly WordKind Outcomes = new("confirmed", "missed", "expired");

    private static readonly EventField Time = Required(
            "time",
            3,
            FieldKind.Time,
            "event time, milliseconds since the Unix epoch, UTC"
        ),
        Ip = Required("ip", 4, FieldKind.Address, "the client's address, IPv4 or IPv6"),
        ClickId = Required("click", 7, FieldKind.Identifier, "the click that it speaks of");

    /// <summary>Somebody clicked on an ad.</summary>
    public static readonly EventSchema Click = new(
        "click",
        Topics.Interactions,
        "ip",
        Message,
        0,
        "Somebody clicked on an ad",
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
        Optional("referrer", 16, FieldKind.AnyText, "where the page was come to from"),
        Optional("target", 17, FieldKind.AnyText, "where the click leads"),
        Optional("pointer", 18, Pointers, "what was clicked with, in Pointer Events' names"),
        Optional("x", 19, FieldKind.Coordinate, "position of the click from the left, CSS pixels; nothing without y"),
        Optional("y", 20, FieldKind.Coordinate, "position of the click from the top, CSS pixels; nothing without x"),
        Optional("viewport", 21, FieldKind.Viewport, "width and height of what the page is seen through, CSS pixels"),
        Optional("expects_path", 22, FieldKind.Flag, "a cursor-path will come"),
        Optional("device", 23, FieldKind.Device, "what was clicked on, in OpenRTB's names"),
        Optional(
            "path",
            24,
            FieldKind.Points,
            "a path that rides on the click: milliseconds from its first point, CSS pixels"
        )
    );

    /// <summary>The pointer's way to a click.</summary>
    public static readonly EventSchema CursorPath = new(
        "cursor-path",
        Topics.Interactions,
        "ip",
        Message,
        0,
        "The pointer's way to a click, which lies at its last point",
        """{"type":"cursor-path","click":"c-8f14e45f","time":1763769600100,"ip":"203.0.113.9","points":[[0,10,20],[16,14,25],[33,21,37.5]]}""",
        Time,
        Ip,
        ClickId,
        Required("points", 8, FieldKind.Points, "the way: milliseconds from its first point, CSS pixels")
    );

    /// <summary>What became of a click's confirmation.</summary>
    public static readonly EventSchema Confirmation = new(
        "confirmation",
        Topics.Interactions,
        "ip",
        Message,
        0,
        "What became of a click that was to be confirmed",
        """{"type":"confirmation","click":"c-8f14e45f","time":1763769602000,"ip":"203.0.113.9","outcome":"confirmed","attempts":1,"latency_ms":1840}""",
        Time,
        Ip,
        ClickId,
        Required("outcome", 9, Outcomes, "what became of it"),
        Optional(
            "attempts",
            25,
            new IntegerKind(0, EventLimits.MaxCount, isInt32: true),
            "how often the confirmation was tried"
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
