using Engine.Partitions;
using Engine.Pipeline.Consume;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>From where a new owner reads: contract.md, "Delivery" and "Events that come twice".</summary>
public sealed class RebuildPlanTests
{
    private const long Minute = 60_000;

    /// <summary>A log with a record a minute from offset 0 on, by the offset of a log time.</summary>
    private static readonly Func<long, long> RecordAMinute = logTime => (logTime + Minute - 1) / Minute;

    private static RebuildPlan Plan(PartitionProgress? progress, long logStart = 0, long neededFrom = long.MaxValue) =>
        RebuildPlan.Of(progress, logStart, 1000, TimeSpan.FromMinutes(100), neededFrom, RecordAMinute);

    [Fact]
    public void Without_progress_a_log_is_live_from_its_beginning() =>
        Assert.Equal(new RebuildPlan(7, 0, 7, 0, 1000), Plan(null, logStart: 7));

    [Fact]
    public void The_log_is_read_again_for_the_horizon_before_progress_and_gives_results_from_there() =>
        Assert.Equal(
            new RebuildPlan(500, 500 * Minute, 400, 400 * Minute, 1000),
            Plan(new PartitionProgress(500, 500 * Minute))
        );

    [Fact]
    public void What_is_needed_from_before_progress_moves_the_beginning_back_and_not_the_results() =>
        Assert.Equal(
            new RebuildPlan(500, 500 * Minute, 350, 350 * Minute, 1000),
            Plan(new PartitionProgress(500, 500 * Minute), neededFrom: 450 * Minute)
        );

    [Fact]
    public void What_is_needed_from_after_progress_changes_nothing() =>
        Assert.Equal(
            Plan(new PartitionProgress(500, 500 * Minute)),
            Plan(new PartitionProgress(500, 500 * Minute), neededFrom: 900 * Minute)
        );

    [Fact]
    public void Progress_before_the_log_s_start_goes_on_from_there_and_keeps_its_log_time() =>
        Assert.Equal(
            new RebuildPlan(600, 500 * Minute, 600, 400 * Minute, 1000),
            Plan(new PartitionProgress(500, 500 * Minute), logStart: 600)
        );

    [Fact]
    public void A_young_log_is_read_from_its_beginning() =>
        Assert.Equal(new RebuildPlan(50, 50 * Minute, 0, 0, 1000), Plan(new PartitionProgress(50, 50 * Minute)));

    [Fact]
    public void Reading_never_begins_behind_progress_whatever_the_log_s_times_say() =>
        Assert.Equal(
            500,
            RebuildPlan
                .Of(new PartitionProgress(500, Minute), 0, 1000, TimeSpan.Zero, long.MaxValue, _ => long.MaxValue)
                .From
        );

    [Fact]
    public void The_horizon_covers_the_longest_window_and_every_version_s_ids_and_times()
    {
        var hash = new KeyedHash(1, 2);
        var timeline = new SettingsTimeline(
            DecisionSettings.Build("s-base", hash, new Dictionary<string, object>()),
            TimeSpan.FromSeconds(2)
        );
        TimeSpan window = TimeSpan.FromMinutes(10),
            defaults = TimeSpan.FromMinutes(60 + 10) + TimeSpan.FromSeconds(2);
        Assert.Equal(window + defaults, RebuildHorizon.For(window, timeline));

        foreach (long duplicates in new[] { 86_400_000L, 60_000L })
        {
            TimeLimits limits = TimeLimits.Default with { DuplicatesMs = duplicates };
            timeline.Append(
                DecisionSettings.Build("s-1", hash, new Dictionary<string, object> { ["limits/time"] = limits }),
                1_000
            );
        }

        Assert.Equal(window + defaults + TimeSpan.FromHours(23), RebuildHorizon.For(window, timeline));
    }
}
