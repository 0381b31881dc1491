using Engine.Contracts;
using Engine.Contracts.Events;
using static Engine.Contracts.Events.EventField;

namespace Engine.Workflows.Messages.Events;

/// <summary>The events of <c>messages</c>.</summary>
public static class MessageSchemas
{
    public const int MaxTextBytes = 64 * 1024,
        MaxRecipients = 1_000;

    private static readonly EntriesKind Context = new(
        EntryValues.Scalar,
        EventLimits.MaxAttributes,
        EventLimits.MaxAttributeNameBytes,
        EventLimits.MaxAttributeTextBytes
    );

    /// <summary>Somebody has written a message, or a new version of one.</summary>
    public static readonly EventSchema Written = new(
        "message",
        Topics.Messages,
        "conversation",
        "ChatMessage",
        66,
        "Somebody has written a message, or a new version of one",
        """
        {"type":"message","id":"m-7","time":1763769600000,"conversation":"c-3","sender":"p-1","recipients":["p-2"],"group":"analysts",
         "text":"See https://shop.example","format":"text","edits":"m-6","automatic":false,"context":{"presence":"away","role":"advertiser"}}
        """,
        Required("id", 2, FieldKind.Identifier, "the message's own id"),
        Required("time", 3, FieldKind.Time, "event time, milliseconds since the Unix epoch, UTC"),
        Required("conversation", 120, FieldKind.Identifier, "the conversation"),
        Required("sender", 121, FieldKind.Identifier, "who has written it"),
        Optional("recipients", 122, new ListKind(FieldKind.Identifier, MaxRecipients), "who is to read it"),
        Optional("group", 123, FieldKind.Identifier, "the group that the conversation belongs to"),
        Required("text", 124, new TextKind(MaxTextBytes), "the text"),
        Optional("format", 125, new WordKind("text", "html"), "what the text is; text if absent"),
        Optional("edits", 126, FieldKind.Identifier, "the message of which this is a new version"),
        Optional("automatic", 127, FieldKind.Flag, "whether a program has written it"),
        Optional("context", 40, Context, "what the messaging system knows of its people at that moment")
    );

    /// <summary>Somebody has handled a message by hand.</summary>
    public static readonly EventSchema Handled = new(
        "message-handled",
        Topics.Messages,
        "conversation",
        "MessageHandled",
        67,
        "Somebody has handled a message by hand",
        """{"type":"message-handled","id":"h-1","time":1763769600000,"conversation":"c-3","message":"m-7","by":"p-2","action":{"hold":true}}""",
        Required("id", 2, FieldKind.Identifier, "the event's own id"),
        Required("time", 3, FieldKind.Time, "event time, milliseconds since the Unix epoch, UTC"),
        Required("conversation", 120, FieldKind.Identifier, "the conversation"),
        Required("message", 128, FieldKind.Identifier, "the message"),
        Required("by", 99, FieldKind.Identifier, "who has handled it"),
        Required("action", 129, Context, "what was done, as an action of a rule")
    );

    public static readonly IReadOnlyList<EventSchema> All = [Written, Handled];
}
