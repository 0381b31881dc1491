using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Connections;

/// <summary>The broker of <see cref="SecureKafkaTests"/>.</summary>
public sealed class SecureKafka : IAsyncLifetime
{
    private LiveSecureBroker? _broker;

    public LiveSecureBroker Broker
    {
        get
        {
            Assert.SkipWhen(_broker == null, "needs a real Kafka of its own: set KAFKA_TOOL");
            return _broker;
        }
    }

    public async ValueTask InitializeAsync() =>
        _broker = LiveSecureBroker.Tool == null ? null : await LiveSecureBroker.StartAsync();

    public ValueTask DisposeAsync() => _broker?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Kafka under TLS, with client certificates and SASL: events pass, and what is wrong is said.</summary>
public sealed class SecureKafkaTests(SecureKafka kafka) : IClassFixture<SecureKafka>, IDisposable
{
    private readonly LiveFolder _folder = new();

    [Theory]
    [InlineData("tls", "")]
    [InlineData("login", "plain")]
    [InlineData("login", "scram-sha-256")]
    [InlineData("login", "scram-sha-512")]
    [InlineData("open login", "scram-sha-512")]
    public async Task Events_go_through_ingest_and_engine(string listener, string sasl)
    {
        LiveSecureBroker broker = kafka.Broker;
        string brokers = listener switch
        {
            "tls" => broker.Tls,
            "login" => broker.Login,
            _ => broker.OpenLogin,
        };
        await using LiveResults redis = await Redises.StartAsync(Redises.Any);
        using var log = new LiveLog(broker.Plain);
        await log.DeleteTopicsAsync();
        string config = Yaml(
            $"kafka: {brokers}\n" + Section(listener != "open login", sasl, client: listener == "tls" ? Client() : null)
        );

        await RunsAsync("ingest", "generate", "300", "--seed", "7", "--config", config);
        string events = _folder.Write(
            "events.jsonl",
            string.Join('\n', Enumerable.Range(0, 50).Select(i => Click($"replayed-{i}"))) + "\n"
        );
        await RunsAsync("ingest", "replay", events, "--config", config);
        string tailed = _folder.Write("tailed.jsonl", Click("tailed-1") + "\n");
        await RunsAsync("ingest", "tail", tailed, "--format", "json", "--config", config);
        await PostsAsync(config, Click("posted-1"));

        CommandRun run = await Programs.EngineAsync(
            "run",
            "--redis",
            redis.Address,
            "--config",
            config,
            "--http",
            "127.0.0.1:0",
            "--until-idle",
            "1"
        );
        Assert.True(run.ExitCode == 0, run.ToString());
        SaysNoSecret(run);
        foreach (string click in new[] { "replayed-49", "tailed-1", "posted-1" })
        {
            Assert.True(await redis.Database.KeyExistsAsync($"verdict:{click}"), $"no verdict of {click}: {run}");
        }

        string rescored = _folder.File("rescored");
        await RunsAsync("engine", "rescore", "--out", rescored, "--redis", redis.Address, "--config", config);
        Assert.Contains("tailed-1", await File.ReadAllTextAsync(rescored, TestContext.Current.CancellationToken));
        await RunsAsync("engine", "quality", "--redis", redis.Address, "--config", config);
    }

