using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Engine.App.Configuration;
using Engine.App.Embedded;
using Engine.App.Hosting;
using Engine.App.Http;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Partitions.Kafka;

namespace Engine.App.Running;

/// <summary>A scoring process: the engine, its HTTP endpoints, and the Kafka and Redis that it hosts if no addresses
/// are given. While it runs, out/run.json holds the addresses for other commands.</summary>
internal sealed class RunningProcess : IDisposable
{
    private readonly List<IDisposable> _hosted = [];
    private readonly string? _runFile;

    private RunningProcess(
        EngineAddress address,
        EngineHost host,
        HttpServer http,
        List<IDisposable> hosted,
        string? runFile
    ) => (Address, Host, Http, _hosted, _runFile) = (address, host, http, hosted, runFile);

    public EngineAddress Address { get; }
    public EngineHost Host { get; }

    public HttpServer Http { get; }

    public static async Task<RunningProcess> StartAsync(
        RunRequest request,
        ConfigFile file,
        CommandContext context,
        ILoggerFactory logs,
        CancellationToken cancel
    )
    {
        HttpListen listen = HttpListen.Of(request.Http, file.Config);
        var hosted = new List<IDisposable>();
        string? runFile = null;
        try
        {
            string kafka = request.Kafka ?? file.Config.Kafka,
                redis = request.Redis ?? file.Config.Redis;
            string group = request.Group ?? file.Config.Group,
                prefix = request.Prefix ?? file.Config.Prefix;
            bool ownKafka = kafka.Length == 0,
                ownRedis = redis.Length == 0;
            // An embedded log disappears with the process, so neither the group nor the keys in an external Redis may
            // coincide with those of another run.
            string suffix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
            if (ownKafka)
            {
                group += "-" + suffix;
            }

            if (ownKafka && !ownRedis)
            {
                prefix += suffix + "-";
            }

            if (ownKafka)
            {
                var cluster = new EmbeddedKafka(
                    file.Config.Topics.Partitions,
                    [Topics.Interactions, Topics.Labels, .. Modules.Topics],
                    prefix
                );
                hosted.Add(cluster);
                kafka = cluster.Brokers;
            }
            if (ownRedis)
            {
                EmbeddedRedis server = EmbeddedRedis.Start(context.Time);
                hosted.Add(server);
                redis = server.Address;
            }
            // What is hosted here is reached without security.
            var address = new EngineAddress(
                ownKafka ? new KafkaTarget(kafka, file.Config.Consume.Librdkafka) : file.KafkaAt(kafka),
                ownRedis ? new RedisServers(redis, RedisSecurity.None) : file.RedisAt(redis),
                group,
                prefix
            );
            EngineHost host = await EngineStartup
                .StartAsync(
                    file,
                    address,
                    settings => listen.RequireUsers(TimelineAccounts.Of(settings)),
                    context.Time,
                    logs.CreateLogger("Engine"),
                    cancel
                )
                .ConfigureAwait(false);
            hosted.Add(host);
            EngineMetrics metrics = Telemetry.Metrics(host);
            hosted.Add(metrics);
            HttpServer http = await HttpServer
                .StartAsync(host, metrics, listen, file.Config, request.Own, cancel)
                .ConfigureAwait(false);
            hosted.Add(http);
            if (ownKafka || ownRedis)
            {
                runFile = WriteRunFile(address, http.Address, ownKafka, ownRedis);
            }

            return new RunningProcess(address, host, http, hosted, runFile);
        }
        catch
        {
            for (int i = hosted.Count - 1; i >= 0; i--)
            {
                hosted[i].Dispose();
            }

            throw;
        }
    }

    /// <summary>Writes out/run.json in the checkout that this program was built in, or in the current folder.</summary>
    private static string WriteRunFile(EngineAddress address, string http, bool ownKafka, bool ownRedis)
    {
        string above = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, ".."));
        string folder = Path.GetFileName(above) == "out" ? above : Path.GetFullPath("out");
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "run.json");
        string json = new JsonObject
        {
            ["kafka"] = address.Kafka.Brokers,
            ["redis"] = address.Redis.Address,
            ["own_kafka"] = ownKafka,
            ["own_redis"] = ownRedis,
            ["http"] = http,
            ["group"] = address.Group,
            ["prefix"] = address.Prefix,
            ["pid"] = Environment.ProcessId,
        }.ToJsonString();
        // Write to another file and rename it, so that readers never see half of it.
        // Only its owner may read it: the address of Redis may hold a password.
        File.Delete(path + ".new");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new StreamWriter(path + ".new", options))
        {
            file.Write(json);
        }

        File.Move(path + ".new", path, overwrite: true);
        return path;
    }

    public void Dispose()
    {
        if (_runFile != null)
        {
            File.Delete(_runFile);
        }

        for (int i = _hosted.Count - 1; i >= 0; i--)
        {
            _hosted[i].Dispose();
        }
    }
}
