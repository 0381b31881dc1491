using System.Text.Json.Nodes;
using Xunit;
using static Workflows.Tests.Meetings.MeetingLog;

namespace Workflows.Tests.Meetings;

/// <summary>systems.md, "Absent invitees".</summary>
public sealed class MeetingTests : IDisposable
{
    private readonly MeetingLog _log = new();

    [Fact]
    public void Who_is_missed_past_the_due_moment_is_notified_once()
    {
        _log.Schedule(Invitee("p-1"), Invitee("p-2"), Invitee("p-3")).Attend("p-1", "joined").At(299);
        Assert.Empty(_log.Notices);
        _log.At(300);
        Assert.Equal(["m-1/default/p-2 chat:u", "m-1/default/p-3 chat:u"], _log.Notices);
        _log.At(419).Attend("p-9", "joined").At(419.5);
        Assert.Equal(2, _log.Notices.Length);
        JsonNode notice = JsonNode.Parse(_log.Run.Notified[0].Json)!;
        Assert.Equal("Incident 42: 5 min, 1 of 3: https://meet.example/m-1", (string?)notice["text"]);
        Assert.Equal(Start + 300_000, (long)notice["due"]!);
        Assert.Equal(["p-2", "p-3"], _log.Record["absent"]!.AsArray().Select(person => (string)person!));
    }

    [Fact]
    public void Who_comes_at_the_due_moment_gets_none()
    {
        _log.Schedule(Invitee("p-2"));
        _log.Run.Now = Start + 300_000;
        _log.Attend("p-2", "joined").At(600);
        Assert.Empty(_log.Notices);
    }

    [Fact]
    public void Graces_and_announced_delays_are_waited_for()
    {
        _log.Schedule(Invitee("p-2", grace: 60), Invitee("p-3"))
            .Attend("p-3", "acknowledged", more: ""","late_s":600""")
            .At(359);
        Assert.Empty(_log.Notices);
        _log.At(360);
        Assert.Equal(["m-1/default/p-2 chat:u"], _log.Notices);
        _log.At(900);
        Assert.Contains("m-1/default/p-3 chat:u", _log.Notices);
    }

