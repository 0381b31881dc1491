using Engine.App.Configuration;
using Engine.App.Hosting;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Settings;
using StackExchange.Redis;

namespace Engine.App.Cli;

/// <summary>The options that name a group, its Kafka and its Redis.</summary>
public sealed record GroupRequest(string? Kafka, string? Redis, string? Group, string? Config, string? Prefix);

/// <summary>A group whose log is scored again, with what Redis keeps of it permanently.</summary>
/// <param name="Base">The settings in force from the log's beginning.</param>
/// <param name="SigningSecrets">The secrets that verify codes.</param>
internal sealed record ScoredGroup(
    ConfigFile File,
    KafkaTarget Kafka,
    RedisServers Redis,
    RedisKeys Keys,
    SettingsSnapshot Base,
    IReadOnlyList<byte[]> SigningSecrets
)
{
    /// <summary>The given group, otherwise engine.yaml's, otherwise that of the engine that runs here.</summary>
    /// <exception cref="CommandException">There is no address, or the group has never run.</exception>
    public static async Task<ScoredGroup> FindAsync(GroupRequest request)
    {
        ConfigFile file = ConfigFile.Find(request.Config);
        RunningEngine? running = request.Kafka == null && request.Redis == null ? RunningEngine.Find() : null;
        KafkaTarget kafka = Addresses.FindKafka(request.Kafka, file, running);
        (RedisServers redis, _) = Addresses.FindRedis(request.Redis, file, running, request.Prefix);
        var keys = new RedisKeys(
            request.Prefix ?? running?.Prefix ?? file.Config.Prefix,
            request.Group ?? running?.Group ?? file.Config.Group
        );
        using ConnectionMultiplexer connection = await redis.ConnectAsync().ConfigureAwait(false);
        IDatabase database = connection.GetDatabase();
        string? json = await database.StringGetAsync(keys.SettingsBase).ConfigureAwait(false);
        return json == null
            ? throw new CommandException(
                $"the group '{keys.Group}' has no base settings in this Redis: it has never run here; give the "
                    + $"group with --group.",
                ExitCodes.NotThere
            )
            : new ScoredGroup(
                file,
                kafka,
                redis,
                keys,
                SettingsSnapshot.FromJson(json),
                Partitions.SigningSecrets.Find(database, keys, file.SigningKeys)
            );
    }

    /// <summary>Its settings from its first start on.</summary>
    public RecordedSettings Settings => new(Base, File.Files, Kafka);
}
