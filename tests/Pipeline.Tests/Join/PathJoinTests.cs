using Engine.Contracts;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Join;

public sealed class PathJoinTests : IDisposable
{
    private const long T = Events.Start;

    private readonly PipelineRun _run = new();

    [Theory]
    [InlineData(0, "present")]
    [InlineData(1, "present")]
    [InlineData(2_000, "present")]
    [InlineData(2_001, "missing")]
    public void A_path_after_its_click_joins_to_the_deadline_and_not_a_ms_later(long after, string state)
    {
        _run.Feed(Events.Click("c").ExpectsPath());
        Assert.False(_run.IsDecided("c"));
        _run.Feed(Events.Path("c").At(T + after));
        Assert.Equal(state, _run.Verdict("c").GetProperty("path").GetString());
        Assert.Equal(state == "present" ? (1, 0) : (0, 1), (_run.Counts.PathsJoined, _run.Counts.PathsUnmatched));
    }

    [Theory]
    [InlineData(0, "present")]
    [InlineData(2_000, "present")]
    [InlineData(2_001, null)]
    public void A_path_before_its_click_waits_to_the_deadline_and_not_a_ms_longer(long before, string? state)
    {
        _run.Feed(Events.Path("c"));
        _run.Feed(Events.Click("c").At(T + before));
        Assert.Equal(state, _run.Verdict("c").TryGetProperty("path", out var path) ? path.GetString() : null);
        Assert.Equal(state == null ? (0, 1) : (1, 0), (_run.Counts.PathsJoined, _run.Counts.PathsUnmatched));
    }

    [Fact]
    public void A_path_inside_the_click_wins_over_any_other()
    {
        _run.Feed(
            Events.Path("c"),
            Events.Path("c"),
            Events.Click("c").Points(Events.CurvedPath).ExpectsPath(),
            Events.Path("c").At(T + 2_000),
            Events.Path("c").At(T + 2_001)
        );
        Assert.Equal("present", _run.Verdict("c").GetProperty("path").GetString());
        Assert.Equal((0, 3, 1), (_run.Counts.PathsJoined, _run.Counts.PathsSurplus, _run.Counts.PathsUnmatched));
    }

    [Fact]
    public void The_first_path_counts_and_further_ones_are_surplus()
    {
        _run.Feed(
            Events.Path("c"),
            Events.Path("c"),
            Events.Click("c").ExpectsPath(),
            Events.Path("c"),
            Events.Click("d").ExpectsPath(),
            Events.Path("d"),
            Events.Path("d")
        );
        Assert.Equal((2, 3, 0), (_run.Counts.PathsJoined, _run.Counts.PathsSurplus, _run.Counts.PathsUnmatched));
    }

    [Fact]
    public void A_click_that_expects_no_path_is_decided_at_once()
    {
        _run.Feed(Events.Click("c"), Events.Click("d").ExpectsPath(false), Events.Path("c").At(T + 1));
        Assert.True(_run.IsDecided("c") && _run.IsDecided("d"));
        Assert.Equal(1, _run.Counts.PathsSurplus);
    }

    [Theory]
    [InlineData(2_001, false)]
    [InlineData(2_000, true)]
    [InlineData(0, true)]
    public void Nothing_waits_for_a_log_time_that_no_record_can_carry_past(long before, bool atOnce)
    {
        _run.Feed(
            Events.Click("c").At(RecordTime.End - before - 1).ExpectsPath(),
            Events.Path("d").At(RecordTime.End - before - 1)
        );
        Assert.Equal(atOnce, _run.IsDecided("c"));
        Assert.Equal(atOnce ? 1 : 0, _run.Counts.PathsUnmatched);

        _run.PassTo(RecordTime.Last);
        Assert.Equal("missing", _run.Verdict("c").GetProperty("path").GetString());
        Assert.Equal(1, _run.Counts.PathsUnmatched);
    }

    [Fact]
    public void A_path_without_a_click_is_unmatched_once_its_time_is_over()
    {
        _run.Feed(Events.Path("c"), Events.Path("c"));
        _run.PassTo(T + 2_000);
        Assert.Equal(0, _run.Counts.PathsUnmatched);
        _run.PassTo(T + 2_001);
        Assert.Equal(2, _run.Counts.PathsUnmatched);
    }