    [Theory]
    [InlineData("another authority", "isn't signed by an authority in", "kafka_security.ca")]
    [InlineData("expired", "its certificate expired on", "renew it")]
    [InlineData("another host", "its certificate is for elsewhere.test, not for 127.0.0.1", "reach it by a name")]
    [InlineData("no client certificate", "it asks for a client certificate", "kafka_security.certificate")]
    [InlineData("another's client certificate", "it refuses the client certificate", "its authorities signed")]
    [InlineData("wrong password", "it refuses the user 'engine'", "ENGINE_KAFKA_PASSWORD")]
    [InlineData("unknown user", "it refuses the user 'nobody'", "kafka_security's user")]
    [InlineData("no login", "Kafka at", "kafka_security")]
    [InlineData("no TLS", "it ends the connection", "kafka_security")]
    [InlineData("TLS where there is none", "it doesn't speak TLS there", "kafka_security.tls")]
    public async Task What_a_broker_refuses_is_said_in_a_sentence(string wrong, string says, string remedy)
    {
        LiveSecureBroker broker = kafka.Broker;
        using var other = new TestAuthority(_folder, "other");
        other.Issue("stranger", []);
        await using LiveResults redis = await Redises.StartAsync(Redises.Any);
        // What rescore reads before it reads Kafka.
        await redis.Database.StringSetAsync("group", "engine");
        (string brokers, string section) = wrong switch
        {
            "another authority" => (broker.Login, Section(true, "plain", ca: other.CaFile)),
            "expired" => (broker.Expired, Section(true, "")),
            "another host" => (broker.Elsewhere, Section(true, "")),
            "no client certificate" => (broker.Tls, Section(true, "")),
            "another's client certificate" => (
                broker.Tls,
                Section(
                    true,
                    "",
                    client: new TestCertificate(_folder.File("stranger.pem"), _folder.File("stranger.key"))
                )
            ),
            "wrong password" => (broker.Login, Section(true, "scram-sha-512", password: "not-the-password")),
            "unknown user" => (broker.Login, Section(true, "plain", user: "nobody")),
            "no login" => (broker.Login, Section(true, "")),
            "no TLS" => (broker.Tls, ""),
            _ => (broker.Plain, Section(true, "")),
        };
        string config = Yaml($"kafka: {brokers}\n{section}"),
            events = _folder.Write("events.jsonl", Click("c-1") + "\n");
        string[][] commands =
        [
            ["engine", "run", "--redis", redis.Address],
            ["ingest", "tail", events, "--format", "json"],
            ["engine", "quality", "--redis", redis.Address],
            ["ingest", "generate", "10"],
            ["ingest", "replay", events],
            ["ingest", "http", "--listen", "127.0.0.1:0"],
        ];
        // All take the same way; one case shows it.
        foreach (string[] command in commands.Take(wrong == "wrong password" ? commands.Length : 2))
        {
            CommandRun run = await Programs.RunAsync(
                command[0],
                _folder.Path,
                [.. command[1..], "--config", config],
                TimeSpan.FromSeconds(30)
            );
            Assert.True(run.ExitCode == 1, $"{command[1]}: {run}");
            string line = run.Error.TrimEnd().Split('\n')[^1];
            Assert.StartsWith($"{command[0]}: Kafka at {brokers}: ", line);
            Assert.Contains(says, line);
            Assert.Contains(remedy, line);
            SaysNoSecret(run);
        }
    }

    private string Yaml(string more) => new EngineYaml { More = more }.Write(_folder);

    private string Section(
        bool isTls,
        string sasl,
        string? ca = null,
        TestCertificate? client = null,
        string user = LiveSecureBroker.User,
        string password = LiveSecureBroker.Password
    )
    {
        string section = "kafka_security:\n";
        if (isTls)
        {
            section += $"  tls: true\n  ca: {ca ?? kafka.Broker.Authority.CaFile}\n";
        }

        if (client != null)
        {
            section += $"  certificate: {client.File}\n  key: {client.Key}\n";
        }

        return sasl.Length == 0
            ? section
            : section
                + $"  sasl: {sasl}\n  user: {user}\n  password_file: {_folder.Write("password", password + "\n")}\n";
    }

    private TestCertificate Client() => kafka.Broker.Authority.Issue("client", []);

    private static string Click(string id) => LiveEvents.ClickJson(id, LiveEvents.Now, "203.0.113.9");

    private static async Task PostsAsync(string config, string json)
    {
        await using LiveProcess http = Programs.Start(
            "ingest",
            null,
            "http",
            "--listen",
            "127.0.0.1:0",
            "--config",
            config
        );
        await http.SaysAsync("/v1/events takes events");
        using var client = new HttpClient();
        HttpResponseMessage answer = await client.PostAsync(
            http.Out.Split(' ')[1],
            new StringContent(json),
            TestContext.Current.CancellationToken
        );
        Assert.True(
            answer.IsSuccessStatusCode,
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        SaysNoSecret(new CommandRun(0, http.Out, http.Error));
    }

    private static async Task RunsAsync(string program, params string[] arguments)
    {
        CommandRun run = await Programs.RunAsync(program, null, arguments);
        Assert.True(run.ExitCode == 0, $"{program} {arguments[0]}: {run}");
        SaysNoSecret(run);
    }

    private static void SaysNoSecret(CommandRun run)
    {
        Assert.DoesNotContain(LiveSecureBroker.Password, run.ToString());
        Assert.DoesNotContain("not-the-password", run.ToString());
    }

    public void Dispose() => _folder.Dispose();
}
