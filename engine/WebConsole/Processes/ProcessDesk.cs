using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Web;
using Engine.WebConsole.Log;
using Engine.Workflows.Priority.Decision;
using Engine.Workflows.Priority.Settings;
using StackExchange.Redis;

namespace Engine.WebConsole.Processes;

/// <summary>Reads business processes, their queues and definitions, and writes them as records of <c>settings</c>.
/// Thread-safe.</summary>
internal sealed class ProcessDesk(
    SettingsTimeline timeline,
    SettingRecords records,
    IEventOut kafka,
    IDatabase redis,
    RedisKeys keys
)
{
    /// <summary>The number of the first waiting instances that are shown.</summary>
    private const int ShownWaiting = 50;

    private static readonly SettingFiles NoFiles = new();
    private static readonly ISettingKind[] Kinds = [new ProcessKind(), new OverrideKind()];

    /// <summary>The definitions of the latest settings, by process.</summary>
    public IReadOnlyList<(string Id, ProcessDefinition Definition)> All =>
        [.. timeline.Latest.Others("process").Values.Select(setting => (setting.Id, (ProcessDefinition)setting.Value))];

    /// <summary>The definition of the latest settings; null for none.</summary>
    public ProcessDefinition? Find(string process) =>
        timeline.Latest.Others("process").GetValueOrDefault(process)?.Value as ProcessDefinition;

    /// <summary>The levels that people have set for instances of a process, by instance; those that are over
    /// included.</summary>
    public IReadOnlyList<(string Instance, LevelOverride Set)> OverridesOf(string process) =>
        [
            .. timeline
                .Latest.Others(OverrideKind.Name)
                .Values.Where(setting => setting.Id.StartsWith(process + "/", StringComparison.Ordinal))
                .Select(setting => (setting.Id[(process.Length + 1)..], (LevelOverride)setting.Value)),
        ];

    /// <summary>Reads a definition as an engine does.</summary>
    /// <exception cref="SettingException">It doesn't load, or it isn't one that a person should store: one level, or no
    /// directive.</exception>
    public static ProcessDefinition Parse(string process, string json)
    {
        string key = KeyOf(process);
        var definition = (ProcessDefinition)((WorkflowSetting)SettingParser.Parse(key, json, NoFiles, Kinds)).Value;
        return definition.Band.Levels.Count < 2 ? throw new SettingException(key, "'levels' has one; give two at least")
            : definition.Directives.Count == 0
                ? throw new SettingException(key, "'directives' is empty; give one at least")
            : definition;
    }

    /// <summary>The number of instances that wait for a worker.</summary>
    public Task<long> WaitingAsync(string process) =>
        redis.SortedSetLengthAsync(keys.Prefix + PriorityKeys.Queue(process));

    /// <summary>The records of the instances that wait first, the first of all first.</summary>
    public async Task<IReadOnlyList<JsonObject>> FirstAsync(string process)
    {
        RedisValue[] first = await redis
            .SortedSetRangeByRankAsync(keys.Prefix + PriorityKeys.Queue(process), 0, ShownWaiting - 1, Order.Descending)
            .ConfigureAwait(false);
        JsonObject?[] records = await Task.WhenAll(first.Select(name => RecordAsync(process, name.ToString())))
            .ConfigureAwait(false);
        return [.. records.OfType<JsonObject>()];
    }

    /// <summary>The record of an instance; null for none.</summary>
    public async Task<JsonObject?> RecordAsync(string process, string instance) =>
        (string?)await redis.StringGetAsync(keys.Prefix + PriorityKeys.Record(process, instance)).ConfigureAwait(false)
            is { } json
            ? JsonNode.Parse(json) as JsonObject
            : null;

    /// <summary>What a definition would do to the instances that run now, as of the last progress of their
    /// owners.</summary>
    public async Task<ProcessTrial> TryAsync(string process, ProcessDefinition definition)
    {
        string mine = process + " ";
        var trial = new ProcessTrial(definition);
        foreach (int number in Enumerable.Range(0, kafka.PartitionsOf(Topics.Processes)))
        {
            HashEntry[] memory = await redis
                .HashGetAllAsync(keys.State(RedisKeys.Partition(Topics.Processes, number)))
                .ConfigureAwait(false);
            foreach (HashEntry field in memory)
            {
                string name = field.Name.ToString(),
                    value = field.Value.ToString();
                if (name.StartsWith(mine, StringComparison.Ordinal) && value.StartsWith('{'))
                {
                    using JsonDocument json = JsonDocument.Parse(value);
                    trial.Add(name[mine.Length..], InstanceMemory.Read(json.RootElement));
                }
            }
        }

        return trial;
    }

    /// <summary>The changes of a process's definition, the latest first; the one that came with the first start
    /// last.</summary>
    public async Task<IReadOnlyList<SettingVersion>> HistoryAsync(string process, CancellationToken cancel)
    {
        string key = KeyOf(process);
        List<SettingVersion> versions = await records.HistoryAsync(key, cancel).ConfigureAwait(false);
        string? json = await redis.StringGetAsync(keys.SettingsBase).ConfigureAwait(false);
        if (
            json != null
            && SettingsSnapshot.FromJson(json).Records.TryGetValue(key, out JsonElement value)
            && !versions.Exists(version => version.IsSame(value.GetRawText()))
        )
        {
            versions.Add(SettingVersion.OfBase(value.GetRawText()));
        }

        return versions;
    }

    /// <summary>Tells one definition from another, by what an engine keeps of it.</summary>
    public static string VersionOf(string? json) =>
        json == null ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..16];

    /// <summary>Stores a definition. It governs instances two seconds of log time later.</summary>
    public Task StoreAsync(string process, string json, string by, string because) =>
        records.WriteAsync(KeyOf(process), JsonFields.Parse(json)!, by, because);

    /// <summary>Sets the level of an instance until a time.</summary>
    /// <param name="until">Log time, ms.</param>
    public Task OverrideAsync(string process, string instance, int level, long until, string by, string because) =>
        records.WriteAsync(
            OverrideKeyOf(process, instance),
            new JsonObject { ["level"] = level, ["until"] = until },
            by,
            because
        );

    /// <summary>Ends the level that a person has set.</summary>
    public Task EndOverrideAsync(string process, string instance, string by, string because) =>
        records.DeleteAsync(OverrideKeyOf(process, instance), by, because);

    private static string KeyOf(string process) => $"process/{process}";

    private static string OverrideKeyOf(string process, string instance) =>
        string.Create(CultureInfo.InvariantCulture, $"{OverrideKind.Name}/{process}/{instance}");
}
