using System.Text.Json;
using Confluent.Kafka;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>Settings that change while it runs, at the event that the contract says.</summary>
public class SettingsTests
{
    private const string Rule = """{"when":"click.publisher == 'pub-1'","then":{"class":"sivt","action":"deny"}}""";

    private static string SettingsOf(JsonElement verdict) => verdict.GetProperty("settings").GetString()!;

    /// <summary>Deleted, the shipped model comes back; without one the engine says so where people look.</summary>
    [Fact]
    public async Task A_deleted_record_goes_back_to_the_settings_folder_and_no_model_is_told_of()
    {
        using var folder = new LiveFolder();
        folder.Write("settings/bands.yaml", "bands/default: {review: 0.3}");
        await using Lab lab = await Lab.EmbeddedAsync(
            Redises.Any,
            new EngineYaml { SessionMs = 3000, Settings = folder.File("settings") }
        );
        await using EngineRun run = await lab.StartAsync();
        await run.Process.SaysAsync("settings s-base: no click forest is in force");
        using var http = new HttpClient { BaseAddress = new Uri($"http://{run.Http}") };
        using HttpResponseMessage ready = await http.GetAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.Contains(
            "no click forest is in force",
            await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );

        long changed = LiveEvents.Now;
        foreach (byte[]? value in new[] { """{"review":0.0001}"""u8.ToArray(), null })
        {
            await lab.Log.SendAsync(new LiveRecord(Topics.Settings, "bands/default", value, changed));
            await run.Process.SaysAsync("bands/default changed");
        }

        await lab.Log.SendAsync(LiveEvents.Click("back", changed + 2_001, "203.0.1.1"));
        Assert.Equal("allow", (await lab.VerdictAsync("back")).GetProperty("band").GetString());
    }

    [Fact]
    public async Task A_record_is_in_force_for_clicks_whose_log_time_is_past_its_own_by_two_seconds()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        await using EngineRun run = await lab.StartAsync();
        long changed = LiveEvents.Now;
        DeliveryResult<byte[], byte[]> rule = await lab.Log.SendAsync(
            new LiveRecord(Topics.Settings, "rule/all", Rule, changed)
        );
        await run.Process.SaysAsync("rule/all changed");
        // Log time decides, not when a click is read.
        lab.Log.SendAll([
            LiveEvents.Click("before", changed - 500, "203.0.1.1"),
            LiveEvents.Click("still", changed + 2000, "203.0.1.2"),
            LiveEvents.Click("after", changed + 2001, "203.0.1.3"),
        ]);
        JsonElement before = await lab.VerdictAsync("before"),
            still = await lab.VerdictAsync("still"),
            after = await lab.VerdictAsync("after");
        Assert.Equal(["s-base", "s-base", $"s-{rule.Offset.Value}"], new[] { before, still, after }.Select(SettingsOf));
        Assert.Equal("sivt", after.GetProperty("class").GetString());
        Assert.Equal("rule.all", after.GetProperty("reasons")[0].GetString());
        Assert.DoesNotContain("rule.all", still.GetRawText());
        Assert.Equal(1, await TotalSoonAsync(lab, "clicks:reason:rule.all", 1));

