using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Tests.Support;

/// <summary>An Apache Kafka broker whose listeners differ in security. The plain one is for the test itself.</summary>
public sealed class LiveSecureBroker : IAsyncDisposable
{
    public const string User = "engine",
        Password = "a broker's password";

    /// <summary>How the listeners differ, in the order of their ports.</summary>
    private static readonly string[] Listeners = ["TLS", "LOGIN", "OPENLOGIN", "EXPIRED", "ELSEWHERE"],
        WithLogin = ["login", "openlogin"];

    private readonly LiveFolder _folder = new();
    private readonly string _tool;
    private readonly int _port;

    private LiveSecureBroker(string tool, int port)
    {
        (_tool, _port) = (tool, port);
        Authority = new TestAuthority(_folder);
    }

    public static string? Tool =>
        Environment.GetEnvironmentVariable("KAFKA_TOOL") is { Length: > 0 } tool ? tool : null;

    public TestAuthority Authority { get; }

    /// <summary>Without security.</summary>
    public string Plain => At(0);

    /// <summary>TLS, with client certificates.</summary>
    public string Tls => At(1);

    /// <summary>TLS and SASL.</summary>
    public string Login => At(2);

    /// <summary>SASL without TLS.</summary>
    public string OpenLogin => At(3);

    /// <summary>TLS with an expired certificate.</summary>
    public string Expired => At(4);

    /// <summary>TLS with another host's certificate.</summary>
    public string Elsewhere => At(5);

    public static async Task<LiveSecureBroker> StartAsync()
    {
        var broker = new LiveSecureBroker(Tool!, LiveProcess.FreePort(1001));
        try
        {
            await broker.StartPlainAsync();
            await broker.AddUserAsync();
            await broker.RunAsync("kill", "-d", broker.Data, "1");
            broker.AddListeners();
            // The tool's child outlives it, and must not be killed with it.
            await broker.RunAsync("revive", "-d", broker.Data, "1");
            await broker.AnswersAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    private string Data => _folder.File("data");

    private string At(int listener) => $"127.0.0.1:{_port + listener}";

    private Task StartPlainAsync() => RunAsync("start", "-p", $"{_port}", "-d", Data, "-P", "4");

    private async Task AddUserAsync()
    {
        using IAdminClient admin = Admin();
        // One at a time: a request may name a user only once.
        foreach (ScramMechanism mechanism in new[] { ScramMechanism.ScramSha256, ScramMechanism.ScramSha512 })
        {
            await admin.AlterUserScramCredentialsAsync([
                new UserScramCredentialUpsertion
                {
                    User = User,
                    Password = System.Text.Encoding.UTF8.GetBytes(Password),
                    Salt = System.Security.Cryptography.RandomNumberGenerator.GetBytes(16),
                    ScramCredentialInfo = new ScramCredentialInfo { Mechanism = mechanism, Iterations = 8192 },
                },
            ]);
        }
    }

    private void AddListeners()
    {
        string file = Path.Combine(Data, "1.properties"),
            controller = string.Create(CultureInfo.InvariantCulture, $"CONTROLLER://127.0.0.1:{_port + 1001}"),
            advertised = string.Join(
                ',',
                Listeners.Prepend("PLAINTEXT").Select((name, i) => $"{name}://127.0.0.1:{_port + i}")
            );
        IEnumerable<string> kept = File.ReadLines(file)
            .Where(line => !line.Contains("listeners=", StringComparison.Ordinal))
            .Where(line => !line.StartsWith("listener.security", StringComparison.Ordinal));
        string plain = "org.apache.kafka.common.security.plain.PlainLoginModule",
            scram = "org.apache.kafka.common.security.scram.ScramLoginModule";
        File.WriteAllLines(
            file,
            [
                .. kept,
                $"listeners={advertised},{controller}",
                $"advertised.listeners={advertised}",
                "inter.broker.listener.name=PLAINTEXT",
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TLS:SSL,LOGIN:SASL_SSL,"
                    + "OPENLOGIN:SASL_PLAINTEXT,EXPIRED:SSL,ELSEWHERE:SSL",
                "ssl.truststore.type=PEM",
                $"ssl.truststore.location={Authority.CaFile}",
                "ssl.keystore.type=PEM",
                $"ssl.keystore.location={Keystore("broker", ["127.0.0.1"])}",
                "listener.name.tls.ssl.client.auth=required",
                "listener.name.expired.ssl.keystore.type=PEM",
                $"listener.name.expired.ssl.keystore.location={Keystore("expired", ["127.0.0.1"], hasExpired: true)}",
                "listener.name.elsewhere.ssl.keystore.type=PEM",
                $"listener.name.elsewhere.ssl.keystore.location={Keystore("elsewhere", ["elsewhere.test"])}",
                .. WithLogin.SelectMany(name =>
                    new[]
                    {
                        $"listener.name.{name}.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
                        $"listener.name.{name}.plain.sasl.jaas.config={plain} required user_{User}=\"{Password}\";",
                        $"listener.name.{name}.scram-sha-256.sasl.jaas.config={scram} required;",
                        $"listener.name.{name}.scram-sha-512.sasl.jaas.config={scram} required;",
                    }
                ),
            ]
        );
    }

    private string Keystore(string name, string[] hosts, bool hasExpired = false)
    {
        TestCertificate issued = Authority.Issue(name, hosts, hasExpired);
        return _folder.Write($"{name}.keystore", File.ReadAllText(issued.Key) + "\n" + File.ReadAllText(issued.File));
    }

    private Task AnswersAsync() =>
        LiveWait.UntilAsync(
            $"the broker answers; its log is {Path.Combine(Data, "1.log")}",
            () =>
            {
                using IAdminClient admin = Admin();
                try
                {
                    return admin.GetMetadata(TimeSpan.FromSeconds(5)).Brokers.Count == 1;
                }
                catch (KafkaException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(120)
        );

    private IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Plain })
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();

    private async Task RunAsync(params string[] arguments)
    {
        await using LiveProcess run = LiveProcess.Start(_tool, arguments);
        if (await run.ExitAsync(TimeSpan.FromSeconds(180)) != 0)
        {
            throw new InvalidOperationException($"{_tool} {string.Join(' ', arguments)} failed: {run.Error}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop", "-d", Data);
        Authority.Dispose();
        _folder.Dispose();
    }
}
