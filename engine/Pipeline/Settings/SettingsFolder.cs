using System.Text.Json;
using Engine.Contracts.Settings;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Engine.Pipeline.Settings;

/// <summary>
/// Records of <c>settings</c> in files, for a group's first start: each <c>*.yaml</c> is a map of <c>kind/id</c> to a value. A key may stand
/// in one file only.
/// </summary>
public static class SettingsFolder
{
    /// <summary>All records, by key, as JSON; throws <see cref="ConfigException"/> with file and place.</summary>
    public static SortedDictionary<string, string> Read(string folder)
    {
        var records = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!Directory.Exists(folder)) throw new ConfigException($"{folder}: there is no such folder of settings");
        ISerializer json = new SerializerBuilder().JsonCompatible().Build();
        foreach (string file in Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            try
            {
                // Scalars keep their YAML types: a number stays a number, a quoted one is text.
                IDeserializer yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
                var map = yaml.Deserialize<Dictionary<string, object?>>(File.ReadAllText(file)) ?? [];
                foreach ((string key, object? value) in map)
                {
                    string text = json.Serialize(value ?? throw new ConfigException($"{file}: {key} has no value")).Trim();
                    using JsonDocument check = JsonDocument.Parse(text);
                    if (!records.TryAdd(key, text)) throw new ConfigException($"{file}: {key} stands in another file, too");
                }
            }
            catch (YamlException e)
            {
                throw new ConfigException($"{file}, line {e.Start.Line}, column {e.Start.Column}: {e.InnerException?.Message ?? e.Message}");
            }
        }
        return records;
    }

    /// <summary>Loads every record, and says all that is wrong, not only the first.</summary>
    public static List<string> Check(IReadOnlyDictionary<string, string> records, SettingFiles files, IReadOnlyList<ISettingKind>? others = null)
    {
        List<string> problems = [];
        var book = new SettingsBook(files, others);
        foreach ((string key, string value) in records)
        {
            try
            {
                book.Apply(key, value);
            }
            catch (SettingException e)
            {
                problems.Add(e.Message);
            }
        }
        return problems;
    }
}

/// <summary>A configuration that doesn't load: what, where, and what was expected.</summary>
public sealed class ConfigException(string message) : Exception(message);