    [Fact]
    public void A_click_that_waits_is_decided_when_log_time_passes_in_its_own_partition_only()
    {
        _run.Feed(Events.Click("c").ExpectsPath().Agent("Mozilla/5.0 kept").Page("javascript:x"));
        _run.PassTo(T + 60_000, partition: 1);
        _run.PassTo(T + 2_000);
        Assert.False(_run.IsDecided("c"));
        _run.PassTo(T + 2_001);
        Assert.Equal("missing", _run.Verdict("c").GetProperty("path").GetString());
        Assert.Equal("""{"page":"javascript:x"}""", _run.EvidenceOf("c", "click.page"));
    }

    [Fact]
    public void A_path_in_another_partition_joins_nothing()
    {
        _run.Process([
            LogRecord.Of(Events.Click("c").ExpectsPath()),
            LogRecord.Of(Events.Path("c"), partition: 1),
            LogRecord.Tick(T + 3_000),
            LogRecord.Tick(T + 3_000, 1),
        ]);
        Assert.Equal("missing", _run.Verdict("c").GetProperty("path").GetString());
        Assert.Equal(1, _run.Counts.PathsUnmatched);
    }

    [Fact]
    public void A_changed_join_deadline_holds_for_clicks_from_its_activation_on()
    {
        _run.Setting("limits/time", """{"join_ms":500}""", T);
        _run.Feed(
            Events.Click("before").At(T + 2_000).ExpectsPath(),
            Events.Click("after").At(T + 2_001).ExpectsPath()
        );
        _run.PassTo(T + 2_501);
        Assert.False(_run.IsDecided("after"));
        _run.PassTo(T + 2_502);
        Assert.Equal((true, false), (_run.IsDecided("after"), _run.IsDecided("before")));
        _run.Feed(Events.Path("before").At(T + 4_000));
        Assert.Equal("present", _run.Verdict("before").GetProperty("path").GetString());
    }

    [Fact]
    public void A_second_event_with_an_id_changes_nothing_whether_decided_or_waiting()
    {
        _run.Feed(
            Events.Click("c"),
            Events.Click("c").Cost(5),
            Events.Click("w").ExpectsPath(),
            Events.Click("w"),
            Events.Path("w")
        );
        Assert.Equal((2, 2, 1), (_run.Counts.Verdicts, _run.Counts.Duplicates, _run.Counts.PathsJoined));
        _run.Feed(Events.Click("c").At(T + 3_600_000));
        Assert.Equal(3, _run.Counts.Duplicates);
    }

    [Fact]
    public void An_id_older_than_an_hour_is_decided_anew()
    {
        _run.Feed(Events.Click("c"), Events.Click("c").At(T + 3_600_001));
        Assert.Equal((2, 0), (_run.Counts.Verdicts, _run.Counts.Duplicates));
    }

    [Fact]
    public void A_click_that_waits_longer_than_ids_are_remembered_stays_one_click()
    {
        using var run = new PipelineRun(
            new RunOptions
            {
                Base = new Dictionary<string, string>
                {
                    ["limits/time"] = """{"join_ms":60000,"duplicates_ms":1000}""",
                },
            }
        );
        run.Feed(
            Events.Click("c").ExpectsPath(),
            Events.Click("c").At(T + 5_000).ExpectsPath(),
            Events.Path("c").At(T + 6_000)
        );
        Assert.Equal((1, 1, 1), (run.Counts.Verdicts, run.Counts.Duplicates, run.Counts.PathsJoined));
    }

    [Fact]
    public void What_cannot_be_used_goes_to_dead_letters_with_its_reason()
    {
        _run.Feed(0, T, "{");
        _run.Feed(0, T, """{"type":"label","click":"c"}""");
        _run.Feed(0, T, """{"type":"click","id":"c","time":1,"ip":"1.2.3.4","publisher":"p"}""");
        Assert.Equal(
            [(DeadLetterReason.Malformed, 0L), (DeadLetterReason.UnknownType, 1L), (DeadLetterReason.MissingField, 2L)],
            _run.DeadLetters.Select(letter => (letter.Reason, letter.Offset))
        );
        Assert.Equal(("campaign", "{"), (_run.DeadLetters[2].Detail, _run.DeadLetters[0].Value));
    }

    [Fact]
    public void A_key_that_is_not_the_events_network_is_counted_and_the_event_decided_where_it_lies()
    {
        _run.Process([
            LogRecord.Of(Events.Click("a")),
            LogRecord.Of(Events.Click("b")) with
            {
                Key = "203.0.112.0/24",
            },
            LogRecord.Of(Events.Click("c").From("::ffff:203.0.113.7")) with
            {
                Key = "203.0.113.0/24",
            },
        ]);
        Assert.Equal((3, 1), (_run.Counts.Verdicts, _run.Counts.KeysMismatched));
    }

    public void Dispose() => _run.Dispose();
}
