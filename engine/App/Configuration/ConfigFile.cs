using Engine.Configuration;
using Engine.Configuration.Connections;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Settings;

namespace Engine.App.Configuration;

/// <summary>Finds engine.yaml and the folders that it names.</summary>
/// <param name="Path">The file, or null if there is none and defaults apply.</param>
public sealed record ConfigFile(string? Path, EngineConfig Config)
{
    /// <summary>Finds the given file, otherwise configs/engine.yaml here or in the checkout that this program was built
    /// in.</summary>
    public static ConfigFile Find(string? given)
    {
        ConfigFile file = FindOrDefaults(given);
        return file.Path != null
            ? file
            : throw new ConfigException(
                "no configs/engine.yaml here, nor beside the program: give one with --config FILE"
            );
    }

    /// <summary>Finds the file, or the defaults if there is none and none is given.</summary>
    public static ConfigFile FindOrDefaults(string? given)
    {
        string[] places =
        [
            System.IO.Path.Combine("configs", "engine.yaml"),
            System.IO.Path.Combine(AppContext.BaseDirectory, "..", "..", "configs", "engine.yaml"),
            System.IO.Path.Combine(AppContext.BaseDirectory, "configs", "engine.yaml"),
        ];
        string? path = given ?? places.FirstOrDefault(File.Exists);
        return new ConfigFile(path, path == null ? new EngineConfig() : EngineConfig.Read(path));
    }

    /// <summary>The Kafka at an address, reached as the file says.</summary>
    public KafkaTarget KafkaAt(string brokers) =>
        KafkaTarget.Secured(brokers, Config.KafkaSecurity, Config.Consume.Librdkafka);

    /// <summary>The Redis at an address, reached as the file says.</summary>
    public RedisServers RedisAt(string address) => new(address, Config.RedisSecurity);

    /// <summary>Whether the sample traffic's records are loaded too.</summary>
    public bool WithSamples { get; init; }

    public string SamplesFolder => Beside(Config.Samples);

    /// <summary>The folders of settings for a first start.</summary>
    public string[] SettingsFolders =>
        WithSamples ? [Beside(Config.Settings), SamplesFolder] : [Beside(Config.Settings)];

    public SettingFiles Files => new([.. Config.Files.Select(Beside)]);

    public IReadOnlyList<string> SigningKeys => [.. Config.SigningKeys.Select(Beside)];

    private string Beside(string path) =>
        System.IO.Path.GetFullPath(
            System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path!))!, path)
        );
}
