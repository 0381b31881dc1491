using System.Text;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Protobuf;
using Engine.Workflows.Priority.Decision;
using Engine.Workflows.Priority.Settings;
using Engine.Workflows.Runtime;
using Google.Protobuf;
using Xunit;

namespace Workflows.Tests.Priority;

/// <summary>
/// States, leases and the queue that workers take from; events that change nothing, and events that can't be used.
/// </summary>
public sealed class QueueTests
{
    [Fact]
    public void Waiting_instances_queue_by_level_then_by_age()
    {
        var log = new ProcessLog()
            .At(1)
            .Started("a")
            .At(2)
            .Started("b")
            .At(3)
            .Started("c", """{"tier":"gold"}""")
            .At(4)
            .Started("d", """{"tier":"gold"}""");
        Assert.Equal(8e13 - (DeciderRun.Start + 3), log.Queue()["c"]);
        Assert.Equal(["c", "d", "a", "b"], new[] { log.Pop(), log.Pop(), log.Pop(), log.Pop() });
    }

    [Fact]
    public void Age_is_the_events_time_as_believed()
    {
        var log = new ProcessLog().At(1000).Started("a", time: DeciderRun.Start).Started("b", time: 5);
        Assert.Equal(3e13 - DeciderRun.Start, log.Queue()["a"]);
        Assert.Equal(3e13 - (DeciderRun.Start + 1000), log.Queue()["b"]);
    }

    [Fact]
    public void Scores_of_the_greatest_level_are_exact() =>
        Assert.Equal(
            PriorityKeys.Score(ProcessKind.MaxLevel, DeciderRun.Start) - 1,
            PriorityKeys.Score(ProcessKind.MaxLevel, DeciderRun.Start + 1)
        );

    [Fact]
    public void A_change_of_level_moves_who_is_still_in_the_queue_and_adds_nobody()
    {
        var log = new ProcessLog().Started("a").Started("b");
        Assert.Equal("b", log.Pop());
        log.At(2000).Context("""{"tier":"gold"}""", "a").Context("""{"tier":"gold"}""", "b");
        Assert.Equal(8e13 - DeciderRun.Start, Assert.Single(log.Queue()).Value);
        Assert.Equal(8, log.Level("b"));
    }

    [Fact]
    public void A_worker_that_begins_takes_it_out_and_the_record_says_who_and_until_when()
    {
        var log = new ProcessLog().Started().At(5000).Taken("w-7");
        Assert.Empty(log.Queue());
        JsonElement record = log.Record();
        Assert.Equal(
            ("taken", "w-7", DeciderRun.Start + 5000, DeciderRun.Start + 305_000),
            (
                log.State(),
                record.GetProperty("worker").GetString(),
                record.GetProperty("since").GetInt64(),
                record.GetProperty("lease_until").GetInt64()
            )
        );
        Assert.Equal(["waiting 3", "taken 3"], log.Said());
    }

    [Fact]
    public void The_end_of_a_lease_puts_it_back()
    {
        var log = new ProcessLog().Started().At(5000).Taken().Past(304_999);
        Assert.Equal("taken", log.State());
        log.Past(305_000);
        Assert.Equal("waiting", log.State());
        Assert.Equal(3e13 - DeciderRun.Start, Assert.Single(log.Queue()).Value);
        Assert.Equal(DeciderRun.Start + 305_000, log.Record().GetProperty("since").GetInt64());
        Assert.False(log.Record().TryGetProperty("worker", out _));
        Assert.Equal(["waiting 3", "taken 3", "waiting 3"], log.Said());
    }

    [Theory]
    [InlineData(305_000, "taken")] // the event comes first, the lease isn't over
    [InlineData(305_001, "taken")] // taken anew
    public void The_same_worker_renews_its_lease(long at, string state)
    {
        var log = new ProcessLog().Started().At(5000).Taken().At(at).Taken();
        Assert.Equal(state, log.State());
        Assert.Equal(DeciderRun.Start + at + 300_000, log.Record().GetProperty("lease_until").GetInt64());
        Assert.Equal(at == 305_000 ? 2 : 4, log.Said().Count);
        Assert.Equal("taken", log.Past(at + 299_999).State());
        Assert.Equal("waiting", log.Past(at + 300_000).State());
    }

    [Fact]
    public void Another_worker_changes_nothing_until_the_lease_has_ended()
    {
        var log = new ProcessLog().Started().At(5000).Taken("w-1");
        string before = log.Record().GetRawText();
        log.At(10_000).Taken("w-2");
        Assert.Equal(before, log.Record().GetRawText());
        Assert.Equal("waiting", log.Past(305_000).State());
        Assert.Equal("w-2", log.At(306_000).Taken("w-2").Record().GetProperty("worker").GetString());
    }

