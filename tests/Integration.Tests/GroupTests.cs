using System.Text.Json;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>Groups, prefixes, and the engine that hosts what nobody named.</summary>
public class GroupTests
{
    [Fact]
    public async Task A_second_group_is_refused_unless_it_has_a_prefix_which_keeps_keys_apart()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        lab.Log.SendAll([
            LiveEvents.Click("c", LiveEvents.Now),
            new LiveRecord("interactions", "k", "{", LiveEvents.Now),
        ]);
        await lab.RunUntilIdleAsync(lab.Redis);
        string[] before = [.. lab.Redis.Keys()];
        Assert.All(before, key => Assert.False(key.StartsWith("second-", StringComparison.Ordinal)));

        await using (
            EngineRun second = EngineRun.Launch(lab.Brokers, lab.Redis.Address, lab.Config, "--group", "second")
        )
        {
            CommandRun end = await second.EndAsync();
            Assert.True(end.ExitCode == 2, end.ToString());
            Assert.Contains("group 'engine'", end.Error);
            Assert.Contains("--prefix", end.Error);
        }
        Assert.Equal(before, lab.Redis.Keys());

        await using (
            EngineRun second = EngineRun.Launch(
                lab.Brokers,
                lab.Redis.Address,
                lab.Config,
                "--group",
                "second",
                "--prefix",
                "no topic:"
            )
        )
        {
            CommandRun end = await second.EndAsync();
            Assert.True(end.ExitCode == 2, end.ToString());
            Assert.Contains("'no topic:'", end.Error);
        }
        Assert.Equal(before, lab.Redis.Keys());
        await lab.RunUntilIdleAsync(lab.Redis, "--group", "second", "--prefix", "second-");
        string[] after = [.. lab.Redis.Keys().Where(key => !key.StartsWith("second-", StringComparison.Ordinal))];
        Assert.Equal(before, after);
        foreach (
            string key in new[]
            {
                "second-verdict:c",
                "second-group",
                "second-settings-base:second",
                "second-progress:second:{interactions-0}",
                "second-owner:second:{interactions-0}",
            }
        )
        {
            Assert.True(await lab.Redis.Database.KeyExistsAsync(key), key);
        }

