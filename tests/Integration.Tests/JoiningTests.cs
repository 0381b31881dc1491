using System.Text.Json;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>Clicks and their paths, through a live broker.</summary>
public class JoiningTests
{
    [Fact]
    public async Task Paths_join_before_with_and_after_their_clicks_and_never_too_late()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        long now = LiveEvents.Now - 60_000;
        string inside = $$""","expects_path":true,"pointer":"mouse","path":{{LiveEvents.Points("with")}}""";
        (string Ip, string Name)[] networks =
        [
            ("203.0.1.1", "before"),
            ("203.0.2.1", "with"),
            ("203.0.3.1", "after"),
            ("203.0.4.1", "edge"),
            ("203.0.5.1", "late"),
            ("203.0.6.1", "none"),
            ("203.0.7.1", "twice"),
            ("203.0.8.1", "early"),
        ];
        string Ip(string name) => networks.Single(network => network.Name == name).Ip;
        LiveRecord Click(string name, long at, string more = "") =>
            more.Length > 0
                ? LiveEvents.Click(name, now + at, Ip(name), more)
                : LiveEvents.Expecting(name, now + at, Ip(name));
        LiveRecord Path(string name, long at) => LiveEvents.Path(name, now + at, Ip(name));
        // All of one network lies in one partition, whose order is the order of sending; times rise over all of them.
        lab.Log.SendAll(
            new (long At, LiveRecord Record)[]
            {
                (0, Path("before", 0)),
                (1900, Click("before", 1900)),
                (100, Click("with", 100, inside)),
                (200, Path("with", 200)),
                (100, Click("after", 100)),
                (1500, Path("after", 1500)),
                (100, Click("edge", 100)),
                (2100, Path("edge", 2100)),
                (100, Click("late", 100)),
                (2101, Path("late", 2101)),
                (100, Click("none", 100, ""","pointer":"mouse" """.TrimEnd())),
                (100, Click("twice", 100)),
                (300, Path("twice", 300)),
                (400, Path("twice", 400)),
                // The click comes when the path's time is over: it waits in vain.
                (0, Path("early", 0)),
                (2001, Click("early", 2001)),
            }
                .OrderBy(one => one.At)
                .Select(one => one.Record)
        );
        CommandRun end = await lab.RunUntilIdleAsync(lab.Redis);
        foreach (
            (string name, string? path) in new[]
            {
                ("before", "present"),
                ("with", "present"),
                ("after", "present"),
                ("edge", "present"),
                ("late", "missing"),
                ("none", (string?)null),
                ("twice", "present"),
                ("early", "missing"),
            }
        )
        {
            JsonElement verdict = await lab.VerdictAsync(name);
            Assert.Equal(
                (name, path),
                (name, verdict.TryGetProperty("path", out JsonElement state) ? state.GetString() : null)
            );
            Assert.Equal(
                (name, path == "missing"),
                (name, verdict.GetRawText().Contains("cursor.missing", StringComparison.Ordinal))
            );
        }
        // Joined: before, after, edge, twice. Surplus: with, twice's second. Unmatched: late, early.
        Assert.Contains("joined 4, surplus 2, unmatched 2", end.Out);
        Assert.Contains("without ticks: 16", end.Out);
    }

    [Fact]
    public async Task At_the_partitions_end_ticks_decide_who_waits_and_count_as_nothing()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Garnet);
        await using EngineRun run = await lab.StartAsync();
        await lab.Log.SendAsync(LiveEvents.Expecting("waits", LiveEvents.Now));
        JsonElement verdict = await lab.VerdictAsync("waits", within: TimeSpan.FromSeconds(30));
        Assert.Equal("missing", verdict.GetProperty("path").GetString());
        Assert.InRange(
            verdict.GetProperty("evidence").GetProperty("cursor.missing").GetProperty("waited_ms").GetInt64(),
            2000,
            2000
        );
        await lab.IsDecidedAsync();
        var records = lab.Log.ReadAll(Topics.Interactions);
        var ticks = records
            .Where(record => record.Message.Value.AsSpan().SequenceEqual("{\"type\":\"tick\"}"u8))
            .ToList();
        Assert.Equal(records.Count - 1, ticks.Count);
        Assert.NotEmpty(ticks);
        long click = records.Single(record => record.Message.Key != null).Message.Timestamp.UnixTimestampMs;
        Assert.All(ticks, tick => Assert.True(tick.Message.Timestamp.UnixTimestampMs > click + 2000));
        CommandRun end = await run.StopAsync();
        Assert.Contains("without ticks: 1", end.Out);
        Assert.Equal(1, await lab.Redis.TotalAsync("campaign", "clicks"));
    }
}
