using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Contracts.Settings;
using Engine.Primitives;

namespace Engine.Pipeline.Settings;

/// <summary>The settings in force for a group from the beginning of the log: the files' records, overridden by the
/// topic's, as of the group's first start. Stored under <c>settings-base:&lt;group&gt;</c>, with the group's hash
/// secrets.</summary>
public sealed record SettingsSnapshot
{
    /// <summary>The first offset in <c>settings</c> that isn't included.</summary>
    [JsonPropertyName("offset")]
    public long Offset { get; init; }

    /// <summary>Log time of <c>settings</c> at that offset, ms.</summary>
    [JsonPropertyName("log_time")]
    public long LogTime { get; init; }

    /// <summary>The records, by key, as JSON.</summary>
    [JsonPropertyName("records")]
    public SortedDictionary<string, JsonElement> Records { get; init; } = [];

    /// <summary>The files' records, to which a key goes back when its record is deleted. Null in a base that an earlier
    /// version has set: there a deleted key is gone.</summary>
    [JsonPropertyName("files")]
    public SortedDictionary<string, JsonElement>? Files { get; init; }

    /// <summary>The workflows' kinds of settings of which there ever was a record, deleted ones included. Null in a
    /// base that an earlier version has set.</summary>
    [JsonPropertyName("kinds")]
    public IReadOnlyList<string>? Kinds { get; init; }

    /// <summary>Two 64-bit secrets in hex, for fingerprints.</summary>
    [JsonPropertyName("hash_key")]
    public string HashKey { get; init; } = "";

    public static string NewHashKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    [JsonIgnore]
    public KeyedHash Hash => new(Convert.ToUInt64(HashKey[..16], 16), Convert.ToUInt64(HashKey[16..], 16));

    public string ToJson() => JsonSerializer.Serialize(this, SettingsSnapshotJson.Default.SettingsSnapshot);

    public static SettingsSnapshot FromJson(string json) =>
        JsonSerializer.Deserialize(json, SettingsSnapshotJson.Default.SettingsSnapshot)
        ?? throw new FormatException("the settings snapshot is null");
}

[JsonSerializable(typeof(SettingsSnapshot))]
internal sealed partial class SettingsSnapshotJson : JsonSerializerContext;

/// <summary>Collects parsed records of settings and builds versions from them. An invalid record changes nothing: the
/// record before it stays.</summary>
/// <param name="others">Setting kinds owned by workflows.</param>
public sealed class SettingsBuilder(SettingFiles files, IReadOnlyList<ISettingKind>? others = null)
{
    private readonly Dictionary<string, object> _records = new(StringComparer.Ordinal),
        _files = new(StringComparer.Ordinal);

    /// <summary>What has changed since the last version was built.</summary>
    private readonly List<SettingChange> _changes = [];
    private DecisionSettings? _last;

    /// <summary>The workflows' kinds of which there ever was a record, in order. One that deletes counts: compaction
    /// leaves it of what it deleted. Versions share the list until it grows.</summary>
    public IReadOnlyList<string> Kinds { get; private set; } = [];

    /// <summary>Applies a record of the files. The key goes back to it when a later record is deleted.</summary>
    /// <exception cref="SettingException">The record is invalid.</exception>
    public void ApplyFile(string key, string json)
    {
        Apply(key, json);
        _files[key] = _records[key];
    }

    /// <summary>Applies a record, or throws a <see cref="SettingException"/>. An empty value deletes.</summary>
    public void Apply(string key, string? json)
    {
        Replace(
            key,
            string.IsNullOrEmpty(json) ? _files.GetValueOrDefault(key) : SettingParser.Parse(key, json, files, others)
        );
        string kind = key.Split('/')[0];
        if (!Kinds.Contains(kind) && others?.Any(other => other.Kind == kind) == true)
        {
            Kinds = [.. Kinds.Append(kind).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Replaces a record with a parsed setting; null deletes.</summary>
    public void Replace(string key, object? setting)
    {
        _records.Remove(key, out object? before);
        _changes.Add(new SettingChange(key, before, setting));
        if (setting != null)
        {
            _records.Add(key, setting);
        }
    }

    /// <summary>Builds a version. It shares with the one before it what hasn't changed.</summary>
    /// <param name="hash">The same each time.</param>
    public DecisionSettings Build(string version, KeyedHash hash)
    {
        _last =
            _last == null
                ? DecisionSettings.Build(version, hash, _records, Kinds)
                : _last.With(version, _changes, Kinds);
        _changes.Clear();
        return _last;
    }

    /// <summary>Creates a builder with the snapshot's records. Throws a <see cref="SettingException"/> if one doesn't
    /// load here.</summary>
    public static SettingsBuilder Of(
        SettingsSnapshot settings,
        SettingFiles files,
        IReadOnlyList<ISettingKind>? others = null
    )
    {
        var builder = new SettingsBuilder(files, others) { Kinds = settings.Kinds ?? [] };
        foreach ((string key, JsonElement value) in settings.Files ?? [])
        {
            builder.ApplyFile(key, value.GetRawText());
        }

        foreach ((string key, JsonElement value) in settings.Records)
        {
            builder.Apply(key, value.GetRawText());
        }

        return builder;
    }
}
