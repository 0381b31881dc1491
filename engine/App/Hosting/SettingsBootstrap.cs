using System.Text.Json;
using Engine.App.Configuration;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Settings;
using StackExchange.Redis;

namespace Engine.App.Hosting;

/// <summary>The base of a group's settings. A first start sets it once, from the files and the topic's records, which
/// override them. Later starts use it, and log where the files differ from it.</summary>
public static class SettingsBootstrap
{
    /// <summary>Gets the base that an earlier start has set, or null on a first start.</summary>
    public static SettingsSnapshot? Find(IDatabase redis, RedisKeys keys, ConfigFile file, ILogger log)
    {
        if (redis.StringGet(keys.SettingsBase) is not { IsNull: false } there)
        {
            return null;
        }

        SettingsSnapshot found = SettingsSnapshot.FromJson(there.ToString());
        LogDifferences(found, SettingsFolder.Read(file.SettingsFolders), log);
        return found;
    }

    /// <summary>Sets the base on a first start. If another instance has set it meanwhile, uses that one.</summary>
    public static SettingsSnapshot Set(IDatabase redis, RedisKeys keys, KafkaTarget kafka, ConfigFile file)
    {
        SortedDictionary<string, string> files = SettingsFolder.Read(file.SettingsFolders);
        List<string> problems = SettingsFolder.Check(files, file.Files, Modules.SettingKinds);
        if (problems.Count > 0)
        {
            throw new CommandException(
                $"the settings don't load; 'engine check' lists all: {problems[0]}",
                ExitCodes.WrongUse
            );
        }

        SettingsSnapshot mine = Make(files, kafka, file.Files);
        redis.StringSet(keys.SettingsBase, mine.ToJson(), when: When.NotExists);
        return SettingsSnapshot.FromJson(redis.StringGet(keys.SettingsBase).ToString());
    }

    private static SettingsSnapshot Make(
        SortedDictionary<string, string> files,
        KafkaTarget kafka,
        SettingFiles settingFiles
    )
    {
        long next = SettingsReader.End(kafka),
            logTime = 0;
        SortedDictionary<string, JsonElement> shipped = new(StringComparer.Ordinal),
            records = new(StringComparer.Ordinal);
        var check = new SettingsBuilder(settingFiles, Modules.SettingKinds);
        foreach ((string key, string value) in files)
        {
            check.ApplyFile(key, value);
            shipped[key] = records[key] = JsonDocument.Parse(value).RootElement.Clone();
        }

        foreach (SettingRecord record in SettingsReader.ReadFrom(kafka, 0))
        {
            if (record.Offset >= next)
            {
                break;
            }

            logTime = record.LogTime;
            try
            {
                check.Apply(record.Key, record.Json);
            }
            catch (SettingException)
            {
                // An invalid record of the topic has no effect.
                continue;
            }

            if (record.Json != null)
            {
                records[record.Key] = JsonDocument.Parse(record.Json).RootElement.Clone();
            }
            else if (shipped.TryGetValue(record.Key, out JsonElement value))
            {
                records[record.Key] = value;
            }
            else
            {
                records.Remove(record.Key);
            }
        }
        return new SettingsSnapshot
        {
            Offset = next,
            LogTime = logTime,
            Records = records,
            Files = shipped,
            Kinds = check.Kinds,
            HashKey = SettingsSnapshot.NewHashKey(),
        };
    }

    private static void LogDifferences(SettingsSnapshot taken, SortedDictionary<string, string> files, ILogger log)
    {
        string[] changed =
        [
            .. files
                .Where(file =>
                    !taken.Records.TryGetValue(file.Key, out JsonElement value)
                    || !JsonElement.DeepEquals(value, JsonDocument.Parse(file.Value).RootElement)
                )
                .Select(file => file.Key),
        ];
        if (changed.Length > 0)
        {
            log.FilesDiffer(
                string.Join(", ", changed.Take(5)) + (changed.Length > 5 ? $" and {changed.Length - 5} more" : "")
            );
        }
    }
}
