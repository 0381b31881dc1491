using Engine.Contracts;
using Engine.Contracts.Events;
using static Engine.Contracts.Events.EventField;

namespace Engine.Workflows.Meetings.Events;

/// <summary>The events of <c>meetings</c>.</summary>
public static class MeetingSchemas
{
    public const int MaxInvitees = 1_000,
        MaxChannels = 8,
        MaxRules = 32,
        MaxRoles = 32;

    private const int MaxTitleBytes = 200,
        MaxLinkBytes = 2_048,
        MaxGraceSeconds = 604_800;

    private static readonly FieldKind Names = new ListKind(FieldKind.Identifier, MaxRoles);

    private static readonly RecordKind Invitee = new(
        "Invitee",
        "Somebody who is invited to a meeting",
        Required("person", 1, FieldKind.Identifier, "who is invited"),
        Optional("roles", 2, Names, "the person's roles"),
        Optional(
            "grace_s",
            3,
            new IntegerKind(0, MaxGraceSeconds),
            "how much later than others the person is missed, s"
        ),
        Optional(
            "channels",
            4,
            new ListKind(new ChannelKind("chat", "email", "webhook", "phone"), MaxChannels),
            "ways to reach the person, in the order in which they are tried"
        ),
        Optional("deputy", 5, FieldKind.Identifier, "who is notified when the person can't be reached")
    );

    /// <summary>A meeting is scheduled, or scheduled anew.</summary>
    public static readonly EventSchema Scheduled = Of(
        "meeting-scheduled",
        "MeetingScheduled",
        61,
        "A meeting is scheduled, or scheduled anew: notices sent stand, pending ones are reckoned anew",
        """
        ,"title":"Incident 42","start":1763769600000,"host":"p-1","join":"https://meet.example/m-1","rules":["default"],
         "invitees":[{"person":"p-2","roles":["db"],"grace_s":120,"channels":[{"chat":"u-2"},{"email":"p2@corp.example"}],"deputy":"p-3"}]
        """,
        Optional("title", 81, new TextKind(MaxTitleBytes), "the meeting's title"),
        Required("start", 82, FieldKind.Time, "when it begins, milliseconds since the Unix epoch, UTC"),
        Optional("host", 83, FieldKind.Identifier, "who may stop, resume and send notices"),
        Optional("join", 84, new TextKind(MaxLinkBytes), "the address to join at"),
        Optional(
            "rules",
            85,
            new ListKind(FieldKind.Identifier, MaxRules),
            "the rules that hold, by their ids; none if absent"
        ),
        Required("invitees", 86, new ListKind(Invitee, MaxInvitees), "who is invited")
    );

    /// <summary>Somebody joins, leaves, or says to be late.</summary>
    public static readonly EventSchema Attendance = Of(
        "attendance",
        "Attendance",
        62,
        "Somebody has joined or left a meeting, or says to come later",
        ""","person":"p-2","session":"s-1","what":"joined" """.TrimEnd(),
        Required("person", 87, FieldKind.Identifier, "who"),
        Required("session", 88, FieldKind.Identifier, "the connection: a person is there while one is open"),
        Required("what", 89, new WordKind("joined", "left", "acknowledged"), "what happened"),
        Optional("late_s", 98, new IntegerKind(0, MaxGraceSeconds), "how much later who acknowledges will come, s")
    );

    /// <summary>The host intervenes.</summary>
    public static readonly EventSchema Notice = Of(
        "meeting-notice",
        "MeetingNotice",
        63,
        "The host stops notices, resumes them, or sends one now",
        ""","by":"p-1","what":"stop" """.TrimEnd(),
        Required("by", 99, FieldKind.Identifier, "who asks: must be the host"),
        Required("what", 89, new WordKind("stop", "resume", "send"), "what to do"),
        Optional("person", 87, FieldKind.Identifier, "whom to notify, of `send`")
    );

    /// <summary>What became of a notice.</summary>
    public static readonly EventSchema Delivery = Of(
        "notice-delivery",
        "NoticeDelivery",
        64,
        "A notice was delivered on a channel, or could not be",
        ""","notice":"m-1/default/p-2","channel":"chat","outcome":"failed","detail":"404" """.TrimEnd(),
        Required("notice", 93, FieldKind.AnyText, "the notice"),
        Required("channel", 94, new WordKind("chat", "email", "webhook", "phone"), "the channel"),
        Required("outcome", 9, new WordKind("delivered", "failed"), "what became of it"),
        Optional("detail", 96, FieldKind.AnyText, "why it failed")
    );

    /// <summary>A meeting is over.</summary>
    public static readonly EventSchema Ended = Of(
        "meeting-ended",
        "MeetingEnded",
        65,
        "A meeting has ended, or won't take place",
        ""","cancelled":false""",
        Optional("cancelled", 97, FieldKind.Flag, "whether it won't take place")
    );

    public static readonly IReadOnlyList<EventSchema> All = [Scheduled, Attendance, Notice, Delivery, Ended];

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
            Topics.Meetings,
            "meeting",
            message,
            number,
            meaning,
            $$"""{"type":"{{type}}","id":"e-1","time":1763769600000,"meeting":"m-1"{{example}}}""",
            [
                Required("id", 2, FieldKind.Identifier, "the event's own id"),
                Required("time", 3, FieldKind.Time, "event time, milliseconds since the Unix epoch, UTC"),
                Required("meeting", 80, FieldKind.Identifier, "the meeting"),
                .. more,
            ]
        );
}
