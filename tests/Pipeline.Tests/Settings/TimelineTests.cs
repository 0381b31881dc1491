using Engine.Pipeline.Settings;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Settings;

public sealed class TimelineTests
{
    private const long T = Events.Start;

    [Fact]
    public void A_record_is_in_force_for_log_times_past_its_own_by_the_delay()
    {
        using var run = new PipelineRun();
        run.Setting("rule/r", """{"when":"true","then":{"class":"sivt"}}""", T);
        run.Setting("rule/r", null, T + 1_000);
        run.Feed(
            Events.Click("a").At(T + 2_000).Campaign("a"),
            Events.Click("b").At(T + 2_001).Campaign("b"),
            Events.Click("c").At(T + 3_000).Campaign("c"),
            Events.Click("d").At(T + 3_001).Campaign("d")
        );
        Assert.Equal(
            ["s-base", "s-0", "s-0", "s-1"],
            ((string[])["a", "b", "c", "d"]).Select(click => run.Verdict(click).GetProperty("settings").GetString())
        );
        Assert.Equal(
            ["", "rule.r", "rule.r", ""],
            ((string[])["a", "b", "c", "d"]).Select(click => string.Join(',', run.ReasonsOf(click)))
        );
    }

    [Fact]
    public void Of_records_at_one_log_time_the_last_is_in_force()
    {
        DecisionSettings[] versions =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(i => DecisionSettings.Build($"s-{i}", default, new Dictionary<string, object>())),
        ];
        var timeline = new SettingsTimeline(versions[0], TimeSpan.FromSeconds(2));
        timeline.Append(versions[1], 100);
        timeline.Append(versions[2], 100);
        timeline.Append(versions[3], 500);
        Assert.Equal(("s-0", 2_100L), At(2_100));
        Assert.Equal(("s-2", 2_500L), At(2_101));
        Assert.Equal(("s-2", 2_500L), At(2_500));
        Assert.Equal(("s-3", long.MaxValue), At(2_501));

        (string, long) At(long logTime) => (timeline.At(logTime, out long until).Version, until);
    }

    [Fact]
    public void A_click_that_waits_is_decided_by_the_settings_of_its_own_log_time()
    {
        using var run = new PipelineRun();
        run.Setting("rule/r", """{"when":"true","then":{"class":"sivt"}}""", T - 1_000);
        run.Feed(Events.Click("w").At(T).ExpectsPath());
        run.PassTo(T + 5_000);
        Assert.Equal("s-base", run.Verdict("w").GetProperty("settings").GetString());
    }

    [Fact]
    public void A_deleted_record_goes_back_to_that_of_the_files()
    {
        SettingsSnapshot made = new()
        {
            HashKey = SettingsSnapshot.NewHashKey(),
            Files = new() { ["bands/default"] = Json("""{"review":0.25}""") },
            Records = new() { ["bands/default"] = Json("""{"review":0.3}"""), ["campaign/cmp-1"] = Json("{}") },
        };
        SettingsBuilder builder = SettingsBuilder.Of(SettingsSnapshot.FromJson(made.ToJson()), new SettingFiles());
        Assert.Equal(0.3, builder.Build("s-base", made.Hash).Bands.Review);
        builder.Apply("bands/default", null);
        builder.Apply("campaign/cmp-1", null);
        DecisionSettings after = builder.Build("s-1", made.Hash);
        Assert.Equal(0.25, after.Bands.Review);
        Assert.Empty(after.Campaigns);

        static System.Text.Json.JsonElement Json(string json) => System.Text.Json.JsonDocument.Parse(json).RootElement;
    }

    [Fact]
    public void A_base_reads_back_as_it_was_written()
    {
        var made = new SettingsSnapshot
        {
            Offset = 5,
            LogTime = 7,
            HashKey = SettingsSnapshot.NewHashKey(),
            Records = new()
            {
                ["bands/default"] = System.Text.Json.JsonDocument.Parse("""{"review":0.25}""").RootElement,
            },
        };
        SettingsSnapshot read = SettingsSnapshot.FromJson(made.ToJson());
        Assert.Equal(
            (made.Offset, made.LogTime, made.HashKey, made.ToJson()),
            (read.Offset, read.LogTime, read.HashKey, read.ToJson())
        );
        Assert.Equal(0.25, SettingsBuilder.Of(read, new SettingFiles()).Build("s-base", read.Hash).Bands.Review);
        Assert.Equal(made.Hash.Of("a"u8, 1), read.Hash.Of("a"u8, 1));
        Assert.NotEqual(made.Hash.Of("a"u8, 1), made.Hash.Of("a"u8, 2));
    }
}
