using Engine.Contracts;
using Engine.Workflows.Module;
using Xunit;

namespace Workflows.Tests.Runtime;

/// <summary>What the runtime promises every decider, held against the smallest one.</summary>
public class PartitionRunTests
{
    private static string Event(string id, string account = "acc-1", long? time = null) =>
        $$"""{"type":"binding","id":"{{id}}","time":{{time ?? DeciderRun.Start}},"page":"p-1","account":"{{account}}"}""";

    private static DeciderRun New(bool followsSettings = false) => Run(new TallyDecider(followsSettings));

    private static DeciderRun Run(TallyDecider tallies) => new(tallies, tallies, ("step/one", """{"by":2}"""));

    [Theory]
    [InlineData(1_795_338_000_000_000)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void A_record_with_an_rejected_timestamp_is_a_dead_letter_and_moves_nothing(long timestamp)
    {
        DeciderRun run = New().Send(Event("b-1"), "p-1");
        long due = run.Due;
        run.Now = timestamp;
        run.Send(Event("b-2"), "p-1");
        Assert.Equal([new Refusal(DeadLetterReason.OutOfRange, "timestamp")], run.DeadLetters);
        Assert.Equal(due, run.Due);
        Assert.Equal((1L, 1L), (run.Counts.Decided, run.Counts.DeadLetters));
    }

    [Fact]
    public void An_event_is_decided_by_the_settings_in_force()
    {
        DeciderRun run = New().Send(Event("b-1"), "p-1");
        Assert.Equal(
            $$"""{"sum":2,"recent":1,"time":{{DeciderRun.Start}},"settings":"s-base"}""",
            run.Values["binding:b-1"]
        );
        Assert.Equal("1", run.Hashes["stats:binding:p-1:{bindings-0}"]["tallied"]);
        Assert.Equal(0, run.Counts.KeysMismatched);
    }

    [Theory]
    [InlineData(2000, 4, "s-base")]
    [InlineData(2001, 9, "s-1")]
    public void A_setting_is_in_force_past_the_activation_delay(int later, int sum, string version)
    {
        DeciderRun run = New().Send(Event("b-1")).Setting("step/one", """{"by":7}""");
        run.Now += later;
        run.Send(Event("b-2"));
        Assert.StartsWith($$"""{"sum":{{sum}},""", run.Values["binding:b-2"]);
        Assert.EndsWith($"\"settings\":\"{version}\"}}", run.Values["binding:b-2"]);
    }

    [Fact]
    public void Who_follows_settings_is_told_of_a_change_at_its_own_log_time()
    {
        DeciderRun run = New(followsSettings: true).Send(Event("b-1")).Setting("step/one", """{"by":7}""");
        Assert.Equal(DeciderRun.Start + 2000, run.Due);
        run.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal([("operator", $$"""{"step":7,"time":{{DeciderRun.Start + 2001}}}""")], run.Notified);
    }

    [Theory]
    [InlineData(3_600_000, true)]
    [InlineData(3_600_001, false)]
    public void A_second_event_of_an_id_changes_nothing_within_the_hour(int later, bool isDuplicate)
    {
        DeciderRun run = New().Send(Event("b-1"));
        run.Now += later;
        run.Send(Event("b-1", "acc-2", run.Now));
        Assert.Equal(isDuplicate ? 1 : 0, run.Counts.Duplicates);
        Assert.Equal(isDuplicate ? "1" : "2", run.Hashes["stats:binding:p-1:{bindings-0}"]["tallied"]);
    }

    [Theory]
    [InlineData(300_000, true)]
    [InlineData(300_001, false)]
    [InlineData(-300_000, true)]
    [InlineData(-300_001, false)]
    public void A_time_too_far_from_log_time_is_not_believed(int off, bool believed)
    {
        DeciderRun run = New().Send(Event("b-1", time: DeciderRun.Start + off));
        Assert.Contains(
            $"\"time\":{(believed ? DeciderRun.Start + off : DeciderRun.Start)}",
            run.Values["binding:b-1"]
        );
    }

    [Theory]
    [InlineData("""{"type":"binding","id":"b-1","time":1,"page":"p-1"}""", DeadLetterReason.MissingField, "account")]
    [InlineData("""{"type":"binding","id":7,"time":1,"page":"p-1","account":"a"}""", DeadLetterReason.WrongType, "id")]
    [InlineData(
        """{"type":"binding","id":"b 1","time":1,"page":"p-1","account":"a"}""",
        DeadLetterReason.OutOfRange,
        "id"
    )]
    [InlineData(
        """{"type":"binding","id":"b-1","time":-1,"page":"p-1","account":"a"}""",
        DeadLetterReason.OutOfRange,
        "time"
    )]
    [InlineData(
        """{"type":"binding","id":"b-1","time":1.5,"page":"p-1","account":"a"}""",
        DeadLetterReason.WrongType,
        "time"
    )]
    [InlineData(
        """{"type":"click","id":"b-1","time":1,"page":"p-1","account":"a"}""",
        DeadLetterReason.UnknownType,
        "type"
    )]
    [InlineData("""{"id":"b-1"}""", DeadLetterReason.MissingField, "type")]
    [InlineData("[]", DeadLetterReason.Malformed, "not one JSON object")]
    [InlineData("\"\\ud800\"", DeadLetterReason.Malformed, "not one JSON object")]
    [InlineData(
        """{"type":"binding","id":"\ud800","time":1,"page":"p-1","account":"a"}""",
        DeadLetterReason.Malformed,
        "id"
    )]
    public void What_cannot_be_used_is_a_dead_letter_that_says_why(string json, DeadLetterReason reason, string detail)
    {
        DeciderRun run = New().Send(json);
        Engine.Workflows.Module.Refusal refusal = Assert.Single(run.DeadLetters);
        Assert.Equal((reason, detail), (refusal.Reason, refusal.Detail));
        Assert.Equal((1, 0, 1), (run.Counts.Read, run.Counts.Decided, run.Counts.DeadLetters));
        Assert.Empty(run.Values);
    }

    [Fact]
    public void An_event_cut_anywhere_is_malformed_or_lacks_something()
    {
        string whole = Event("b-1");
        DeciderRun run = New();
        for (int length = 0; length < whole.Length; length++)
        {
            run.Send(whole[..length]);
        }

        Assert.Equal(whole.Length, run.DeadLetters.Count);
        Assert.All(run.DeadLetters, refusal => Assert.Equal(DeadLetterReason.Malformed, refusal.Reason));
        Assert.Equal(0, run.Counts.Decided);
    }

    [Fact]
    public void Size_and_nesting_have_bounds()
    {
        DeciderRun run = New()
            .Send(Event("b-1")[..^1] + ",\"more\":\"" + new string('x', 256 * 1024) + "\"}")
            .Send(Event("b-2")[..^1] + ",\"more\":" + new string('[', 70) + new string(']', 70) + "}")
            .Send(Event("b-3")[..^1] + ",\"more\":" + new string('[', 60) + new string(']', 60) + "}");
        Assert.Equal(
            [DeadLetterReason.TooLarge, DeadLetterReason.Malformed],
            run.DeadLetters.Select(refusal => refusal.Reason)
        );
        Assert.Equal(1, run.Counts.Decided);
    }

    [Fact]
    public void Headers_of_CloudEvents_win()
    {
        DeciderRun run = New()
            .Send(
                Event("b-1").Replace("binding", "other"),
                "p-1",
                ("ce_type", "binding"),
                ("ce_id", "b-9"),
                ("ce_time", "2026-11-22T09:00:01Z")
            );
        Assert.Contains(
            $"\"time\":{DateTimeOffset.Parse("2026-11-22T09:00:01Z").ToUnixTimeMilliseconds()}",
            run.Values["binding:b-9"]
        );
    }

    [Fact]
    public void A_timer_falls_due_at_its_own_log_time_whatever_record_moves_past_it()
    {
        DeciderRun ticked = New().Send(Event("b-1")),
            late = New().Send(Event("b-1"));
        ticked.Pass(TimeSpan.FromSeconds(10));
        Assert.Empty(ticked.Notified);
        ticked.Pass(TimeSpan.FromMilliseconds(1));
        late.Pass(TimeSpan.FromHours(3));
        Assert.Equal([("acc-1", $$"""{"sum":2,"time":{{DeciderRun.Start + 10_000}}}""")], ticked.Notified);
        Assert.Equal(ticked.Notified, late.Notified);
        Assert.Empty(ticked.Remembered);
        Assert.Equal(long.MaxValue, ticked.Due);
        Assert.Equal((1, 1), (ticked.Counts.Read, ticked.Counts.Decided));
    }

    [Fact]
    public void Taken_over_anywhere_the_results_are_those_of_an_undisturbed_run()
    {
        DeciderRun undisturbed = Play(takeOverAfter: -1);
        for (int cut = 0; cut < 40; cut++)
        {
            DeciderRun run = Play(takeOverAfter: cut);
            Assert.Equal(undisturbed.Values, run.Values);
            Assert.Equal(undisturbed.Hashes, run.Hashes);
            Assert.Equal(undisturbed.Notified, run.Notified);
            Assert.Equal(undisturbed.Remembered, run.Remembered);
        }
    }

    private static DeciderRun Play(int takeOverAfter)
    {
        DeciderRun run = New();
        for (int i = 0; i < 40; i++)
        {
            run.Now += i % 7 * 900;
            run.Send(Event($"b-{i % 30}", $"acc-{i % 5}", run.Now));
            if (i == takeOverAfter)
            {
                run.TakeOver();
            }
        }
        return run;
    }

    [Fact]
    public void An_event_in_Protobuf_is_the_same_event()
    {
        var e = new Engine.Contracts.Protobuf.WorkflowEvent
        {
            Type = "binding",
            Id = "b-1",
            Time = DeciderRun.Start,
            Page = "p-1",
            Account = "acc-1",
        };
        e.Values.Add("amount_micros", new Engine.Contracts.Protobuf.Value { Integer = 5 });
        e.Values.Add("remark", new Engine.Contracts.Protobuf.Value { Text = "thanks" });
        e.Values.Add("gone", new Engine.Contracts.Protobuf.Value());
        e.Sizes.Add(new Engine.Contracts.Protobuf.Size { Width = 300, Height = 250 });
        string json = System.Text.Encoding.UTF8.GetString(
            Engine.Workflows.Runtime.ProtobufJson.Of(Google.Protobuf.MessageExtensions.ToByteArray(e))
        );
        Assert.True(
            System.Text.Json.Nodes.JsonNode.DeepEquals(
                System.Text.Json.Nodes.JsonNode.Parse(
                    $$$"""{"type":"binding","id":"b-1","time":{{{DeciderRun.Start}}},"page":"p-1","sizes":[[300,250]],"account":"acc-1","values":{"amount_micros":5,"remark":"thanks","gone":null}}"""
                ),
                System.Text.Json.Nodes.JsonNode.Parse(json)
            ),
            json
        );
    }
}
