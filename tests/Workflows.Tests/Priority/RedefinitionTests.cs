using Engine.Workflows.Priority.Decision;
using Xunit;

namespace Workflows.Tests.Priority;

/// <summary>
/// Definitions that change while instances run: they govern those at once, from two seconds of log time after the
/// record on.
/// </summary>
public sealed class RedefinitionTests
{
    private static string Simple(string levels, int @default, string more = "") =>
        $$"""{"levels":{{levels}},"default":{{@default}}{{more}}}""";

    [Fact]
    public void A_stored_definition_moves_running_instances_without_any_event()
    {
        var log = new ProcessLog(Simple("[1,5,9]", 1)).Started().At(3000);
        log.Run.Setting("process/p", Simple("[1,5,9]", 5));
        Assert.Equal(DeciderRun.Start + 5000, log.Run.Due);
        Assert.Equal(1, log.At(5000).Context("{}").Level());
        log.Past(5000);
        Assert.Equal((5, "s-1"), (log.Level(), log.Record().GetProperty("settings").GetString()));
        Assert.Equal(5e13 - DeciderRun.Start, log.Queue()["i"]);
        Assert.Equal(["waiting 1", "waiting 5"], log.Said());
    }

    [Fact]
    public void Where_nothing_runs_no_log_time_is_asked_for()
    {
        var log = new ProcessLog(Simple("[1,5]", 1)).Started().At(1000).Finished();
        log.Run.Setting("process/p", Simple("[1,5]", 5));
        Assert.Equal(DeciderRun.Start + 1000 + PriorityPartition.FinishedMs, log.Run.Due);
        Assert.Equal(5, log.At(9000).Started("next").Level("next"));
    }

    [Fact]
    public void Directives_that_change_are_asked_anew_with_the_context_that_there_is()
    {
        string With(int level) =>
            Simple(
                "[1,5,9]",
                1,
                $$""","attributes":{"a":"integer"},"directives":[{"id":"r","rule":{"when":"context.a == 7","level":{{level}} } }]"""
            );
        var log = new ProcessLog(With(5)).Started(context: """{"a":7,"b":1}""").At(3000);
        log.Run.Setting("process/p", With(9));
        Assert.Equal(9, log.Past(5000).Level());
        log.Run.Setting(
            "process/p",
            Simple(
                "[1,5,9]",
                1,
                ""","attributes":{"b":"integer"},"directives":[{"id":"b","algorithm":"context.b * 5"}]"""
            )
        );
        log.Past(12_002);
        Assert.Equal((5, "b"), (log.Level(), log.Directive()));
    }

    [Fact]
    public void Less_is_asked_for_by_a_new_definition_as_by_a_context()
    {
        var log = new ProcessLog(Simple("[1,5,9]", 9)).Started().At(3000);
        log.Run.Setting("process/p", Simple("[1,5,9]", 1));
        // In force past 5000, so from 5001 on.
        Assert.Equal(9, log.Past(10_000).Level());
        Assert.Equal(1, log.Past(10_001).Level());
    }

    [Fact]
    public void A_new_definition_minds_the_hold_off()
    {
        var log = new ProcessLog(Simple("[1,5,9]", 1)).Started("early").At(4500).Started();
        log.Run.Now -= 1500;
        log.Run.Setting("process/p", Simple("[1,5,9]", 9));
        log.Past(5000);
        Assert.Equal((9, 1), (log.Level("early"), log.Level()));
        Assert.Equal(1, log.Past(5499).Level());
        Assert.Equal(9, log.Past(5500).Level());
    }

    [Theory]
    [InlineData("[1,4,9]", 4)]
    [InlineData("[1,4,6]", 6)] // of two as near, the greater
    [InlineData("[1,2]", 2)]
    public void A_level_that_is_there_no_more_is_left_for_the_nearest_at_once(string levels, int level)
    {
        var log = new ProcessLog(Simple("[1,5,9]", 5)).At(4500).Started();
        log.Run.Now -= 1500;
        log.Run.Setting("process/p", Simple(levels, 1));
        log.Past(5000);
        Assert.Equal(level, log.Level());
        Assert.Equal(2, log.Record().GetProperty("changes").GetInt32());
        Assert.Equal(1, log.Past(10_001).Level());
    }

    [Fact]
    public void An_instance_of_a_process_that_nobody_defined_waits_and_moves_when_the_definition_comes()
    {
        var log = new ProcessLog([]).Started(context: """{"tier":"gold"}""");
        Assert.Equal((1, "default", "waiting"), (log.Level(), log.Directive(), log.State()));
        Assert.Equal(1e13 - DeciderRun.Start, log.Queue()["i"]);
        log.At(3000).Run.Setting("process/p", ProcessLog.Example);
        log.Past(5000);
        Assert.Equal((8, "tier"), (log.Level(), log.Directive()));
    }

    [Fact]
    public void An_undefined_process_has_one_level_and_a_lease()
    {
        var log = new ProcessLog([]).Started().Past(600_000).At(700_000).Taken();
        Assert.Equal(1, log.Level());
        Assert.Equal("waiting", log.Past(1_000_000).State());
    }

    [Fact]
    public void A_definition_that_is_deleted_leaves_its_instances_waiting()
    {
        var log = new ProcessLog().Started(context: """{"tier":"gold"}""").At(3000);
        log.Run.Setting("process/p", null);
        Assert.Equal((1, "waiting"), (log.Past(5000).Level(), log.State()));
        Assert.Equal(1e13 - DeciderRun.Start, log.Queue()["i"]);
    }

    [Fact]
    public void A_new_ageing_interval_counts_what_was_waited_already_and_takes_no_step_back()
    {
        string Ageing(int seconds) => Simple("[1,2,3,4]", 1, $",\"ageing_s\":{seconds}");
        var log = new ProcessLog(Ageing(60)).Started().Past(60_000).At(88_000);
        Assert.Equal(2, log.Level());
        log.Run.Setting("process/p", Ageing(1000));
        // 30 s of the second interval are waited at 90,001 ms, when it becomes 1,000 s.
        Assert.Equal(2, log.Past(1_059_999).Level());
        Assert.Equal(3, log.Past(1_060_000).Level());
        log.Run.Setting("process/p", Ageing(1));
        Assert.Equal(4, log.Past(1_062_001).Level());
    }

    [Fact]
    public void Another_lease_is_for_those_who_are_taken_from_then_on()
    {
        var log = new ProcessLog(Simple("[1]", 1, ",\"lease_s\":10")).Started().At(3000).Taken();
        log.Run.Setting("process/p", Simple("[1]", 1, ",\"lease_s\":100"));
        Assert.Equal("taken", log.Past(12_999).State());
        Assert.Equal("waiting", log.Past(13_000).State());
        Assert.Equal("taken", log.At(14_000).Taken().Past(113_999).State());
        Assert.Equal("waiting", log.Past(114_000).State());
    }

    [Fact]
    public void Other_processes_stay_as_they_are()
    {
        var log = new ProcessLog(("process/p", Simple("[1,5]", 1)), ("process/q", Simple("[1,5]", 1)))
            .Started()
            .Started(process: "q")
            .At(3000);
        log.Run.Setting("process/p", Simple("[1,5]", 5));
        log.Past(5000);
        Assert.Equal(
            (5, 1, "s-base"),
            (log.Level(), log.Level(process: "q"), log.Record(process: "q").GetProperty("settings").GetString())
        );
    }
}