    [Fact]
    public void Context_goes_on_changing_the_level_of_what_is_taken_without_queueing_it()
    {
        var log = new ProcessLog().Started().At(2000).Taken().At(4000).Context("""{"tier":"gold"}""");
        Assert.Equal((8, "taken"), (log.Level(), log.State()));
        Assert.Empty(log.Queue());
        Assert.Equal(8e13 - DeciderRun.Start, log.Past(302_000).Queue()["i"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_end_ends_it(bool taken)
    {
        var log = new ProcessLog().Started().At(2000);
        if (taken)
        {
            log.Taken();
        }

        log.At(3000).Finished();
        Assert.Equal("finished", log.State());
        Assert.Empty(log.Queue());
        Assert.Equal("finished 3", log.Said()[^1]);
        int said = log.Said().Count;
        log.Context("""{"tier":"gold"}""").Taken().Finished().Past(600_000);
        Assert.Equal(said, log.Said().Count);
        Assert.Equal("finished", log.State());
    }

    [Fact]
    public void A_start_that_comes_again_changes_nothing_while_it_lives()
    {
        var log = new ProcessLog().Started();
        log.At(2000).Started(context: """{"tier":"gold"}""");
        Assert.Equal(3, log.Level());
        Assert.Single(log.Said());
    }

    [Theory]
    [InlineData(86_403_000, "finished")]
    [InlineData(86_403_001, "waiting")]
    public void A_start_that_comes_again_opens_no_finished_one_for_a_day(long at, string state)
    {
        var log = new ProcessLog().Started().At(3000).Finished();
        Assert.Single(log.Run.Remembered);
        log.At(at).Started();
        Assert.Equal(state, log.State());
        if (state == "finished")
        {
            Assert.Empty(log.Past(86_403_000).Run.Remembered);
        }
    }

    [Fact]
    public void What_was_never_started_stays_unknown()
    {
        var log = new ProcessLog().Context("""{"tier":"gold"}""").Taken().Finished();
        Assert.Empty(log.Run.Values);
        Assert.Empty(log.Run.Remembered);
        Assert.Equal(3, log.Run.Counts.Decided);
    }

    [Fact]
    public void Instances_of_one_name_in_two_processes_are_two()
    {
        var log = new ProcessLog(("process/p", ProcessLog.Example), ("process/q", """{"levels":[2,4],"default":4}"""));
        log.Started().Started(process: "q").At(1000).Finished();
        Assert.Equal(("finished", "waiting", 4), (log.State(), log.State(process: "q"), log.Level(process: "q")));
        Assert.Empty(log.Queue());
        Assert.Equal(["i"], log.Queue("q").Keys);
    }

    [Fact]
    public void Keys_lie_in_the_slot_of_the_process()
    {
        Assert.Equal(
            ("priority:{p}:i", "priority:queue:{p}", "priority:shares:{p}"),
            (PriorityKeys.Record("p", "i"), PriorityKeys.Queue("p"), PriorityKeys.Shares("p"))
        );
    }

    [Fact]
    public void An_event_that_comes_twice_by_its_id_counts_once()
    {
        var log = new ProcessLog().Started();
        string context =
            $$"""{"type":"process-context","process":"p","instance":"i","time":{{DeciderRun.Start}},"context":{"tier":"gold"} }""";
        log.At(1000)
            .Json(context, "i", ("id", "x-1"))
            .At(2000)
            .Context("""{"tier":null}""")
            .At(3000)
            .Json(context, "i", ("id", "x-1"))
            .Past(20_000);
        Assert.Equal(3, log.Level());
        Assert.Equal(1, log.Run.Counts.Duplicates);
        log.Json(context, "i", ("ce_id", "x-2")).Json(context, "i", ("ce_id", "x-2"));
        Assert.Equal(2, log.Run.Counts.Duplicates);
    }

    [Theory]
    [InlineData("""{"type":"process-started","instance":"i","time":1}""", DeadLetterReason.MissingField, "process")]
    [InlineData("""{"type":"process-started","process":"p","time":1}""", DeadLetterReason.MissingField, "instance")]
    [InlineData("""{"type":"process-started","process":"p","instance":"i"}""", DeadLetterReason.MissingField, "time")]
    [InlineData(
        """{"type":"process-started","process":"p{","instance":"i","time":1}""",
        DeadLetterReason.OutOfRange,
        "process"
    )]
    [InlineData(
        """{"type":"process-started","process":"p","instance":"a b","time":1}""",
        DeadLetterReason.OutOfRange,
        "instance"
    )]
    [InlineData(
        """{"type":"process-started","process":"p","instance":7,"time":1}""",
        DeadLetterReason.WrongType,
        "instance"
    )]
    [InlineData(
        """{"type":"process-started","process":"p","instance":"i","time":1,"context":[]}""",
        DeadLetterReason.WrongType,
        "context"
    )]
    [InlineData(
        """{"type":"process-started","process":"p","instance":"i","time":1,"context":{"a":{}}}""",
        DeadLetterReason.WrongType,
        "context.a"
    )]
    [InlineData(
        """{"type":"process-started","process":"p","instance":"i","time":1,"context":{"a":[1]}}""",
        DeadLetterReason.WrongType,
        "context.a"
    )]
    [InlineData(
        """{"type":"process-started","process":"p","instance":"i","time":1,"context":{"a":1e999}}""",
        DeadLetterReason.OutOfRange,
        "context.a"
    )]
    [InlineData(
        """{"type":"process-started","process":"p","instance":"i","time":1,"context":{"":1}}""",
        DeadLetterReason.OutOfRange,
        "context"
    )]
    [InlineData(
        """{"type":"process-context","process":"p","instance":"i","time":1}""",
        DeadLetterReason.MissingField,
        "context"
    )]
    [InlineData(
        """{"type":"process-taken","process":"p","instance":"i","time":1}""",
        DeadLetterReason.MissingField,
        "worker"
    )]
    [InlineData(
        """{"type":"process-paused","process":"p","instance":"i","time":1}""",
        DeadLetterReason.UnknownType,
        "type"
    )]
    [InlineData("""{"type":"click","process":"p","instance":"i","time":1}""", DeadLetterReason.UnknownType, "type")]
    public void What_cannot_be_used_is_a_dead_letter_with_its_place(string json, DeadLetterReason reason, string detail)
    {
        var log = new ProcessLog().Json(json);
        var refusal = Assert.Single(log.Run.DeadLetters);
        Assert.Equal((reason, detail), (refusal.Reason, refusal.Detail));
        Assert.Empty(log.Run.Values);
    }

    [Theory]
    [InlineData("""{"type":"process-started","process":"p","instance":"i","time":1,"context":{"\ud800":1}}""")]
    [InlineData("""{"type":"process-started","process":"p","instance":"i","time":1,"context":{"a":"\ud800"}}""")]
    public void Half_a_surrogate_pair_is_malformed_and_stops_nothing(string json)
    {
        var log = new ProcessLog().Json(json).Started("next");
        Assert.Equal(DeadLetterReason.Malformed, Assert.Single(log.Run.DeadLetters).Reason);
        Assert.Equal("waiting", log.State("next"));
    }

    [Fact]
    public void An_event_cut_at_any_byte_is_a_dead_letter()
    {
        string whole =
            """{"type":"process-started","process":"p","instance":"i","time":1,"context":{"tier":"gold","n":1.5}}""";
        var log = new ProcessLog();
        for (int length = 0; length < whole.Length; length++)
        {
            log.Json(whole[..length]);
        }

        Assert.Equal(whole.Length, log.Run.DeadLetters.Count);
        Assert.All(log.Run.DeadLetters, refusal => Assert.Equal(DeadLetterReason.Malformed, refusal.Reason));
    }

    [Fact]
    public void Protobuf_says_the_same_as_JSON()
    {
        var e = new Engine.Contracts.Protobuf.WorkflowEvent
        {
            Type = "process-context",
            Process = "p",
            Instance = "i",
            Time = DeciderRun.Start,
        };
        e.Context.Add("tier", new Value());
        e.Context.Add("invalid_share", new Value { Number = 0.5 });
        e.Context.Add("lost_micros", new Value { Integer = 60_000_000 });
        var log = new ProcessLog()
            .Started(context: """{"tier":"silver"}""")
            .At(2000)
            .Json(Encoding.UTF8.GetString(ProtobufJson.Of(e.ToByteArray())));
        Assert.Equal((10, "big"), (log.Level(), log.Directive()));
    }

    [Theory]
    [InlineData(1024, 256, false)]
    [InlineData(1025, 1, true)]
    [InlineData(1, 257, true)]
    public void Contexts_are_bounded(int bytes, int attributes, bool refused)
    {
        string context =
            "{"
            + string.Join(
                ',',
                Enumerable.Range(0, attributes).Select(i => $"\"a{i}\":\"{(i == 0 ? new string('x', bytes) : "y")}\"")
            )
            + "}";
        var log = new ProcessLog().Started(context: context);
        Assert.Equal(refused ? 1 : 0, log.Run.DeadLetters.Count);
    }

    [Fact]
    public void Attributes_beyond_the_bound_are_not_kept_and_those_that_are_there_still_change()
    {
        string Many(string prefix) =>
            "{" + string.Join(',', Enumerable.Range(0, 256).Select(i => $"\"{prefix}{i}\":1")) + "}";
        var log = new ProcessLog()
            .Started(context: """{"tier":"silver"}""")
            .At(1000)
            .Context(Many("a"))
            .Context(Many("b"))
            .At(2000)
            .Context("""{"tier":"gold","lost_micros":60000000}""");
        Assert.Equal(8, log.Level());
        log.Context("""{"tier":null}""").Past(20_000);
        Assert.Equal(3, log.Level());
    }
}
