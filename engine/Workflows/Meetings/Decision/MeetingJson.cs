using System.Text.Json;
using Engine.Contracts;
using Engine.Workflows.Meetings.Events;
using Engine.Workflows.Meetings.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Meetings.Decision;

/// <summary>Meetings and notices as JSON: the record <c>meeting:&lt;id&gt;</c>, and the records of
/// <c>notifications</c>. Not thread-safe.</summary>
/// <param name="partition">The partition's name, for <c>at</c>.</param>
internal sealed class MeetingJson(string partition)
{
    /// <summary>How many pending notices a record lists, those due first.</summary>
    private const int MaxPending = 1_000;

    private readonly JsonLines _lines = new();

    public string Record(Meeting meeting, IReadOnlyList<Notice> pending, in Moment at)
    {
        Utf8JsonWriter json = _lines.Begin();
        json.WriteString("meeting", meeting.Id);
        if (meeting.Plan is { } plan)
        {
            json.WriteString("title", plan.Title);
            json.WriteNumber("start", plan.Start);
            json.WriteString("host", plan.Host);
        }

        json.WriteString("state", meeting.StateAt(at.LogTime));
        WritePeople(json, "present", meeting, isThere: true);
        WritePeople(json, "absent", meeting, isThere: false);
        json.WriteStartArray("notices");
        foreach (Notice notice in InOrder(meeting.Notices.Values))
        {
            if (notice.State != NoticeState.Shadow)
            {
                Write(json, meeting, notice);
            }
        }

        foreach (Notice notice in InOrder(pending).Take(MaxPending))
        {
            Write(json, meeting, notice);
        }

        json.WriteEndArray();
        json.WriteBoolean("stopped", meeting.IsStopped);
        json.WriteString("at", LogPlace.Text(partition, at.Offset));
        json.WriteString("settings", at.Version);
        return _lines.End(json);
    }

    public string Notice(Meeting meeting, Notice notice, Channel channel, MeetingRule? rule, long logTime)
    {
        string text = NoticeText.Fill(rule?.Text ?? NoticeText.OfHost, meeting, logTime);
        Utf8JsonWriter json = _lines.Begin();
        json.WriteString("type", "absence-notice");
        json.WriteString("notice", notice.Id);
        json.WriteString("recipient", notice.Person);
        json.WriteString("channel", channel.Way);
        json.WriteString("address", channel.Address);
        json.WriteString("meeting", meeting.Id);
        json.WriteString("title", meeting.Plan!.Title);
        json.WriteString("join", meeting.Plan.Join);
        json.WriteString("text", text);
        json.WriteString("rule", notice.Rule);
        json.WriteNumber("due", notice.Due);
        return _lines.End(json);
    }

    private static void Write(Utf8JsonWriter json, Meeting meeting, Notice notice)
    {
        IReadOnlyList<Channel> channels = meeting.InviteeOf(notice.Person)?.Channels ?? [];
        NoticeState state =
            notice.State == NoticeState.Pending && meeting.Over != null ? NoticeState.Cancelled : notice.State;
        json.WriteStartObject();
        json.WriteString("notice", notice.Id);
        json.WriteString("person", notice.Person);
        json.WriteString("rule", notice.Rule);
        json.WriteString("channel", channels.ElementAtOrDefault(Math.Min(notice.Channel, channels.Count - 1))?.Way);
        json.WriteNumber("due", notice.Due);
        json.WriteString("state", WordOf(state));
        json.WriteEndObject();
    }

    private static string WordOf(NoticeState state) =>
        state switch
        {
            NoticeState.Pending => "pending",
            NoticeState.Sent => "sent",
            NoticeState.Delivered => "delivered",
            NoticeState.Failed => "failed",
            _ => "cancelled",
        };

    private static IEnumerable<Notice> InOrder(IReadOnlyCollection<Notice> notices) =>
        notices.Count < 2
            ? notices
            : notices.OrderBy(notice => notice.Due).ThenBy(notice => notice.Id, StringComparer.Ordinal);

    private static void WritePeople(Utf8JsonWriter json, string name, Meeting meeting, bool isThere)
    {
        json.WriteStartArray(name);
        foreach (Invitee invitee in meeting.Plan?.Invitees ?? [])
        {
            if (meeting.IsThere(invitee.Person) == isThere)
            {
                json.WriteStringValue(invitee.Person);
            }
        }

        json.WriteEndArray();
    }
}
