using System.Text.Json.Nodes;
using Engine.Workflows.Meetings;
using Engine.Workflows.Meetings.Decision;

namespace Workflows.Tests.Meetings;

/// <summary>A partition of <c>meetings</c>, with a rule.</summary>
internal sealed class MeetingLog : IDisposable
{
    public const string Rule =
        """{"after_s":300,"when":"meeting.share < 0.5 || 'db' in meeting.roles_missing","leave_grace_s":120,"next_channel_after_s":120,"text":"{title}: {elapsed}, {present} of {invited}: {join}"}""";

    private int _number;

    public MeetingLog(string rule = Rule) =>
        Run = new DeciderRun(new MeetingsWorkflow(), new MeetingDecider(), ("meeting-rule/default", rule));

    public DeciderRun Run { get; }

    public static long Start => DeciderRun.Start + 60_000;

    public JsonNode Record => JsonNode.Parse(Run.Values["meeting:m-1"])!;

    /// <summary>The notices so far: whom, on which channel.</summary>
    public string[] Notices =>
        [
            .. Run
                .Notified.Select(one => JsonNode.Parse(one.Json)!)
                .Select(notice => $"{notice["notice"]} {notice["channel"]}:{notice["address"]}"),
        ];

    /// <summary>Schedules the meeting, with the host p-1 invited too.</summary>
    public MeetingLog Schedule(params string[] invitees) =>
        Send(
            "meeting-scheduled",
            $$""","title":"Incident 42","start":{{Start}},"host":"p-1","join":"https://meet.example/m-1","rules":["default"],"invitees":[{{string.Join(",", invitees)}}]"""
        );

    public static string Invitee(
        string person,
        string roles = "",
        int grace = 0,
        string channels = """{"chat":"u"}""",
        string? deputy = null
    ) =>
        $$"""{"person":"{{person}}","roles":[{{roles}}],"grace_s":{{grace}},"channels":[{{channels}}]{{(deputy == null ? "" : $",\"deputy\":\"{deputy}\"")}}}""";

    public MeetingLog Attend(string person, string what, string session = "s-1", long? time = null, string more = "") =>
        Send("attendance", $$""","person":"{{person}}","session":"{{session}}","what":"{{what}}"{{more}}""", time);

    public MeetingLog Send(string type, string fields, long? time = null)
    {
        Run.Send(
            $$"""{"type":"{{type}}","id":"e-{{++_number}}","time":{{time ?? Run.Now}},"meeting":"m-1"{{fields}}}""",
            "m-1"
        );
        return this;
    }

    /// <summary>Lets log time pass to seconds after the start, and a millisecond more.</summary>
    public MeetingLog At(double seconds)
    {
        Run.Pass(TimeSpan.FromMilliseconds(Start + seconds * 1000 + 1 - Run.Now));
        return this;
    }

    public void Dispose() => Run.Dispose();
}
