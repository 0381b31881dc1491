using System.Diagnostics;
using Engine.Contracts;
using Integration.Tests.Rig;
using StackExchange.Redis;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>A node of Redis goes, its successor takes its place, and the engine goes on by itself.</summary>
public sealed class RedisFailoverTests
{
    private const int Clicks = 8_000;

    [Theory]
    [InlineData(LiveProcess.Kill)]
    [InlineData(LiveProcess.Stop)]
    public async Task A_masters_replica_takes_over_while_clicks_come(int signal)
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.ClusterWithReplicas);
        var cluster = (LiveRedisCluster)lab.Redis;
        var disturbed = new Disturbed(lab, Clicks);
        await using EngineRun run = await lab.StartAsync();
        lab.Log.SendAll(disturbed.Records.Take(disturbed.Records.Length / 2));
        // Redis replicates behind its answers: what was acknowledged in the last moment may be lost with the master.
        await lab.IsDecidedAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        cluster.Nodes[0].Process.Signal(signal);
        lab.Log.SendAll(disturbed.Records.Skip(disturbed.Records.Length / 2));
        await IsDecidedAsync(cluster, lab);
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        await disturbed.AgreesAsync();
    }

    [Fact]
    public async Task A_replica_that_was_promoted_takes_over_from_a_master_that_was_demoted()
    {
        await using LiveRedisServer second = await LiveRedisServer.StartAsync();
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Server);
        var first = (LiveRedisServer)lab.Redis;
        await second.Server.ExecuteAsync("REPLICAOF", "127.0.0.1", first.Port);
        await LiveWait.UntilAsync("the replica has caught up", async () =>
            (await second.Server.ExecuteAsync("INFO", "replication"))
                .ToString()
                .Contains("master_link_status:up", StringComparison.Ordinal)
        );
        var disturbed = new Disturbed(lab, Clicks);
        await using EngineRun run = await EngineRun.StartAsync(
            lab.Brokers,
            $"{first.Address},{second.Address}",
            lab.Config
        );
        lab.Log.SendAll(disturbed.Records.Take(disturbed.Records.Length / 2));
        await lab.IsDecidedAsync();

        await second.Server.ExecuteAsync("REPLICAOF", "NO", "ONE");
        await first.Server.ExecuteAsync("REPLICAOF", "127.0.0.1", second.Port);
        lab.Log.SendAll(disturbed.Records.Skip(disturbed.Records.Length / 2));
        await IsDecidedAsync(second, lab);
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
    }

    /// <summary>What Redis acknowledged and then lost is scored again, without a person.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_Redis_has_lost_is_scored_again_from_the_log(bool someIsLeft)
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Server);
        var server = (LiveRedisServer)lab.Redis;
        var disturbed = new Disturbed(lab, Clicks);
        await using EngineRun run = await lab.StartAsync();
        lab.Log.SendAll(disturbed.Records.Take(disturbed.Records.Length / 2));
        await lab.IsDecidedAsync();
        byte[]? snapshot = someIsLeft ? await server.SnapshotAsync() : null;
        RedisValue settings = await server.Database.StringGetAsync("settings-base:engine");
        lab.Log.SendAll(disturbed.Records.Skip(disturbed.Records.Length / 2));
        await lab.IsDecidedAsync();

        // Nothing comes any more that would be committed: the engine notices all the same.
        await server.LoseAsync(snapshot);
        await run.Process.SaysAsync("Redis has lost writes that it acknowledged");
        await IsDecidedAsync(server, lab);
        await LiveWait.UntilAsync("every click is counted", async () =>
            (await Outcome.OfAsync(lab.Redis, "engine")).Total("campaign", "clicks") == Clicks
        );
        Assert.Equal(settings, await server.Database.StringGetAsync("settings-base:engine"));
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        await disturbed.AgreesAsync();
    }

    [Fact]
    public async Task Without_Redis_the_engine_is_not_ready_and_still_stops_soon()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Server);
        var server = (LiveRedisServer)lab.Redis;
        await using EngineRun run = await lab.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{run.Http}") };
        async Task<bool> IsReadyAsync() =>
            (await http.GetAsync("/readyz", TestContext.Current.CancellationToken)).IsSuccessStatusCode;
        await LiveWait.UntilAsync("the engine is ready", IsReadyAsync);

        await server.Process.KillAsync();
        await LiveWait.UntilAsync("the engine isn't ready", async () => !await IsReadyAsync());
        await server.StartAgainAsync();
        await LiveWait.UntilAsync("the engine is ready again", IsReadyAsync);

        await server.Process.KillAsync();
        lab.Log.SendAll([LiveEvents.Click("undelivered", LiveEvents.Now)]);
        await LiveWait.UntilAsync("the engine isn't ready", async () => !await IsReadyAsync());
        long since = Stopwatch.GetTimestamp();
        await run.StopAsync();
        // Orchestrators kill after 30 s.
        Assert.InRange(Stopwatch.GetElapsedTime(since).TotalSeconds, 0, 25);
    }

    [Theory]
    [InlineData("maxmemory", "1", "0", "OOM")]
    [InlineData("min-replicas-to-write", "1", "0", "NOREPLICAS")]
    public async Task What_Redis_refuses_is_named_while_it_lasts(string setting, string bad, string good, string error)
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Server);
        var server = (LiveRedisServer)lab.Redis;
        await using EngineRun run = await lab.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{run.Http}") };
        async Task<string> StatusAsync()
        {
            HttpResponseMessage ready = await http.GetAsync("/readyz", TestContext.Current.CancellationToken);
            return await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }

        await LiveWait.UntilAsync("the engine is ready", async () => (await StatusAsync()).Contains("\"ready\""));
        await server.Server.ConfigSetAsync(setting, bad);
        lab.Log.SendAll([LiveEvents.Click("refused", LiveEvents.Now)]);
        await LiveWait.UntilAsync("/readyz names it", async () => (await StatusAsync()).Contains(error));
        await run.Process.SaysAsync($"Redis is unavailable ({error}");

        await server.Server.ConfigSetAsync(setting, good);
        await lab.VerdictAsync("refused");
        await LiveWait.UntilAsync("the engine is ready", async () => (await StatusAsync()).Contains("\"ready\""));
        await run.Process.SaysAsync("Redis is available again");
        // Not once for each time that it is tried again.
        Assert.Equal(2, run.Process.Error.Split("Redis is unavailable (").Length);
    }

    [Fact]
    public async Task What_a_script_may_not_do_is_named_while_it_lasts_and_nothing_counts_twice()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Server);
        var server = (LiveRedisServer)lab.Redis;
        await using EngineRun run = await lab.StartAsync();
        await server.Server.ExecuteAsync("ACL", "SETUSER", "default", "-hincrby");
        lab.Log.SendAll([LiveEvents.Click("refused", LiveEvents.Now)]);
        await run.Process.SaysAsync("Redis is unavailable (ERR ");

        await server.Server.ExecuteAsync("ACL", "SETUSER", "default", "+hincrby");
        await IsDecidedAsync(lab.Redis, lab);
        await run.Process.SaysAsync("Redis is available again");
        Assert.Equal(1, await lab.Redis.TotalAsync("campaign", "clicks"));
    }

    [Fact]
    public async Task An_engine_that_starts_while_Redis_is_full_waits_until_it_is_not()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Server);
        var server = (LiveRedisServer)lab.Redis;
        await server.Server.ConfigSetAsync("maxmemory", "1");
        Task<EngineRun> starting = lab.StartAsync();
        await LiveWait.UntilAsync("Redis has refused it twice", async () =>
            starting.IsCompleted
            || (await server.Server.InfoAsync("errorstats"))
                .SelectMany(section => section)
                .Any(error => error.Key == "errorstat_OOM" && error.Value != "count=1")
        );
        await server.Server.ConfigSetAsync("maxmemory", "0");

        await using EngineRun run = await starting;
        await run.Process.SaysAsync("Redis is unavailable (OOM");
        await run.Process.SaysAsync("Redis is available again");
    }

    [Fact]
    public async Task A_password_set_while_an_engine_runs_is_waited_for()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Server);
        var server = (LiveRedisServer)lab.Redis;
        await using EngineRun run = await lab.StartAsync();
        lab.Log.SendAll([LiveEvents.Click("before", LiveEvents.Now)]);
        await lab.VerdictAsync("before");
        // Connections that are open stay logged in, so all but this one are ended.
        await server.Server.ConfigSetAsync("requirepass", "secret");
        await server.Server.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        lab.Log.SendAll([LiveEvents.Click("refused", LiveEvents.Now)]);
        await run.Process.SaysAsync("Redis is unavailable (");

        await server.Server.ConfigSetAsync("requirepass", "");
        await lab.VerdictAsync("refused");
        await run.Process.SaysAsync("Redis is available again");
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
    }

    /// <summary>Waits until all is decided; this test's own client may still ask a node that is gone.</summary>
    private static async Task IsDecidedAsync(LiveResults redis, Lab lab)
    {
        long count = lab.Log.Count(Topics.Interactions);
        await LiveWait.UntilAsync(
            "all is decided",
            async () =>
            {
                try
                {
                    return await redis.ProgressAsync("engine") >= count;
                }
                catch (Exception e) when (e is RedisException or TimeoutException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(120)
        );
    }
}
