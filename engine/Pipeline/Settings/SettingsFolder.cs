using Engine.Contracts.Settings;
using YamlDotNet.Core;

namespace Engine.Pipeline.Settings;

/// <summary>
/// Records of <c>settings</c> in files, for a group's first start: each <c>*.yaml</c> is a map of <c>kind/id</c> to a
/// value. A key may stand in one file of all folders only.
/// </summary>
public static class SettingsFolder
{
    /// <summary>All records, by key, as JSON; throws <see cref="ConfigException"/> with file and place.</summary>
    public static SortedDictionary<string, string> Read(params IEnumerable<string> folders)
    {
        var records = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in folders.SelectMany(Files))
        {
            try
            {
                foreach ((string key, string? value) in YamlJson.Map(File.ReadAllText(file)))
                {
                    if (!records.TryAdd(key, value ?? throw new ConfigException($"{file}: {key} has no value")))
                    {
                        throw new ConfigException($"{file}: {key} stands in another file, too");
                    }
                }
            }
            catch (YamlException e)
            {
                throw new ConfigException(
                    $"{file}, line {e.Start.Line}, column {e.Start.Column}: {e.InnerException?.Message ?? e.Message}"
                );
            }
        }
        return records;
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal)
            : throw new ConfigException($"{folder}: there is no such folder of settings");

    /// <summary>Loads every record, and says all that is wrong, not only the first.</summary>
    public static List<string> Check(
        IReadOnlyDictionary<string, string> records,
        SettingFiles files,
        IReadOnlyList<ISettingKind>? others = null
    )
    {
        List<string> problems = [];
        var book = new SettingsBuilder(files, others);
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
