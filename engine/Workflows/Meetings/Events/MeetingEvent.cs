using Engine.Workflows.Module;

namespace Engine.Workflows.Meetings.Events;

/// <summary>An event of a meeting, which keys the record.</summary>
public abstract record MeetingEvent(string Type, string Id, string Meeting, long Time)
    : WorkflowEvent(Type, Id, Meeting, Time)
{
    /// <summary>Reads one of the five events.</summary>
    internal static MeetingEvent Read(EventReader reader)
    {
        string id = reader.Id(),
            meeting = reader.Text("meeting");
        long time = reader.Time();
        return reader.Type switch
        {
            "meeting-scheduled" => new MeetingScheduled(
                id,
                meeting,
                time,
                reader.OptionalText("title") ?? "",
                reader.Integer("start"),
                reader.OptionalText("host"),
                reader.OptionalText("join") ?? "",
                reader.Texts("rules"),
                [.. reader.Records("invitees").Select(Invitee.Read)]
            ),
            "attendance" => new MeetingAttendance(
                id,
                meeting,
                time,
                reader.Text("person"),
                reader.Text("session"),
                reader.Text("what"),
                reader.OptionalInteger("late_s") ?? 0
            ),
            "meeting-notice" => new MeetingNotice(
                id,
                meeting,
                time,
                reader.Text("by"),
                reader.Text("what"),
                reader.OptionalText("person")
            ),
            "notice-delivery" => new NoticeDelivery(
                id,
                meeting,
                time,
                reader.Text("notice"),
                reader.Text("channel"),
                reader.Text("outcome") == "delivered"
            ),
            "meeting-ended" => new MeetingEnded(id, meeting, time, reader.OptionalFlag("cancelled") ?? false),
            _ => throw new InvalidOperationException($"{reader.Type} is not an event of meetings"),
        };
    }
}

/// <summary>A way to reach somebody.</summary>
public sealed record Channel(string Way, string Address)
{
    internal static Channel Read(FieldReader record)
    {
        (string way, string address) = record.Single();
        return new Channel(way, address);
    }
}

/// <summary>Somebody who is invited.</summary>
public sealed record Invitee(
    string Person,
    IReadOnlyList<string> Roles,
    long GraceSeconds,
    IReadOnlyList<Channel> Channels,
    string? Deputy
)
{
    internal static Invitee Read(FieldReader record) =>
        new(
            record.Text("person"),
            record.Texts("roles"),
            record.OptionalInteger("grace_s") ?? 0,
            [.. record.Records("channels").Select(Channel.Read)],
            record.OptionalText("deputy")
        );
}

public sealed record MeetingScheduled(
    string Id,
    string Meeting,
    long Time,
    string Title,
    long Start,
    string? Host,
    string Join,
    IReadOnlyList<string> Rules,
    IReadOnlyList<Invitee> Invitees
) : MeetingEvent("meeting-scheduled", Id, Meeting, Time);

/// <param name="What"><c>joined</c>, <c>left</c> or <c>acknowledged</c>.</param>
public sealed record MeetingAttendance(
    string Id,
    string Meeting,
    long Time,
    string Person,
    string Session,
    string What,
    long LateSeconds
) : MeetingEvent("attendance", Id, Meeting, Time);

/// <param name="What"><c>stop</c>, <c>resume</c> or <c>send</c>.</param>
public sealed record MeetingNotice(string Id, string Meeting, long Time, string By, string What, string? Person)
    : MeetingEvent("meeting-notice", Id, Meeting, Time);

public sealed record NoticeDelivery(
    string Id,
    string Meeting,
    long Time,
    string Notice,
    string Channel,
    bool IsDelivered
) : MeetingEvent("notice-delivery", Id, Meeting, Time);

public sealed record MeetingEnded(string Id, string Meeting, long Time, bool IsCancelled)
    : MeetingEvent("meeting-ended", Id, Meeting, Time);
