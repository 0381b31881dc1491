using System.Globalization;
using System.Text.Json;
using Engine.Contracts;
using Integration.Tests.Bindings;
using Integration.Tests.Rig;
using StackExchange.Redis;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>
/// The workflows' log scored again: the results that the engine left in Redis, in one file with the clicks' verdicts.
/// </summary>
public sealed class RescoreWorkflowTests
{
    private const string BadAddress = "198.51.100.7";

    [Fact]
    public async Task Scored_again_the_log_gives_the_same_bytes_which_are_the_live_results()
    {
        (Lab lab, WorkflowTraffic traffic) = await WorkflowTraffic.StartAsync(Redises.Any);
        await using Lab disposeLab = lab;
        long start = LiveEvents.Now - 600_000,
            middle = start + 300_000;
        LiveRecord[] records = [.. LiveEvents.Mixed(1200, start, 480), .. BadClicks(start), .. traffic.Records];
        lab.Log.SendAll(records.Where(record => record.Timestamp <= middle));
        long changed;
        await using (EngineRun run = await lab.StartAsync())
        {
            await lab.Log.SendAsync(
                new LiveRecord(
                    Topics.Settings,
                    "definition/sp-1/weather",
                    """{"unit":"sport/1","sizes":[[100,250]],"item":"it-weather"}""",
                    middle
                )
            );
            await lab.Log.SendAsync(
                new LiveRecord(Topics.Settings, "binding-reason/pair.repeated", """{"limit":1}""", middle)
            );
            changed = (
                await lab.Log.SendAsync(
                    new LiveRecord(
                        Topics.Settings,
                        "process/refund-review",
                        """{"levels":[2,4,9],"default":4,"attributes":{"lost_micros":"integer"},"directives":[{"id":"big","rule":{"when":"context.lost_micros > 50","level":9}}],"lease_s":100000,"ageing_s":100000}""",
                        middle
                    )
                )
            )
                .Offset
                .Value;
            await run.Process.SaysAsync("process/refund-review changed");
            lab.Log.SendAll(records.Where(record => record.Timestamp > middle));
            await AskByHttpAsync(lab, run);
            await run.StopAsync();
        }
        await lab.RunUntilIdleAsync(lab.Redis);
        SortedDictionary<string, string> live = await WorkflowTraffic.ResultsAsync(lab.Redis);
        string[] keys = [.. lab.Redis.Keys()];
        int events = lab.Log.ReadAll(Topics.Processes).Count;

        string[] first = await RescoreAsync(lab, "first.jsonl"),
            second = await RescoreAsync(lab, "second.jsonl");
        Assert.Equal(first, second);
        SortedDictionary<string, string> again = ResultsOf(first);
        string[] differences =
        [
            .. live
                .Keys.Union(again.Keys)
                .Where(key => live.GetValueOrDefault(key) != again.GetValueOrDefault(key))
                .Select(key => $"{key}: live {live.GetValueOrDefault(key)}, again {again.GetValueOrDefault(key)}"),
        ];
        Assert.True(
            differences.Length == 0,
            $"{differences.Length} of {live.Count} results differ:\n{string.Join('\n', differences.Take(6))}"
        );
        // The log has what is decided in each way: by all workflows, before and behind the change, by HTTP, and
        // by what clicks have told.
        Assert.All(
            [
                "content:",
                "suggestions:sp-1:",
                "binding:",
                "stats:binding:",
                "priority:{refund-review}:",
                "priority:queue:{refund-review}",
                "association:",
                "chain:",
                "message:",
                "suggestions:messages:",
                "bookmark:",
            ],
            key => Assert.Contains(again.Keys, one => one.StartsWith(key, StringComparison.Ordinal))
        );
        Assert.All(["content:", "binding:", "priority:{"], key =>
            Assert.Equal([$"s-{changed}", "s-base"], VersionsOf(again, key))
        );
        Assert.Contains(again, one =>
            one.Key.StartsWith("content:behind", StringComparison.Ordinal) && one.Value.Contains("standing.network")
        );
        Assert.Contains("\"it-front\"", again["content:by-http"]);

        // Where in the log results lie is where they are decided: the first of each topic before the last click.
        Assert.All([Topics.ContentRequests, Topics.Bindings, Topics.Processes], topic =>
            Assert.InRange(
                Array.FindIndex(first, line => line.StartsWith($"{{\"topic\":\"{topic}\"", StringComparison.Ordinal)),
                0,
                Array.FindLastIndex(first, line => line.StartsWith("{\"click\"", StringComparison.Ordinal))
            )
        );

        // One version, in force from the log's beginning. What HTTP answered stays answered.
        SortedDictionary<string, string> baseOnly = ResultsOf(
                await RescoreAsync(lab, "base.jsonl", "--settings", "s-base")
            ),
            changedOnly = ResultsOf(await RescoreAsync(lab, "changed.jsonl", "--settings", $"s-{changed}"));
        Assert.Equal(["s-base"], VersionsOf(baseOnly, "binding:", "priority:{"));
        Assert.Equal([$"s-{changed}"], VersionsOf(changedOnly, "binding:", "priority:{"));
        Assert.DoesNotContain("it-weather", string.Concat(baseOnly.Values));
        Assert.True(
            changedOnly.Values.Count(value => value.Contains("it-weather"))
                > again.Values.Count(value => value.Contains("it-weather"))
        );
        Assert.All(new[] { baseOnly, changedOnly }, results =>
            Assert.Equal(again["content:by-http"], results["content:by-http"])
        );

        // It writes nothing there.
        Assert.Equal(keys, lab.Redis.Keys());
        Assert.Equal(live, await WorkflowTraffic.ResultsAsync(lab.Redis));
        Assert.Equal(events, lab.Log.ReadAll(Topics.Processes).Count);
    }

