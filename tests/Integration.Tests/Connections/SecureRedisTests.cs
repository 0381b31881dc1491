using Integration.Tests.Rig;
using StackExchange.Redis;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Connections;

/// <summary>Redis under TLS, with client certificates and users: results arrive, and what is wrong is said.</summary>
public sealed class SecureRedisTests : IDisposable
{
    private const int Clicks = 2_000;

    private readonly LiveFolder _folder = new();
    private readonly TestAuthority _authority;

    public SecureRedisTests()
    {
        Assert.SkipUnless(LiveRedisServer.IsThere, "needs redis-server on the path");
        _authority = new TestAuthority(_folder);
        _authority.Issue("client", []);
        _folder.Write("password", LiveRedisSecurity.Password);
        _folder.Write("sentinel-password", LiveSentinel.SentinelPassword);
    }

    [Theory]
    [InlineData(Redises.Server)]
    [InlineData(Redises.Cluster)]
    public async Task Results_arrive_under_TLS_and_are_looked_up(string kind)
    {
        LiveRedisSecurity security = Security("127.0.0.1");
        LiveResults redis =
            kind == Redises.Cluster
                ? await LiveRedisCluster.StartAsync(security: security)
                : await LiveRedisServer.StartAsync(security: security);
        await using Lab lab = Lab.Embedded(redis, Yaml(Section()));
        await using EngineRun run = await lab.StartAsync();
        lab.Log.SendAll(ClicksOf("a"));
        await lab.IsDecidedAsync();
        Assert.Equal(Clicks, (await redis.StringsAsync("verdict:")).Count);

        CommandRun verdict = await Programs.EngineAsync(
            "verdict",
            "a-1",
            "--redis",
            redis.Address,
            "--config",
            lab.Config
        );
        Assert.True(verdict.ExitCode == 0, verdict.ToString());
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        SaysNoSecret(end);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_replica_that_a_sentinel_promotes_takes_the_results(bool hasPassword)
    {
        LiveSentinel sentinel = await LiveSentinel.StartAsync(Security("127.0.0.1"), hasPassword);
        await using Lab lab = Lab.Embedded(
            sentinel,
            Yaml(Section() + (hasPassword ? "  sentinel_password_file: " + _folder.File("sentinel-password") : ""))
        );
        await using EngineRun run = await lab.StartAsync();
        lab.Log.SendAll(ClicksOf("before"));
        await lab.IsDecidedAsync();
        // Redis replicates behind its answers.
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        await sentinel.Master.Process.KillAsync();
        lab.Log.SendAll(ClicksOf("after"));
        await LiveWait.UntilAsync(
            $"the replica takes results; the engine said {run.Process.Error}",
            async () => await CountAsync(sentinel.Replica) == 2 * Clicks,
            TimeSpan.FromSeconds(120)
        );
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        SaysNoSecret(end);
    }

    [Theory]
    [InlineData("another authority", "isn't signed by an authority in", "redis_security.ca")]
    [InlineData("expired", "its certificate expired on", "renew it")]
    [InlineData("another host", "its certificate is for elsewhere.test, not for 127.0.0.1", "server_name")]
    [InlineData("no client certificate", "it asks for a client certificate", "redis_security.certificate")]
    [InlineData("another's client certificate", "it refuses the client certificate", "its authorities signed")]
    [InlineData("wrong password", "it refuses the user 'engine' or the password", "ENGINE_REDIS_PASSWORD")]
    [InlineData("no password", "it asks for a password", "redis_security.password_file")]
    [InlineData("no TLS", "it ends the connection", "redis_security.tls: true")]
    public async Task What_a_server_refuses_is_said_in_a_sentence(string wrong, string says, string remedy)
    {
        using var other = new TestAuthority(_folder, "other");
        other.Issue("stranger", []);
        string[] hosts = [wrong == "another host" ? "elsewhere.test" : "127.0.0.1"];
        await using LiveRedisServer redis = await LiveRedisServer.StartAsync(
            security: new LiveRedisSecurity(
                _authority.CaFile,
                _authority.Issue("server", hosts, hasExpired: wrong == "expired")
            )
            {
                WantsCertificates = true,
                Client = _authority.Issue("test", []),
            }
        );
        string section = wrong switch
        {
            "another authority" => Section(ca: other.CaFile),
            "no client certificate" => Section(client: null),
            "another's client certificate" => Section(client: "stranger"),
            "wrong password" => Section(password: _folder.Write("wrong", "not-the-password")),
            "no password" => Section(password: null),
            "no TLS" => "",
            _ => Section(),
        };
        string config = Yaml(section).Write(_folder);
        string[][] commands =
        [
            ["run", "--kafka", "127.0.0.1:1"],
            ["verdict", "c-1"],
            ["quality", "--kafka", "127.0.0.1:1"],
            ["path", "c-1", "--kafka", "127.0.0.1:1"],
            ["rescore", "--kafka", "127.0.0.1:1", "--out", _folder.File("rescored")],
        ];
        // All take the same way; one case shows it.
        foreach (string[] command in commands.Take(wrong == "wrong password" ? commands.Length : 1))
        {
            CommandRun run = await Programs.EngineAsync([.. command, "--redis", redis.Address, "--config", config]);
            Assert.True(run.ExitCode == 1, $"{command[0]}: {run}");
            Assert.StartsWith($"engine: Redis at {redis.Address}: ", run.Error);
            Assert.Contains(says, run.Error);
            Assert.Contains(remedy, run.Error);
            Assert.Single(run.Error.TrimEnd().Split('\n'));
            SaysNoSecret(run);
        }
    }

    [Fact]
    public async Task TLS_where_the_server_speaks_none_is_said()
    {
        await using LiveRedisServer redis = await LiveRedisServer.StartAsync();
        CommandRun run = await Programs.EngineAsync(
            "verdict",
            "c-1",
            "--redis",
            redis.Address,
            "--config",
            Yaml(Section()).Write(_folder)
        );
        Assert.True(run.ExitCode == 1, run.ToString());
        Assert.Contains("it doesn't speak TLS there", run.Error);
    }

    [Theory]
    [InlineData("{ tls: true, ca: not-there.pem }", "redis_security.ca")]
    [InlineData("{ tls: true, ca: password }", "it contains no certificate in PEM")]
    [InlineData("{ tls: true, certificate: client.pem, key: authority.pem }", "redis_security.certificate")]
    [InlineData("{ ca: authority.pem }", "tls is false")]
    [InlineData("{ tls: true, key: client.key }", "redis_security.certificate: set both")]
    [InlineData("{ user: engine }", "ENGINE_REDIS_PASSWORD")]
    [InlineData("{ user: engine, password_file: not-there }", "redis_security.password_file")]
    [InlineData("{ user: engine, password_file: empty }", "is empty")]
    [InlineData("{ pasword_file: password }", "redis_security has no field 'pasword_file'")]
    public async Task A_file_that_does_not_load_is_refused(string section, string says)
    {
        _folder.Write("empty", "\n");
        string config = new EngineYaml { More = $"redis_security: {section}" }.Write(_folder);
        CommandRun run = await Programs.EngineAsync("check", "--config", config);
        Assert.True(run.ExitCode == 2, run.ToString());
        Assert.StartsWith($"engine: {config}", run.Error);
        Assert.Contains(says, run.Error);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    /// <summary>The number of verdicts; 0 while a replica is promoted, which ends its connections.</summary>
    private static async Task<int> CountAsync(LiveRedisServer redis)
    {
        try
        {
            return (await redis.StringsAsync("verdict:")).Count;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return 0;
        }
    }

    private LiveRedisSecurity Security(string host) =>
        new(_authority.CaFile, _authority.Issue("server", [host]))
        {
            WantsCertificates = true,
            Client = _authority.Issue("test", []),
        };

    private static EngineYaml Yaml(string section) => new() { SessionMs = 3000, More = section };

    private string Section(string? ca = null, string? client = "client", string? password = "") =>
        "redis_security:\n  tls: true\n"
        + $"  ca: {ca ?? _authority.CaFile}\n"
        + (client == null ? "" : $"  certificate: {_folder.File(client + ".pem")}\n")
        + (client == null ? "" : $"  key: {_folder.File(client + ".key")}\n")
        + (
            password == null
                ? ""
                : $"  user: {LiveRedisSecurity.User}\n"
                    + $"  password_file: {(password.Length > 0 ? password : _folder.File("password"))}\n"
        );

    private static IEnumerable<LiveRecord> ClicksOf(string name) =>
        Enumerable
            .Range(0, Clicks)
            .Select(i => LiveEvents.Click($"{name}-{i}", LiveEvents.Now, $"198.51.{i % 100}.{i % 7 + 1}"));

    private static void SaysNoSecret(CommandRun run)
    {
        Assert.DoesNotContain(LiveRedisSecurity.Password, run.ToString());
        Assert.DoesNotContain(LiveSentinel.SentinelPassword, run.ToString());
        Assert.DoesNotContain("not-the-password", run.ToString());
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }
}
