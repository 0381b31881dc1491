using System.Text.Json;
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
                [.. reader.OptionalList("rules").Select(rule => rule.GetString()!)],
                [.. reader.List("invitees").EnumerateArray().Select(Invitee.Read)]
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
public sealed record Channel(string Way, string Address);

/// <summary>Somebody who is invited.</summary>
public sealed record Invitee(
    string Person,
    IReadOnlyList<string> Roles,
    long GraceSeconds,
    IReadOnlyList<Channel> Channels,
    string? Deputy
)
{
    internal static Invitee Read(JsonElement json) =>
        new(
            json.GetProperty("person").GetString()!,
            [.. Of(json, "roles").Select(role => role.GetString()!)],
            json.TryGetProperty("grace_s", out JsonElement grace) && grace.ValueKind == JsonValueKind.Number
                ? grace.GetInt64()
                : 0,
            [
                .. Of(json, "channels")
                    .Select(channel => channel.EnumerateObject().Last())
                    .Select(channel => new Channel(channel.Name, channel.Value.GetString()!)),
            ],
            json.TryGetProperty("deputy", out JsonElement deputy) ? deputy.GetString() : null
        );

    private static JsonElement.ArrayEnumerator Of(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : default;
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