    [Fact]
    public void A_condition_that_did_not_hold_is_looked_at_again_when_attendance_changes()
    {
        _log.Schedule(Invitee("p-1"), Invitee("p-2"), Invitee("p-3"), Invitee("p-4"))
            .Attend("p-1", "joined")
            .Attend("p-2", "joined")
            .At(400);
        Assert.Empty(_log.Notices); // half of them are there
        _log.Attend("p-2", "left").At(519);
        Assert.Empty(_log.Notices); // within the leave grace p-2 still counts
        _log.At(520.5);
        Assert.Equal(
            ["m-1/default/p-2 chat:u", "m-1/default/p-3 chat:u", "m-1/default/p-4 chat:u"],
            _log.Notices.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Sessions_may_come_out_of_order()
    {
        _log.Schedule(Invitee("p-2"));
        _log.Run.Now = Start + 10_000;
        _log.Attend("p-2", "left", time: Start + 5_000).Attend("p-2", "joined", time: Start + 1_000).At(301);
        Assert.Single(_log.Notices);
        _log.Attend("p-2", "joined", "s-2");
        Assert.Equal(["p-2"], _log.Record["present"]!.AsArray().Select(person => (string)person!));
    }

    [Fact]
    public void Missing_roles_go_to_who_has_them()
    {
        using var log = new MeetingLog("""{"after_s":300,"when":"size(meeting.roles_missing) > 0","to":"roles"}""");
        log.Schedule(Invitee("p-1"), Invitee("p-2", "\"db\""), Invitee("p-3", "\"net\""))
            .Attend("p-3", "joined")
            .At(301);
        Assert.Equal(["m-1/default/p-2 chat:u"], log.Notices);
    }

    [Fact]
    public void Channels_are_tried_in_order_and_then_the_deputy()
    {
        const string Two = """{"chat":"u-2"},{"email":"p2@corp.example"}""";
        _log.Schedule(Invitee("p-2", channels: Two, deputy: "p-3"), Invitee("p-3", grace: 3_000)).At(301);
        Assert.Equal(["m-1/default/p-2 chat:u-2"], _log.Notices);
        _log.Send(
            "notice-delivery",
            ""","notice":"m-1/default/p-2","channel":"chat","outcome":"failed","detail":"404" """.TrimEnd()
        );
        Assert.Equal("m-1/default/p-2 email:p2@corp.example", _log.Notices[^1]);
        _log.Send("notice-delivery", ""","notice":"m-1/default/p-2","channel":"chat","outcome":"failed" """.TrimEnd());
        Assert.Equal(2, _log.Notices.Length); // a late repeat of the first channel's
        _log.At(430);
        Assert.Equal("m-1/default/p-3 chat:u", _log.Notices[^1]);
    }

    [Fact]
    public void Who_acknowledges_is_tried_on_no_further_channel()
    {
        const string Two = """{"chat":"u-2"},{"email":"p2@corp.example"}""";
        _log.Schedule(Invitee("p-2", channels: Two)).At(301).Attend("p-2", "acknowledged").At(900);
        Assert.Single(_log.Notices);
    }

    [Fact]
    public void The_host_stops_resumes_and_sends_and_nobody_else_does()
    {
        _log.Schedule(Invitee("p-2"), Invitee("p-3"))
            .Send("meeting-notice", ""","by":"p-1","what":"stop" """.TrimEnd())
            .At(400);
        Assert.Empty(_log.Notices);
        _log.Send("meeting-notice", ""","by":"p-1","what":"send","person":"p-3" """.TrimEnd());
        Assert.Equal(["m-1/host/p-3 chat:u"], _log.Notices);
        _log.Send("meeting-notice", ""","by":"p-2","what":"resume" """.TrimEnd());
        Assert.Single(_log.Run.DeadLetters);
        _log.Send("meeting-notice", ""","by":"p-1","what":"resume" """.TrimEnd()).At(401);
        Assert.Contains("m-1/default/p-2 chat:u", _log.Notices);
    }

    [Fact]
    public void Scheduling_again_keeps_what_was_sent_and_reckons_the_rest_anew()
    {
        _log.Schedule(Invitee("p-2"), Invitee("p-3", grace: 600)).At(301);
        Assert.Equal(["m-1/default/p-2 chat:u"], _log.Notices);
        _log.Schedule(Invitee("p-2"), Invitee("p-3")).At(302);
        Assert.Equal(["m-1/default/p-2 chat:u", "m-1/default/p-3 chat:u"], _log.Notices);
    }

    [Fact]
    public void A_meeting_that_is_over_misses_nobody()
    {
        _log.Schedule(Invitee("p-2")).Send("meeting-ended", ""","cancelled":true""").At(900);
        Assert.Empty(_log.Notices);
        Assert.Equal("cancelled", (string?)_log.Record["state"]);
    }

    [Fact]
    public void Pending_notices_survive_a_takeover_and_go_out_once()
    {
        _log.Schedule(Invitee("p-2"), Invitee("p-3", grace: 60)).At(301);
        _log.Run.TakeOver();
        _log.At(361);
        Assert.Equal(["m-1/default/p-2 chat:u", "m-1/default/p-3 chat:u"], _log.Notices);
    }

    [Fact]
    public void What_is_due_by_the_clock_and_not_sent_is_counted()
    {
        _log.Schedule(MeetingLog.Invitee("p-2"), MeetingLog.Invitee("p-3", grace: 60)).At(0);
        long due = MeetingLog.Start + 300_000;
        Assert.Equal([0, 1, 2], new[] { due, due + 1, due + 60_001 }.Select(now => (int)_log.Run.DueUnsent(now)!));
        _log.At(300);
        Assert.Equal(0, _log.Run.DueUnsent(due + 1));
        _log.At(361).Send("meeting-ended", "");
        Assert.Equal(0, _log.Run.DueUnsent(due + 900_000));
    }

    public void Dispose() => _log.Dispose();
}