        // A record that doesn't load changes nothing, and is told of.
        DeliveryResult<byte[], byte[]> bad = await lab.Log.SendAsync(
            new LiveRecord(Topics.Settings, "rule/all", """{"when":"click.nothing == 1","then":{}}""", changed + 3000)
        );
        await run.Process.SaysAsync($"settings offset {bad.Offset.Value}:");
        lab.Log.SendAll([LiveEvents.Click("unchanged", changed + 6000, "203.0.1.4")]);
        Assert.Equal($"s-{rule.Offset.Value}", SettingsOf(await lab.VerdictAsync("unchanged")));
        await LiveWait.UntilAsync("the bad record is a dead letter", () =>
            lab.Log.ReadAll(Topics.DeadLetters).Count == 1
        );
        ConsumeResult<byte[], byte[]> letter = lab.Log.ReadAll(Topics.DeadLetters)[0];
        Assert.Equal("rule/all"u8.ToArray(), letter.Message.Key);
        Assert.Equal("settings"u8.ToArray(), letter.Message.Headers.GetLastBytes("error.topic"));
        Assert.Equal("malformed"u8.ToArray(), letter.Message.Headers.GetLastBytes("error.reason"));
        string detail = System.Text.Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes("error.detail"));
        Assert.Contains("nothing", detail);
        Assert.DoesNotContain('\n', detail);

        // An empty value deletes.
        DeliveryResult<byte[], byte[]> gone = await lab.Log.SendAsync(
            new LiveRecord(Topics.Settings, "rule/all", (byte[]?)null, changed + 7000)
        );
        await run.Process.SaysAsync($"settings s-{gone.Offset.Value}:");
        lab.Log.SendAll([LiveEvents.Click("freed", changed + 9500, "203.0.1.5")]);
        JsonElement freed = await lab.VerdictAsync("freed");
        Assert.Equal($"s-{gone.Offset.Value}", SettingsOf(freed));
        Assert.DoesNotContain("rule.all", freed.GetRawText());

        // Another engine reads the bad record, too; what it has sent lies in Kafka when it has ended.
        await using EngineRun second = await lab.StartAsync();
        await second.Process.SaysAsync($"settings offset {bad.Offset.Value}:");
        await second.StopAsync();
        Assert.Single(lab.Log.ReadAll(Topics.DeadLetters));
    }

    [Fact]
    public async Task An_engine_that_lacks_a_file_leaves_its_group_until_the_file_is_there()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        string config = lab.Folder.Write(
            "lacking.yaml",
            File.ReadAllText(lab.Config).Replace("files: [", $"files: [{lab.Folder.Path}, ", StringComparison.Ordinal)
        );
        await using EngineRun run = await EngineRun.StartAsync(lab.Brokers, lab.Redis.Address, config);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{run.Http}") };
        async Task<string> StatusAsync()
        {
            HttpResponseMessage ready = await http.GetAsync("/readyz", TestContext.Current.CancellationToken);
            return await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }

        await LiveWait.UntilAsync("the engine is ready", async () => (await StatusAsync()).Contains("\"ready\""));
        long changed = LiveEvents.Now;
        DeliveryResult<byte[], byte[]> list = await lab.Log.SendAsync(
            new LiveRecord(Topics.Settings, "list/own", """{"file":"own.txt","reason":"list.proxy"}""", changed)
        );
        await run.Process.SaysAsync($"settings offset {list.Offset.Value}: list/own: 'own.txt': not found");
        await LiveWait.UntilAsync(
            "/readyz says why it decides nothing",
            async () =>
                await StatusAsync() is var status
                && status.Contains("own.txt")
                && status.Contains("\"partitions\":false")
        );
        lab.Log.SendAll([LiveEvents.Click("listed", changed + 6000, "203.0.1.7")]);
        lab.Folder.Write("own.txt", "203.0.1.0/24\n");

        JsonElement listed = await lab.VerdictAsync("listed");
        Assert.Equal($"s-{list.Offset.Value}", SettingsOf(listed));
        Assert.Contains("list.proxy", listed.GetRawText());
        await LiveWait.UntilAsync("the engine is ready", async () => (await StatusAsync()).Contains("\"ready\""));
        Assert.Empty(lab.Log.ReadAll(Topics.DeadLetters));
    }

    [Fact]
    public async Task The_base_stays_over_restarts_and_files_that_differ_are_told_of()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        // What lies in the topic at a first start is base, over the files.
        await lab.Log.SendAsync(new LiveRecord(Topics.Settings, "rule/all", Rule, LiveEvents.Now));
        lab.Log.SendAll([LiveEvents.Click("first", LiveEvents.Now)]);
        await lab.RunUntilIdleAsync(lab.Redis);
        JsonElement first = await lab.VerdictAsync("first");
        Assert.Equal("s-base", SettingsOf(first));
        Assert.Equal("rule.all", first.GetProperty("reasons")[0].GetString());
        string kept = (await lab.Redis.Database.StringGetAsync("settings-base:engine")).ToString();

        using var folder = new LiveFolder();
        foreach (string file in Directory.GetFiles(Path.Combine(Programs.Checkout, "configs", "settings")))
        {
            File.Copy(file, folder.File(Path.GetFileName(file)));
        }

        folder.Write("bands.yaml", "bands/default: { review: 0.01, challenge: 0.02, block: 0.03 }\n");
        string config = (lab.Yaml with { Settings = folder.Path }).Write(lab.Folder, "other.yaml");
        lab.Log.SendAll([LiveEvents.Click("second", LiveEvents.Now, "198.51.100.1")]);
        await using EngineRun run = EngineRun.Launch(lab.Brokers, lab.Redis.Address, config, "--until-idle", "1");
        CommandRun end = await run.EndAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        Assert.Contains("differ from the group's base", end.Error);
        Assert.Contains("bands/default", end.Error);
        Assert.Equal(kept, await lab.Redis.Database.StringGetAsync("settings-base:engine"));
        JsonElement second = await lab.VerdictAsync("second");
        Assert.Equal(
            ("s-base", first.GetProperty("score").GetRawText()),
            (SettingsOf(second), second.GetProperty("score").GetRawText())
        );
    }

    [Fact]
    public async Task Samples_are_in_force_only_where_they_are_asked_for()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        string[] kinds = ["sponsor/", "definition/", "page/", "process/", "campaign/"];
        async Task<string[]> Base(string key) =>
            [
                .. JsonDocument
                    .Parse((await lab.Redis.Database.StringGetAsync(key)).ToString())
                    .RootElement.GetProperty("records")
                    .EnumerateObject()
                    .Select(record => record.Name),
            ];
        await lab.RunUntilIdleAsync(lab.Redis);
        Assert.DoesNotContain(await Base("settings-base:engine"), key => kinds.Any(key.StartsWith));
        CommandRun end = await lab.RunUntilIdleAsync(
            lab.Redis,
            "--samples",
            "--group",
            "second",
            "--prefix",
            Lab.Second
        );
        Assert.Contains("tokens are public", end.Error);
        string[] records = await Base(Lab.Second + "settings-base:second");
        Assert.All(kinds, kind => Assert.Contains(records, key => key.StartsWith(kind, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Settings_at_changes_are_the_same_for_a_run_that_comes_later()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        await using (EngineRun run = await lab.StartAsync())
        {
            long start = LiveEvents.Now;
            await lab.Log.SendAsync(
                new LiveRecord(
                    Topics.Settings,
                    "bands/default",
                    """{"review":0.0,"challenge":0.0,"block":0.0}""",
                    start
                )
            );
            await run.Process.SaysAsync("bands/default changed");
            lab.Log.SendAll(LiveEvents.Mixed(4000, start, 1));
            await lab.IsDecidedAsync();
            await run.StopAsync();
        }
        LiveResults later = await lab.AnotherRedisAsync(Redises.Any);
        await later.Database.StringSetAsync(
            $"{Lab.Second}settings-base:later",
            await lab.Redis.Database.StringGetAsync("settings-base:engine")
        );
        await lab.RunUntilIdleAsync(lab.Redis);
        await lab.RunUntilIdleAsync(later, "--group", "later", "--prefix", Lab.Second);
        Outcome live = await Outcome.OfAsync(lab.Redis, "engine"),
            again = await Outcome.OfAsync(later, "later", Lab.Second);
        live.MustEqual(again);
        Assert.Equal(
            ["s-0", "s-base"],
            live.Verdicts.Values.Select(verdict => SettingsOf(JsonDocument.Parse(verdict).RootElement))
                .Distinct()
                .Order()
        );
    }

    private static async Task<long> TotalSoonAsync(Lab lab, string field, long expected)
    {
        await LiveWait.UntilAsync($"{field} is {expected}", async () =>
            await lab.Redis.TotalAsync("publisher", field) == expected
        );
        return expected;
    }
}
