using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Workflows.Meetings.Events;
using Engine.Workflows.Meetings.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Meetings.Decision;

/// <summary>Meetings and notices as JSON: the record <c>meeting:&lt;id&gt;</c>, and the records of
/// <c>notifications</c>.</summary>
internal static class MeetingJson
{
    /// <summary>How many pending notices a record lists, those due first.</summary>
    private const int MaxPending = 1_000;

    // One line, readable in redis-cli; pages must encode it.
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Record(Meeting meeting, IEnumerable<Notice> pending, in Moment at, string partition)
    {
        MeetingScheduled? plan = meeting.Plan;
        var record = new JsonObject
        {
            ["meeting"] = meeting.Id,
            ["state"] = meeting.StateAt(at.LogTime),
            ["present"] = People(plan, meeting.IsThere),
            ["absent"] = People(plan, person => !meeting.IsThere(person)),
            ["notices"] = new JsonArray([
                .. InOrder(meeting.Notices.Values.Where(notice => notice.State != NoticeState.Shadow))
                    .Concat(InOrder(pending).Take(MaxPending))
                    .Select(notice => NoticeOf(meeting, notice)),
            ]),
            ["stopped"] = meeting.IsStopped,
            ["at"] = string.Create(CultureInfo.InvariantCulture, $"{partition}@{at.Offset}"),
            ["settings"] = at.Version,
        };
        if (plan != null)
        {
            record.Insert(1, "title", plan.Title);
            record.Insert(2, "start", plan.Start);
            record.Insert(3, "host", plan.Host);
        }

        return record.ToJsonString(Plain);
    }

    public static string Notice(Meeting meeting, Notice notice, Channel channel, MeetingRule? rule, long logTime) =>
        new JsonObject
        {
            ["type"] = "absence-notice",
            ["notice"] = notice.Id,
            ["recipient"] = notice.Person,
            ["channel"] = channel.Way,
            ["address"] = channel.Address,
            ["meeting"] = meeting.Id,
            ["title"] = meeting.Plan!.Title,
            ["join"] = meeting.Plan.Join,
            ["text"] = NoticeText.Fill(rule?.Text ?? NoticeText.OfHost, meeting, logTime),
            ["rule"] = notice.Rule,
            ["due"] = notice.Due,
        }.ToJsonString(Plain);

    private static JsonObject NoticeOf(Meeting meeting, Notice notice)
    {
        IReadOnlyList<Channel> channels = meeting.InviteeOf(notice.Person)?.Channels ?? [];
        NoticeState state =
            notice.State == NoticeState.Pending && meeting.Over != null ? NoticeState.Cancelled : notice.State;
        return new JsonObject
        {
            ["notice"] = notice.Id,
            ["person"] = notice.Person,
            ["rule"] = notice.Rule,
            ["channel"] = channels.ElementAtOrDefault(Math.Min(notice.Channel, channels.Count - 1))?.Way,
            ["due"] = notice.Due,
            ["state"] = state.ToString().ToLowerInvariant(),
        };
    }

    private static IEnumerable<Notice> InOrder(IEnumerable<Notice> notices) =>
        notices.OrderBy(notice => notice.Due).ThenBy(notice => notice.Id, StringComparer.Ordinal);

    private static JsonArray People(MeetingScheduled? plan, Func<string, bool> which) =>
        new([
            .. (plan?.Invitees ?? [])
                .Select(invitee => invitee.Person)
                .Where(which)
                .Select(person => JsonValue.Create(person)),
        ]);
}
