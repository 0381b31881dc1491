using Engine.CommandLine;
using Engine.Configuration;
using Engine.Configuration.Connections;

namespace Ingest.Sending;

/// <summary>The Kafka that a command sends to, and how it and Redis are reached.</summary>
public sealed class SendingConfig
{
    private const int DefaultDecideMs = 150;

    private readonly KafkaSecurity _security;
    private readonly RedisSecurity _redisSecurity;

    private SendingConfig(
        string kafka,
        KafkaSecurity security,
        IReadOnlyDictionary<string, string> settings,
        RedisSecurity redisSecurity,
        TimeSpan decideWithin,
        IReadOnlyList<string> signingKeys,
        RunningEngine? engine
    ) =>
        (Kafka, _security, Settings, _redisSecurity, DecideWithin, SigningKeys, Engine) = (
            kafka,
            security,
            settings,
            redisSecurity,
            decideWithin,
            signingKeys,
            engine
        );

    /// <summary>The brokers, <c>host:port[,host:port…]</c>.</summary>
    public string Kafka { get; }

    /// <summary>The settings of librdkafka, with those for security.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>How long a click on an ad's link waits for its verdict.</summary>
    public TimeSpan DecideWithin { get; }

    /// <summary>The files of secrets that sign, first of all the first; empty for the one in Redis.</summary>
    public IReadOnlyList<string> SigningKeys { get; }

    /// <summary>The engine that runs here, or null.</summary>
    public RunningEngine? Engine { get; }

    /// <summary>Gets the given brokers, otherwise those in engine.yaml, otherwise those of the engine that runs
    /// here.</summary>
    /// <param name="kafka">The brokers, or null.</param>
    /// <param name="file">The path of engine.yaml, or null: then connections are plain.</param>
    /// <param name="extra">Settings of librdkafka that come before those of the file.</param>
    /// <exception cref="CommandException">There are no brokers.</exception>
    /// <exception cref="ConfigException">The file doesn't load.</exception>
    public static SendingConfig Find(string? kafka, string? file, IReadOnlyDictionary<string, string>? extra = null)
    {
        RunningEngine? engine = RunningEngine.Find();
        return file == null
            ? Of(kafka, "", KafkaSecurity.None, [], extra, RedisSecurity.None, DefaultDecideMs, [], engine)
            : YamlFields.ReadFile(file, (fields, folder) =>
                Of(
                    kafka,
                    fields.Text("kafka", ""),
                    KafkaSecurity.Read(fields.Section("kafka_security"), folder),
                    fields.Section("consume").Map("librdkafka", []),
                    extra,
                    RedisSecurity.Read(fields.Section("redis_security"), folder),
                    fields.Whole("decide_ms", DefaultDecideMs),
                    [.. fields.Texts("signing_keys", []).Select(path => Path.Combine(folder, path))],
                    engine
                )
            );
    }

    /// <summary>Returns once a broker has answered.</summary>
    /// <exception cref="ConnectionException">No broker can be used.</exception>
    public Task CheckAsync(CancellationToken cancel) => KafkaCheck.EnsureAsync(Kafka, _security, Settings, cancel);

    /// <summary>A Redis.</summary>
    public RedisServers RedisAt(string address) => new(address, _redisSecurity);

    /// <summary>The Redis of the engine that runs here.</summary>
    public RedisServers RedisOf(RunningEngine engine) =>
        new(engine.Redis!, engine.OwnsRedis ? RedisSecurity.None : _redisSecurity);

    private static SendingConfig Of(
        string? given,
        string configured,
        KafkaSecurity security,
        Dictionary<string, string> settings,
        IReadOnlyDictionary<string, string>? extra,
        RedisSecurity redisSecurity,
        int decideMs,
        IReadOnlyList<string> signingKeys,
        RunningEngine? engine
    )
    {
        string? kafka = given ?? (configured.Length > 0 ? configured : null);
        // The Kafka that an engine hosts is reached without security.
        if (kafka == null && engine is { OwnsKafka: true })
        {
            security = KafkaSecurity.None;
        }

        Dictionary<string, string> all = security.Settings();
        foreach ((string name, string value) in settings.Concat(extra ?? new Dictionary<string, string>()))
        {
            all[name] = value;
        }

        return new SendingConfig(
            kafka ?? RunningEngine.KafkaOr(null),
            security,
            all,
            redisSecurity,
            TimeSpan.FromMilliseconds(decideMs),
            signingKeys,
            engine
        );
    }
}
