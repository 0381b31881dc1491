using Engine.App.Configuration;
using Engine.CommandLine;
using Engine.Partitions.Kafka;

namespace Engine.App.Cli;

/// <summary>The Kafka and the Redis that a look-up uses: the given ones, otherwise those in engine.yaml, otherwise
/// those of the engine that runs here.</summary>
internal sealed record Addresses(KafkaTarget Kafka, string Redis, string Prefix)
{
    /// <exception cref="CommandException">There is no address from any of these.</exception>
    public static Addresses Find(string? kafka, string? redis, string? config, string? prefix)
    {
        ConfigFile file = ConfigFile.Find(config);
        redis ??= Named(file.Config.Redis);
        // An engine's prefix applies to its own Redis; any other Redis uses the prefix in engine.yaml.
        RunningEngine? running = redis == null ? RunningEngine.Find() : null;
        prefix ??= redis == null && running != null ? running.Prefix : file.Config.Prefix;
        return new Addresses(KafkaOf(kafka, file), redis ?? running?.Redis ?? throw None("Redis", "--redis"), prefix);
    }

    /// <summary>The Kafka of a command that needs no Redis.</summary>
    /// <exception cref="CommandException">There is no address from any of these.</exception>
    public static KafkaTarget KafkaOf(string? kafka, ConfigFile file) =>
        new(
            kafka ?? Named(file.Config.Kafka) ?? RunningEngine.Find()?.Kafka ?? throw None("Kafka", "--kafka"),
            file.Config.Consume.Librdkafka
        );

    private static string? Named(string address) => address.Length > 0 ? address : null;

    private static CommandException None(string what, string option) =>
        new(
            $"no {what} address: give one with {option} HOST:PORT, or start out/engine run, which hosts one of its own."
        );
}
