using System.Text.Json;
using Xunit;

namespace Workflows.Tests.Priority;

/// <summary>
/// How the level in force moves by log time: up at once, down after a while, by waiting, and never twice in a hold-off;
/// each limit from both sides.
/// </summary>
public sealed class LevelTests
{
    private const long Long = 59_000; // before anything ages

    [Fact]
    public void A_start_gives_a_level_out_of_the_band_and_says_why()
    {
        JsonElement record = new ProcessLog()
            .At(7)
            .Started("rr-81", """{"lost_micros":81000000,"tier":"gold"}""")
            .Record("rr-81");
        Assert.Equal(
            $$"""{"process":"p","instance":"rr-81","level":8,"base":8,"aged":0,"directive":"tier","state":"waiting","since":{{DeciderRun.Start + 7}},"changes":1,"settings":"s-base","start":{{DeciderRun.Start + 7}},"at":"processes-0@0"}""",
            record.GetRawText()
        );
    }

    [Fact]
    public void A_context_raises_the_level_at_once()
    {
        var log = new ProcessLog().Started().At(1000).Context("""{"tier":"gold"}""");
        Assert.Equal((8, "tier"), (log.Level(), log.Directive()));
        Assert.Equal(["waiting 3", "waiting 8"], log.Said());
        Assert.Equal(2, log.Record().GetProperty("changes").GetInt32());
    }

    [Fact]
    public void Only_the_attributes_that_changed_come_and_null_removes_one()
    {
        var log = new ProcessLog()
            .Started(context: """{"tier":"silver"}""")
            .At(1000)
            .Context("""{"lost_micros":60000000}""");
        Assert.Equal((5, "tier"), (log.Level(), log.Directive()));
        log.At(2000).Context("""{"tier":null}""");
        Assert.Equal((10, "big"), (log.Level(), log.Directive()));
    }

    [Theory]
    [InlineData(999, 3)]
    [InlineData(1000, 8)]
    public void A_raise_within_the_hold_off_waits_for_its_end(long at, int level)
    {
        var log = new ProcessLog().Started().At(at).Context("""{"tier":"gold"}""");
        Assert.Equal(level, log.Level());
        log.Past(999);
        Assert.Equal(level, log.Level());
        log.Past(1000);
        Assert.Equal(8, log.Level());
        Assert.Equal(2, log.Record().GetProperty("changes").GetInt32());
    }

    [Fact]
    public void A_raise_that_is_no_longer_asked_for_at_the_end_of_the_hold_off_does_not_come()
    {
        var log = new ProcessLog()
            .Started()
            .At(500)
            .Context("""{"tier":"gold"}""")
            .At(700)
            .Context("""{"tier":null}""")
            .Past(20_000);
        Assert.Equal(["waiting 3"], log.Said());
    }

    [Fact]
    public void Of_several_raises_within_a_hold_off_the_last_one_comes()
    {
        var log = new ProcessLog()
            .Started()
            .At(500)
            .Context("""{"tier":"gold"}""")
            .At(700)
            .Context("""{"tier":"silver"}""")
            .Past(1000);
        Assert.Equal(["waiting 3", "waiting 5"], log.Said());
    }

    [Fact]
    public void The_hold_off_begins_anew_with_each_change()
    {
        var log = new ProcessLog()
            .Started()
            .At(2000)
            .Context("""{"tier":"silver"}""")
            .At(2999)
            .Context("""{"tier":"gold"}""");
        Assert.Equal(5, log.Level());
        Assert.Equal(8, log.Past(3000).Level());
    }

    [Fact]
    public void The_level_falls_when_less_was_asked_for_long_enough()
    {
        var log = new ProcessLog().Started(context: """{"tier":"gold"}""").At(2000).Context("""{"tier":null}""");
        Assert.Equal(8, log.Past(6999).Level());
        log.Past(7000);
        Assert.Equal((3, "default"), (log.Level(), log.Directive()));
        Assert.Equal(["waiting 8", "waiting 3"], log.Said());
    }

    [Theory]
    [InlineData(7000, false)] // the event comes first, the wait isn't over
    [InlineData(7001, true)]
    public void Asking_for_as_much_again_ends_the_wait(long at, bool falls)
    {
        var log = new ProcessLog()
            .Started(context: """{"tier":"gold"}""")
            .At(2000)
            .Context("""{"tier":null}""")
            .At(at)
            .Context("""{"tier":"gold"}""")
            .Past(13_000);
        Assert.Equal(falls ? ["waiting 8", "waiting 3", "waiting 8"] : ["waiting 8"], log.Said());
    }

    [Fact]
    public void It_falls_to_the_highest_level_asked_for_in_that_time_and_a_lower_one_goes_on_waiting()
    {
        var log = new ProcessLog()
            .Started(context: """{"tier":"gold"}""")
            .At(2000)
            .Context("""{"tier":"silver"}""")
            .At(4000)
            .Context("""{"tier":null}""");
        Assert.Equal((5, "tier"), (log.Past(7000).Level(), log.Directive()));
        Assert.Equal(5, log.Past(8999).Level());
        Assert.Equal((3, "default"), (log.Past(9000).Level(), log.Directive()));
    }

