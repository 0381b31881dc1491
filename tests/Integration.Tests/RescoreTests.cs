using System.Text.Json;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>The same log, model and settings give the same verdicts.</summary>
public class RescoreTests
{
    [Fact]
    public async Task Scored_again_a_log_gives_the_same_bytes_which_are_the_live_verdicts()
    {
        await using Lab lab = await Lab.EmbeddedAsync(
            Redises.Any,
            new EngineYaml { SessionMs = 3000, Complete = true }
        );
        long start = LiveEvents.Now - 60_000;
        lab.Log.SendAll(LiveEvents.Mixed(3000, start, 10));
        long changed = 0;
        await using (EngineRun run = await lab.StartAsync())
        {
            await lab.IsDecidedAsync();
            changed = (
                await lab.Log.SendAsync(
                    new LiveRecord(
                        Topics.Settings,
                        "rule/mobile",
                        """{"when":"click.publisher == 'pub-2'","then":{"class":"suspect"}}""",
                        start + 40_000
                    )
                )
            )
                .Offset
                .Value;
            await run.Process.SaysAsync("rule/mobile changed");
            lab.Log.SendAll(LiveEvents.Mixed(6000, start + 30_000, 5).Skip(1500));
            await run.StopAsync();
        }
        await lab.RunUntilIdleAsync(lab.Redis);
        SortedDictionary<string, string> live = await lab.Redis.StringsAsync("verdict:");
        string[] keys = [.. lab.Redis.Keys()];

        string first = await RescoreAsync(lab, "first.jsonl"),
            second = await RescoreAsync(lab, "second.jsonl");
        Assert.Equal(first, second);
        var again = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (
            string line in first.Split('\n').Where(line => line.StartsWith("{\"click\"", StringComparison.Ordinal))
        )
        {
            again["verdict:" + JsonDocument.Parse(line).RootElement.GetProperty("click").GetString()] = line;
        }

        string[] differences =
        [
            .. live
                .Keys.Union(again.Keys)
                .Where(key => live.GetValueOrDefault(key) != again.GetValueOrDefault(key))
                .Select(key => $"{key}: live {live.GetValueOrDefault(key)}, again {again.GetValueOrDefault(key)}"),
        ];
        Assert.True(
            differences.Length == 0,
            $"{differences.Length} of {live.Count} verdicts differ:\n{string.Join('\n', differences.Take(6))}"
        );
        Assert.Contains($"\"settings\":\"s-{changed}\"", first);
        Assert.Contains("\"settings\":\"s-base\"", first);

        // One version, in force from the log's beginning.
        string changedFromTheStart = await RescoreAsync(lab, "changed.jsonl", "--settings", $"s-{changed}"),
            baseOnly = await RescoreAsync(lab, "base.jsonl", "--settings", "s-base");
        Assert.DoesNotContain("\"settings\":\"s-base\"", changedFromTheStart);
        Assert.DoesNotContain("rule.mobile", baseOnly);
        Assert.Equal(changedFromTheStart.Split("\"publisher").Length, baseOnly.Split("\"publisher").Length);
        Assert.True(changedFromTheStart.Split("rule.mobile").Length > first.Split("rule.mobile").Length);
        // It writes nothing there.
        Assert.Equal(keys, lab.Redis.Keys());
        Assert.Equal(live, await lab.Redis.StringsAsync("verdict:"));
    }

    [Fact]
    public async Task A_group_that_never_ran_is_not_there()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        CommandRun run = await Programs.EngineAsync(
            "rescore",
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            lab.Config,
            "--group",
            "nobody",
            "--out",
            lab.Folder.File("x")
        );
        Assert.True(run.ExitCode == 3, run.ToString());
        Assert.Contains("'nobody'", run.Error);
        CommandRun wrong = await Programs.EngineAsync(
            "rescore",
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            lab.Config
        );
        Assert.True(wrong.ExitCode == 2, wrong.ToString());
        Assert.Contains("--out", wrong.Error);
    }

    private static async Task<string> RescoreAsync(Lab lab, string file, params string[] more)
    {
        CommandRun run = await Programs.EngineAsync([
            "rescore",
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            lab.Config,
            "--out",
            lab.Folder.File(file),
            .. more,
        ]);
        Assert.True(run.ExitCode == 0, run.ToString());
        return await File.ReadAllTextAsync(lab.Folder.File(file), TestContext.Current.CancellationToken);
    }
}
