using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Contracts.Settings;
using Engine.Primitives;

namespace Engine.Pipeline.Settings;

/// <summary>
/// What is in force from the log's beginning for a group: the files' records with the topic's over them, as they stood
/// when the group first started. Kept under <c>settings-base:&lt;group&gt;</c>, with the group's hash secrets.
/// </summary>
public sealed record SettingsSnapshot
{
    /// <summary>The offset in <c>settings</c> from which records are later ones.</summary>
    [JsonPropertyName("offset")]
    public long Offset { get; init; }

    /// <summary>Log time of <c>settings</c> up to there, ms.</summary>
    [JsonPropertyName("log_time")]
    public long LogTime { get; init; }

    /// <summary>The records, by key, as JSON.</summary>
    [JsonPropertyName("records")]
    public SortedDictionary<string, JsonElement> Records { get; init; } = [];

    /// <summary>Two secrets of 64 bits in hex, for fingerprints.</summary>
    [JsonPropertyName("hash_key")]
    public string HashKey { get; init; } = "";

    public static string NewHashKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    [JsonIgnore]
    public KeyedHash Hash => new(Convert.ToUInt64(HashKey[..16], 16), Convert.ToUInt64(HashKey[16..], 16));

    public string ToJson() => JsonSerializer.Serialize(this, SettingsSnapshotJson.Default.SettingsSnapshot);

    public static SettingsSnapshot FromJson(string json) =>
        JsonSerializer.Deserialize(json, SettingsSnapshotJson.Default.SettingsSnapshot)
        ?? throw new FormatException("the base of settings is null");
}

[JsonSerializable(typeof(SettingsSnapshot))]
internal sealed partial class SettingsSnapshotJson : JsonSerializerContext;

/// <summary>
/// Records of settings as they come, parsed; versions are made from it. A record that doesn't load changes nothing: the
/// one before it stays.
/// </summary>
/// <param name="others">Kinds that others than the pipeline go by.</param>
public sealed class SettingsBuilder(SettingFiles files, IReadOnlyList<ISettingKind>? others = null)
{
    private readonly Dictionary<string, object> _records = new(StringComparer.Ordinal);

    /// <summary>Takes a record in, or throws <see cref="SettingException"/>. An empty value deletes.</summary>
    public void Apply(string key, string? json)
    {
        if (string.IsNullOrEmpty(json))
        {
            _records.Remove(key);
        }
        else
        {
            _records[key] = SettingParser.Parse(key, json, files, others);
        }
    }

    /// <summary>Puts something parsed in a record's place.</summary>
    public void Replace(string key, object setting) => _records[key] = setting;

    public DecisionSettings Build(string version, KeyedHash hash) => DecisionSettings.Build(version, hash, _records);

    /// <summary>
    /// A book with the base's records; throws <see cref="SettingException"/> where one doesn't load here.
    /// </summary>
    public static SettingsBuilder Of(
        SettingsSnapshot settings,
        SettingFiles files,
        IReadOnlyList<ISettingKind>? others = null
    )
    {
        var book = new SettingsBuilder(files, others);
        foreach ((string key, JsonElement value) in settings.Records)
        {
            book.Apply(key, value.GetRawText());
        }

        return book;
    }
}