    [Fact]
    public void A_request_between_ends_the_lower_one_but_not_the_wait_above_it()
    {
        // 3 asked for at 2000, 5 from 4000 on: nothing above 5 since 2000.
        var log = new ProcessLog()
            .Started(context: """{"tier":"gold"}""")
            .At(2000)
            .Context("""{"tier":null}""")
            .At(4000)
            .Context("""{"tier":"silver"}""")
            .Past(7000);
        Assert.Equal(5, log.Level());
        Assert.Equal(5, log.Past(Long).Level());
    }

    [Fact]
    public void A_fall_minds_the_hold_off_too()
    {
        string quick = ProcessLog.Example.Replace(
            "\"lower_after_ms\":5000",
            "\"lower_after_ms\":100",
            StringComparison.Ordinal
        );
        var log = new ProcessLog(quick)
            .Started()
            .At(2000)
            .Context("""{"tier":"gold"}""")
            .At(2100)
            .Context("""{"tier":null}""");
        Assert.Equal(8, log.Past(2999).Level());
        Assert.Equal(3, log.Past(3000).Level());
    }

    [Fact]
    public void Without_hold_off_and_wait_the_level_follows_at_once()
    {
        string bare = ProcessLog.Example.Replace(
            "\"hold_off_ms\":1000,\"lower_after_ms\":5000",
            "\"hold_off_ms\":0,\"lower_after_ms\":0",
            StringComparison.Ordinal
        );
        var log = new ProcessLog(bare)
            .Started()
            .Context("""{"tier":"gold"}""")
            .Context("""{"tier":null}""")
            .Context("""{"tier":"silver"}""");
        Assert.Equal(["waiting 3", "waiting 8", "waiting 3", "waiting 5"], log.Said());
    }

    [Fact]
    public void A_context_that_hovers_about_a_threshold_does_not_make_the_level_flap()
    {
        var log = new ProcessLog().Started();
        for (int i = 1; i <= 50; i++)
        {
            log.At(i * 1000).Context(i % 2 == 0 ? """{"lost_micros":49999999}""" : """{"lost_micros":50000001}""");
        }

        Assert.Equal(["waiting 3", "waiting 10"], log.Said());
    }

    [Fact]
    public void Waiting_raises_it_a_step_to_the_next_level_there_is_each_interval()
    {
        var log = new ProcessLog().Started();
        Assert.Equal(3, log.Past(59_999).Level());
        log.Past(60_000);
        Assert.Equal(
            (5, 3, 1, "default"),
            (
                log.Level(),
                log.Record().GetProperty("base").GetInt32(),
                log.Record().GetProperty("aged").GetInt32(),
                log.Directive()
            )
        );
        Assert.Equal(10, log.Past(180_000).Level());
        Assert.Equal(["waiting 3", "waiting 5", "waiting 8", "waiting 10"], log.Said());
        Assert.Equal(4, log.Past(600_000).Said().Count);
        Assert.Equal(long.MaxValue, log.Run.Due);
    }

    [Fact]
    public void Waiting_steps_stand_above_whatever_the_context_asks_for_up_to_the_top()
    {
        var log = new ProcessLog().Started().Past(60_000).At(70_000).Context("""{"tier":"gold"}""");
        Assert.Equal(
            (10, 8, 1),
            (log.Level(), log.Record().GetProperty("base").GetInt32(), log.Record().GetProperty("aged").GetInt32())
        );
        log.At(80_000).Context("""{"lost_micros":60000000,"tier":null}""");
        Assert.Equal(
            (10, 10, 0),
            (log.Level(), log.Record().GetProperty("base").GetInt32(), log.Record().GetProperty("aged").GetInt32())
        );
        // What was waited counts at the top, too: it is three intervals when the context asks for less.
        log.At(190_000).Context("""{"lost_micros":1}""").Past(195_000);
        Assert.Equal(
            (10, 3, 3),
            (log.Level(), log.Record().GetProperty("base").GetInt32(), log.Record().GetProperty("aged").GetInt32())
        );
    }

    [Fact]
    public void A_step_of_waiting_minds_the_hold_off()
    {
        var log = new ProcessLog().Started().At(59_500).Context("""{"tier":"silver"}""");
        Assert.Equal(5, log.Past(60_000).Level());
        Assert.Equal(5, log.Past(60_499).Level());
        Assert.Equal(8, log.Past(60_500).Level());
    }

    [Fact]
    public void Time_waited_is_summed_over_waits_and_taken_it_stands_still()
    {
        var log = new ProcessLog().Started().At(40_000).Taken().Past(340_000);
        Assert.Equal(("waiting", 3), (log.State(), log.Level()));
        Assert.Equal(3, log.Past(359_999).Level());
        Assert.Equal(5, log.Past(360_000).Level());
    }

    [Fact]
    public void The_same_level_by_another_directive_is_no_change_of_level_but_is_said_in_the_record()
    {
        var log = new ProcessLog()
            .Started(context: """{"tier":"silver"}""")
            .At(2000)
            .Context("""{"tier":null,"invalid_share":0.5}""");
        Assert.Equal((5, "share", 1), (log.Level(), log.Directive(), log.Record().GetProperty("changes").GetInt32()));
        Assert.Equal(["waiting 5"], log.Said());
    }
}
