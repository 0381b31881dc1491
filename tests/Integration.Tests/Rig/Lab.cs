using System.Text.Json;
using Engine.App.Embedded;
using Engine.Contracts;
using Engine.Workflows;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Rig;

/// <summary>A test's own Kafka, Redis and folder around an engine, deleted when the test ends.</summary>
public sealed class Lab : IAsyncDisposable
{
    /// <summary>The prefix of a test's second group.</summary>
    public const string Second = "second-";

    private readonly EmbeddedKafka? _kafka;
    private readonly List<IAsyncDisposable> _others = [];

    private Lab(EmbeddedKafka? kafka, string brokers, LiveResults redis, EngineYaml yaml)
    {
        (_kafka, Brokers, Redis, Yaml) = (kafka, brokers, redis, yaml);
        Log = new LiveLog(brokers);
        Config = yaml.Write(Folder);
    }

    public LiveFolder Folder { get; } = new();
    public EngineYaml Yaml { get; }
    public string Brokers { get; }
    public LiveLog Log { get; }
    public LiveResults Redis { get; }

    /// <summary>The path of engine.yaml.</summary>
    public string Config { get; }

    /// <summary>Starts a lab on the embedded broker.</summary>
    /// <param name="more">Additional topics beside the product's own.</param>
    public static async Task<Lab> EmbeddedAsync(string redis, EngineYaml? yaml = null, params string[] more)
    {
        return Embedded(await Redises.StartAsync(redis), yaml, more);
    }

    /// <summary>Starts a lab on the embedded broker and a Redis of the test.</summary>
    public static Lab Embedded(LiveResults redis, EngineYaml? yaml = null, params string[] more)
    {
        var kafka = new EmbeddedKafka(
            4,
            [Topics.Interactions, Topics.Labels, .. WorkflowModules.All.Select(module => module.Topic), .. more],
            Second
        );
        // The test cluster has no minimum session; a short one makes restarts after a kill fast.
        return new Lab(kafka, kafka.Brokers, redis, yaml ?? new EngineYaml { SessionMs = 3000 });
    }

    /// <summary>Starts a lab on the real broker, with fresh topics.</summary>
    public static async Task<Lab> RealAsync(RealKafka kafka, string redis, EngineYaml? yaml = null)
    {
        string brokers = await kafka.BrokersAsync();
        LiveResults results = await Redises.StartAsync(redis);
        var lab = new Lab(null, brokers, results, yaml ?? new EngineYaml());
        await lab.Log.DeleteTopicsAsync();
        return lab;
    }

    /// <summary>Starts a lab on brokers of the test's own.</summary>
    public static async Task<Lab> OnAsync(LiveBroker brokers, string redis, EngineYaml yaml) =>
        new(null, brokers.Brokers, await Redises.StartAsync(redis), yaml);

    /// <summary>Starts another Redis for this test.</summary>
    public async Task<LiveResults> AnotherRedisAsync(string kind)
    {
        LiveResults results = await Redises.StartAsync(kind);
        _others.Add(results);
        return results;
    }

    public Task<EngineRun> StartAsync(params string[] more) =>
        EngineRun.StartAsync(Brokers, Redis.Address, Config, more);

    /// <summary>Runs the engine until nothing is left to do. Returns its output.</summary>
    public async Task<CommandRun> RunUntilIdleAsync(LiveResults redis, params string[] more)
    {
        await using EngineRun run = EngineRun.Launch(Brokers, redis.Address, Config, ["--until-idle", "1", .. more]);
        CommandRun end = await run.EndAsync(TimeSpan.FromSeconds(120));
        Assert.True(end.ExitCode == 0, end.ToString());
        return end;
    }

    /// <summary>Waits for a click's verdict.</summary>
    public async Task<JsonElement> VerdictAsync(string click, string prefix = "", TimeSpan? within = null) =>
        JsonDocument
            .Parse(
                await LiveWait.ForAsync(
                    $"click {click} has a verdict",
                    async () => (string?)await Redis.Database.StringGetAsync($"{prefix}verdict:{click}"),
                    within
                )
            )
            .RootElement;

    /// <summary>Waits until progress covers everything now in the log of interactions.</summary>
    public async Task IsDecidedAsync(string group = "engine")
    {
        long count = Log.Count(Topics.Interactions);
        await LiveWait.UntilAsync($"progress is at {count}", async () => await Redis.ProgressAsync(group) >= count);
    }

    public async ValueTask DisposeAsync()
    {
        Log.Dispose();
        foreach (IAsyncDisposable other in _others)
        {
            await other.DisposeAsync();
        }

        await Redis.DisposeAsync();
        _kafka?.Dispose();
        Folder.Dispose();
    }
}

/// <summary>The kinds of Redis to store results in.</summary>
public static class Redises
{
    public const string Garnet = "Garnet",
        Server = "redis-server",
        Cluster = "Redis Cluster",
        ClusterWithReplicas = "Redis Cluster with replicas",
        Sentinel = "Redis with Sentinel";

    public static async Task<LiveResults> StartAsync(string kind)
    {
        if (kind != Garnet && !LiveRedisServer.IsThere)
        {
            Assert.Skip($"needs redis-server on the path ({kind})");
        }

        if (kind == Server)
        {
            return await LiveRedisServer.StartAsync();
        }

        if (kind is Cluster or ClusterWithReplicas)
        {
            return await LiveRedisCluster.StartAsync(hasReplicas: kind == ClusterWithReplicas);
        }

        if (kind == Sentinel)
        {
            return await LiveSentinel.StartAsync();
        }

        EmbeddedRedis garnet = await Task.Run(() => EmbeddedRedis.Start(TimeProvider.System, garnet: true));
        return new LiveAddress(garnet.Address, garnet);
    }

    /// <summary>redis-server if available, otherwise Garnet: for tests that only need some Redis.</summary>
    public static string Any => LiveRedisServer.IsThere ? Server : Garnet;
}