        Assert.Single(lab.Log.ReadAll("second-dead-letters"));
        Assert.Single(lab.Log.ReadAll("dead-letters"));
        CommandRun verdict = await Programs.EngineAsync(
            "verdict",
            "c",
            "--redis",
            lab.Redis.Address,
            "--prefix",
            "second-",
            "--json"
        );
        Assert.Equal(0, verdict.ExitCode);
    }

    [Fact]
    public async Task A_run_without_addresses_hosts_its_own_and_others_find_it()
    {
        using var folder = new LiveFolder();
        string config = new EngineYaml { SessionMs = 3000 }.Write(folder);
        CommandRun nobody = await Programs.RunAsync("ingest", folder.Path, ["generate", "10"]);
        Assert.True(nobody.ExitCode == 1, nobody.ToString());
        Assert.Contains("--kafka", nobody.Error);

        LiveProcess run = Programs.Start("engine", folder.Path, "run", "--config", config, "--http", "127.0.0.1:0");
        await using (run)
        {
            string file = folder.File("out/run.json");
            await LiveWait.UntilAsync($"run.json is there; it said {run.Error}", () =>
                File.Exists(file) || (run.HasExited ? throw new InvalidOperationException(run.Error) : false)
            );
            JsonElement said = JsonDocument
                .Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))
                .RootElement;
            Assert.Matches("^engine-[0-9a-f]{6}$", said.GetProperty("group").GetString()!);
            Assert.Equal(("", run.Id), (said.GetProperty("prefix").GetString(), said.GetProperty("pid").GetInt32()));

            CommandRun sent = await Programs.RunAsync(
                "ingest",
                folder.Path,
                ["generate", "50", "--seed", "3", "--labels", folder.File("labels.csv")]
            );
            Assert.True(sent.ExitCode == 0, sent.ToString());
            string click = (
                await File.ReadAllLinesAsync(folder.File("labels.csv"), TestContext.Current.CancellationToken)
            )[1]
                .Split(',')[0];
            CommandRun? verdict = null;
            await LiveWait.UntilAsync("the verdict is there", async () =>
                (verdict = await Programs.RunAsync("engine", folder.Path, ["verdict", click])).ExitCode == 0
            );
            Assert.Contains($"click     {click}", verdict!.Out);

            run.Signal(LiveProcess.Term);
            int code = await run.ExitAsync();
            Assert.True(code == 0, $"exit code {code}: {run.Error}{run.Out}");
            Assert.False(File.Exists(file));
            string redis = said.GetProperty("redis").GetString()!;
            Assert.Throws<System.Net.Sockets.SocketException>(() =>
                new System.Net.Sockets.TcpClient("127.0.0.1", int.Parse(redis.Split(':')[1])).Dispose()
            );
        }
        CommandRun gone = await Programs.RunAsync("engine", folder.Path, ["verdict", "c"]);
        Assert.True(gone.ExitCode == 1, gone.ToString());
        Assert.Contains("--redis", gone.Error);
    }

    [Fact]
    public async Task Ctrl_C_writes_what_is_decided_to_the_Redis_that_it_hosts_before_that_ends()
    {
        Assert.SkipUnless(LiveProcess.OnPath("setsid"), "needs setsid on the path");
        using var folder = new LiveFolder();
        string config = new EngineYaml { ProgressMs = 60_000 }.Write(folder);
        await using LiveProcess run = LiveProcess.Start(
            "setsid",
            [
                "dotnet",
                Path.Combine(AppContext.BaseDirectory, "engine.dll"),
                "run",
                "--config",
                config,
                "--http",
                "127.0.0.1:0",
            ],
            folder.Path
        );
        await LiveWait.UntilAsync("run.json is there", () =>
            File.Exists(folder.File("out/run.json"))
            || (run.HasExited ? throw new InvalidOperationException(run.Error) : false)
        );
        JsonElement said = JsonDocument
            .Parse(await File.ReadAllTextAsync(folder.File("out/run.json"), TestContext.Current.CancellationToken))
            .RootElement;
        using (var log = new LiveLog(said.GetProperty("kafka").GetString()!))
        {
            log.SendAll(LiveEvents.Mixed(200, LiveEvents.Now - 10_000, 10));
        }

        using (var http = new HttpClient())
        {
            // Each partition is read at its own pace: every click that waits for no path is asked for, not the last one
            // alone.
            foreach (int i in Enumerable.Range(0, 200).Where(i => i % 10 != 3))
            {
                await LiveWait.UntilAsync($"m-{i} is decided", async () =>
                    (
                        await http.GetAsync($"http://{said.GetProperty("http").GetString()}/v1/verdicts/m-{i}")
                    ).IsSuccessStatusCode
                );
            }
        }
        // Counts and progress aren't written yet: that takes a Redis.
        run.SignalGroup(LiveProcess.Interrupt);
        int code = await run.ExitAsync();
        Assert.True(code == 0, $"exit code {code}: {run.Error}{run.Out}");
        Assert.DoesNotContain("Redis is unavailable", run.Error);
        // Workflows give theirs back meanwhile; and lanes may have given back others before, while they joined.
        string[] given =
        [
            .. run
                .Error.Split('\n')
                .Where(line =>
                    line.Contains("interactions-", StringComparison.Ordinal)
                    && line.Contains("released at offset", StringComparison.Ordinal)
                )
                .TakeLast(4),
        ];
        Assert.Equal(4, given.Length);
        Assert.DoesNotContain(given, line => line.TrimEnd().EndsWith("offset 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_idle_too_where_there_are_more_lanes_than_partitions()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any, new EngineYaml { SessionMs = 3000, Lanes = 6 });
        lab.Log.SendAll(LiveEvents.Mixed(100, LiveEvents.Now - 10_000, 10));
        CommandRun end = await lab.RunUntilIdleAsync(lab.Redis);
        Assert.Contains("nothing left to do", end.Out);
        Assert.DoesNotContain("not idle yet", end.Error);
    }

    [Fact]
    public async Task Its_own_Kafka_and_a_named_Redis_take_a_prefix_of_that_run()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        using var folder = new LiveFolder();
        await using LiveProcess run = Programs.Start(
            "engine",
            folder.Path,
            "run",
            "--config",
            lab.Config,
            "--redis",
            lab.Redis.Address,
            "--http",
            "127.0.0.1:0"
        );
        await LiveWait.UntilAsync("run.json is there", () =>
            File.Exists(folder.File("out/run.json"))
            || (run.HasExited ? throw new InvalidOperationException(run.Error) : false)
        );
        JsonElement said = JsonDocument
            .Parse(await File.ReadAllTextAsync(folder.File("out/run.json"), TestContext.Current.CancellationToken))
            .RootElement;
        string prefix = said.GetProperty("prefix").GetString()!,
            group = said.GetProperty("group").GetString()!;
        Assert.Matches("^[0-9a-f]{6}-$", prefix);
        Assert.Equal($"engine-{prefix[..^1]}", group);
        await LiveWait.UntilAsync("it has taken its partitions", () =>
            lab.Redis.Keys(prefix + "owner:").Count(key => key.Contains("{interactions-", StringComparison.Ordinal))
            == 4
        );
        Assert.All(lab.Redis.Keys(), key => Assert.StartsWith(prefix, key));
        run.Signal(LiveProcess.Term);
        Assert.Equal(0, await run.ExitAsync());
    }
}
