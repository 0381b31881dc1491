using System.Text.Json.Nodes;

namespace Engine.Workflows.Meetings.Web;

/// <summary>A notice as the host's page shows it.</summary>
/// <param name="Person">Whom it is for.</param>
/// <param name="Rule">The rule, or <c>host</c>.</param>
/// <param name="Channel">The channel that was tried last, or will be tried first; null for none.</param>
/// <param name="Due">When it fell due, or will, ms.</param>
/// <param name="State">Its state, as the record has it.</param>
public sealed record NoticeView(string Person, string Rule, string? Channel, long Due, string State);

/// <summary>A meeting as the host's page shows it: the record <c>meeting:&lt;id&gt;</c>.</summary>
public sealed record MeetingView(
    string Id,
    string Title,
    long Start,
    string Host,
    string State,
    bool IsStopped,
    IReadOnlyList<string> Present,
    IReadOnlyList<string> Absent,
    IReadOnlyList<NoticeView> Notices,
    long Now
)
{
    public static MeetingView Of(JsonObject record, long now) =>
        new(
            (string)record["meeting"]!,
            (string)record["title"]!,
            (long)record["start"]!,
            (string)record["host"]!,
            (string)record["state"]!,
            (bool)record["stopped"]!,
            [.. record["present"]!.AsArray().Select(person => (string)person!)],
            [.. record["absent"]!.AsArray().Select(person => (string)person!)],
            [
                .. record["notices"]!
                    .AsArray()
                    .Select(notice => new NoticeView(
                        (string)notice!["person"]!,
                        (string)notice["rule"]!,
                        (string?)notice["channel"],
                        (long)notice["due"]!,
                        (string)notice["state"]!
                    )),
            ],
            now
        );

    public bool IsOver => State is "ended" or "cancelled";

    public IEnumerable<NoticeView> NoticesOf(string person) => Notices.Where(notice => notice.Person == person);
}