    [Fact]
    public async Task Bindings_without_a_key_to_verify_them_are_refused_and_a_log_without_bindings_needs_none()
    {
        (Lab lab, _) = await WorkflowTraffic.StartAsync(Redises.Any);
        await using Lab disposeLab = lab;
        await lab.RunUntilIdleAsync(lab.Redis);
        string keyless = lab.Folder.Write(
            "keyless.yaml",
            File.ReadAllText(lab.Config).Replace("signing_keys: [mine.key]", "")
        );
        string[] command =
        [
            "rescore",
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            keyless,
            "--out",
            lab.Folder.File("out.jsonl"),
        ];
        CommandRun without = await Programs.EngineAsync(command);
        Assert.True(without.ExitCode == 0, without.ToString());
        lab.Log.SendAll(BindingKillTests.Records().Take(3));
        CommandRun refused = await Programs.EngineAsync(command);
        Assert.True(refused.ExitCode == 2, refused.ToString());
        Assert.Contains("signing_keys", refused.Error);
    }

    /// <summary>Clicks of declared crawlers, by which a network's standing is lost.</summary>
    private static IEnumerable<LiveRecord> BadClicks(long start) =>
        Enumerable
            .Range(0, 40)
            .Select(i =>
                LiveEvents.Click(
                    $"bad-{i}",
                    start + i * 5_000,
                    BadAddress,
                    ""","ua":"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" """.TrimEnd()
                )
            );

    /// <summary>
    /// Requests that HTTP answers, and some by Kafka until one is judged by what the clicks say of its network.
    /// </summary>
    private static async Task AskByHttpAsync(Lab lab, EngineRun run)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{run.Http}") };
        await ContentRequestTests.AskAsync(http, ContentRequestTests.Request("by-http"));
        string Bad(string id) =>
            ContentRequestTests.Request(id).Replace("\"unit\"", $"\"ip\":\"{BadAddress}\",\"unit\"");
        int tries = 0;
        await LiveWait.UntilAsync("the network's standing is known", async () =>
            (await ContentRequestTests.AskAsync(http, Bad($"probe-{tries++}"))).Body.Contains("standing.network")
        );
        // A partition uses what it has read from its next mark on, so the first requests may come too early.
        int sent = 0;
        await LiveWait.UntilAsync("the partition uses the network's standing", async () =>
        {
            string id = $"behind-{sent++}";
            await lab.Log.SendAsync(new LiveRecord(Topics.ContentRequests, "sp-1", Bad(id)));
            RedisValue decided = RedisValue.Null;
            await LiveWait.UntilAsync("it is decided", async () =>
                !(decided = await lab.Redis.Database.StringGetAsync($"content:{id}")).IsNull
            );
            return decided.ToString().Contains("standing.network");
        });
    }

    /// <summary>What lines come to: of one key the last; fields and members each for itself.</summary>
    internal static SortedDictionary<string, string> ResultsOf(string[] lines)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in lines.Where(line => !line.StartsWith("{\"click\"", StringComparison.Ordinal)))
        {
            JsonElement one = JsonDocument.Parse(line).RootElement;
            Assert.Equal(["topic", "key", "result"], one.EnumerateObject().Select(property => property.Name));
            if (one.GetProperty("topic").GetString() == Topics.Notifications)
            {
                continue; // in Kafka, not in Redis
            }

            string key = one.GetProperty("key").GetString()!;
            JsonElement result = one.GetProperty("result");
            bool isSet = key.StartsWith("priority:queue:", StringComparison.Ordinal);
            if (
                !isSet
                && !key.StartsWith("suggestions:", StringComparison.Ordinal)
                && !key.StartsWith("stats:", StringComparison.Ordinal)
                && !key.StartsWith("chain:", StringComparison.Ordinal)
            )
            {
                all[key] = result.GetRawText();
            }
            else
            {
                foreach (JsonProperty field in result.EnumerateObject())
                {
                    all[$"{key} {field.Name}"] = isSet
                        ? field.Value.GetDouble().ToString("R", CultureInfo.InvariantCulture)
                        : field.Value.ToString();
                }
            }
        }
        return all;
    }

    private static IEnumerable<string> VersionsOf(SortedDictionary<string, string> results, params string[] keys) =>
        results
            .Where(result => keys.Any(key => result.Key.StartsWith(key, StringComparison.Ordinal)))
            .Select(result => JsonDocument.Parse(result.Value).RootElement.GetProperty("settings").GetString()!)
            .Distinct()
            .Order(StringComparer.Ordinal);

    internal static async Task<string[]> RescoreAsync(Lab lab, string file, params string[] more)
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
        return await File.ReadAllLinesAsync(lab.Folder.File(file), TestContext.Current.CancellationToken);
    }
}
