using System.Globalization;
using Engine.App.Configuration;
using Engine.App.Hosting;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Followers;
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

    /// <summary>The settings as they came into force, or one version in force from the beginning.</summary>
    /// <param name="settings">The version; null for all of them as they came into force.</param>
    /// <param name="model">The file of a click forest to use instead of the settings'; null for theirs.</param>
    /// <param name="draft">Settings that hold in place of those with the same keys, from the log's beginning; null for
    /// none.</param>
    public SettingsTimeline Timeline(
        string? settings = null,
        string? model = null,
        IReadOnlyDictionary<string, string?>? draft = null
    )
    {
        long? upTo = settings switch
        {
            null => null,
            "s-base" => Base.Offset - 1,
            var text
                when text.StartsWith("s-", StringComparison.Ordinal)
                    && long.TryParse(
                        text.AsSpan(2),
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out long offset
                    ) => offset,
            var text => throw new CommandException(
                $"--settings '{text}' isn't a version; versions are s-base and s-N, as in verdicts.",
                ExitCodes.WrongUse
            ),
        };
        try
        {
            SettingsBuilder book = SettingsBuilder.Of(Base, File.Files, Modules.SettingKinds);
            if (model != null)
            {
                book.Replace("model/clicks", ModelInForce.Load("clicks", model, System.IO.File.ReadAllBytes));
            }

            foreach ((string key, string? json) in draft ?? new Dictionary<string, string?>())
            {
                book.Replace(key, json == null ? null : SettingParser.Parse(key, json, File.Files));
            }

            SettingsTimeline? timeline =
                upTo == null ? new SettingsTimeline(book.Build("s-base", Base.Hash), Activation.Delay) : null;
            string version = "s-base";
            foreach (SettingRecord record in SettingsReader.ReadFrom(Kafka, Base.Offset))
            {
                if (record.Offset > upTo)
                {
                    break;
                }

                try
                {
                    if ((model == null || record.Key != "model/clicks") && draft?.ContainsKey(record.Key) != true)
                    {
                        book.Apply(record.Key, record.Json);
                    }
                }
                catch (SettingException)
                {
                    continue; // an invalid record had no effect in the live run either
                }
                version = $"s-{record.Offset}";
                timeline?.Append(book.Build(version, Base.Hash), record.LogTime);
            }
            return timeline ?? new SettingsTimeline(book.Build(version, Base.Hash), Activation.Delay);
        }
        catch (Exception e) when (e is SettingException or Models.Scoring.ArtefactException)
        {
            throw new CommandException(e.Message, ExitCodes.WrongUse);
        }
    }
}
