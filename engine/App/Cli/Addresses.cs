using Engine.App.Configuration;
using Engine.CommandLine;
using Engine.Partitions.Kafka;

namespace Engine.App.Cli;

/// <summary>
/// The Kafka and the Redis of a look-up: as named, else engine.yaml's, else those of the engine that runs here.
/// </summary>
internal sealed record Addresses(KafkaTarget Kafka, string Redis, string Prefix)
{
    /// <exception cref="CommandException">There is neither.</exception>
    public static Addresses Find(string? kafka, string? redis, string? config, string? prefix)
    {
        ConfigFile file = ConfigFile.Find(config);
        kafka ??= Named(file.Config.Kafka);
        redis ??= Named(file.Config.Redis);
        // An engine's prefix is for its own Redis; on another the one in engine.yaml holds.
        RunningEngine? running = kafka == null || redis == null ? RunningEngine.Find() : null;
        prefix ??= redis == null && running != null ? running.Prefix : file.Config.Prefix;
        return new Addresses(
            new KafkaTarget(kafka ?? running?.Kafka ?? throw None("Kafka", "--kafka"), file.Config.Consume.Librdkafka),
            redis ?? running?.Redis ?? throw None("Redis", "--redis"),
            prefix
        );
    }

    private static string? Named(string address) => address.Length > 0 ? address : null;

    private static CommandException None(string what, string option) =>
        new(
            $"no {what} address: name one with {option} HOST:PORT, or start out/engine run, which hosts one of its own."
        );
}
