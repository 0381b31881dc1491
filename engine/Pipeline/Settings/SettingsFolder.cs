using Engine.Configuration;
using Engine.Contracts.Settings;
using YamlDotNet.Core;

namespace Engine.Pipeline.Settings;

/// <summary>Reads records of <c>settings</c> from files, for a group's first start. Each <c>*.yaml</c> is a map from
/// <c>kind/id</c> to a value. A key may be in only one file of all folders.</summary>
public static class SettingsFolder
{
    /// <summary>Reads all records, by key, as JSON. Throws a <see cref="ConfigException"/> with file and
    /// position.</summary>
    public static SortedDictionary<string, string> Read(params IEnumerable<string> folders)
    {
        var records = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in folders.SelectMany(Files))
        {
            foreach ((string key, string? value) in RecordsOf(file))
            {
                if (!records.TryAdd(key, value ?? throw new ConfigException($"{file}: {key} has no value")))
                {
                    throw new ConfigException($"{file}: {key} is in another file, too");
                }
            }
        }
        return records;
    }

    /// <summary>Reads the records of a single file, in which a key without a value deletes. Throws a
    /// <see cref="ConfigException"/> with file and position.</summary>
    public static SortedDictionary<string, string?> ReadDraft(string file) =>
        new(RecordsOf(file).ToDictionary(record => record.Key, record => record.Value), StringComparer.Ordinal);

    private static List<(string Key, string? Value)> RecordsOf(string file)
    {
        try
        {
            return [.. YamlJson.Map(File.ReadAllText(file))];
        }
        catch (YamlException e)
        {
            throw new ConfigException($"{file}, {YamlJson.Describe(e)}");
        }
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal)
            : throw new ConfigException($"{folder}: settings folder not found");

    /// <summary>Loads every record and reports all errors, not only the first.</summary>
    public static List<string> Check(
        IReadOnlyDictionary<string, string> records,
        SettingFiles files,
        IReadOnlyList<ISettingKind>? others = null
    )
    {
        List<string> problems = [];
        var builder = new SettingsBuilder(files, others);
        foreach ((string key, string value) in records)
        {
            try
            {
                builder.Apply(key, value);
            }
            catch (SettingException e)
            {
                problems.Add(e.Message);
            }
        }
        return problems;
    }
}
