using Engine.App.Configuration;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Partitions.Kafka;

namespace Engine.App.Cli;

/// <summary>The Kafka and the Redis that a look-up uses: the given ones, otherwise those in engine.yaml, otherwise
/// those of the engine that runs here.</summary>
internal sealed record Addresses(KafkaTarget Kafka, RedisServers Redis, string Prefix)
{
    /// <exception cref="CommandException">There is no address from any of these.</exception>
    public static Addresses Find(string? kafka, string? redis, string? config, string? prefix)
    {
        ConfigFile file = ConfigFile.Find(config);
        RunningEngine? running = RunningEngine.Find();
        (RedisServers servers, prefix) = FindRedis(redis, file, running, prefix);
        return new Addresses(FindKafka(kafka, file, running), servers, prefix);
    }

    public static KafkaTarget FindKafka(string? kafka, ConfigFile file, RunningEngine? running) =>
        (kafka ?? Named(file.Config.Kafka)) is { } brokers ? file.KafkaAt(brokers)
        : running == null ? throw None("Kafka", "--kafka")
        : running.OwnsKafka ? new KafkaTarget(running.Kafka, file.Config.Consume.Librdkafka)
        : file.KafkaAt(running.Kafka);

    /// <summary>Finds Redis alone. An engine's prefix applies to its own Redis; any other Redis uses the prefix in
    /// engine.yaml.</summary>
    /// <exception cref="CommandException">There is no address.</exception>
    public static (RedisServers Redis, string Prefix) FindRedis(
        string? redis,
        ConfigFile file,
        RunningEngine? running,
        string? prefix
    )
    {
        if ((redis ?? Named(file.Config.Redis)) is { } address)
        {
            return (file.RedisAt(address), prefix ?? file.Config.Prefix);
        }

        if (running?.Redis == null)
        {
            throw None("Redis", "--redis");
        }

        return (
            running.OwnsRedis ? new RedisServers(running.Redis, RedisSecurity.None) : file.RedisAt(running.Redis),
            prefix ?? running.Prefix
        );
    }

    /// <summary>The Kafka of a command that needs no Redis.</summary>
    /// <exception cref="CommandException">There is no address from any of these.</exception>
    public static KafkaTarget KafkaOf(string? kafka, ConfigFile file) =>
        FindKafka(kafka, file, RunningEngine.Find());

    private static string? Named(string address) => address.Length > 0 ? address : null;

    private static CommandException None(string what, string option) =>
        new(
            $"no {what} address: give one with {option} HOST:PORT, or start out/engine run, which hosts one of its own."
        );
}
