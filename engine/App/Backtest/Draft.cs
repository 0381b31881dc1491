using Engine.CommandLine;
using Engine.Configuration;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;

namespace Engine.App.Backtest;

/// <summary>A draft of settings that decide about clicks, in the form of the settings files. A key without a value
/// removes the setting.</summary>
internal static class Draft
{
    /// <summary>Reads a draft, and checks each record as an engine does.</summary>
    /// <exception cref="CommandException">It can't be read, or a record doesn't load; with the place.</exception>
    public static IReadOnlyDictionary<string, string?> Read(string path, SettingFiles files)
    {
        SortedDictionary<string, string?> records;
        try
        {
            records = SettingsFolder.ReadDraft(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ConfigException)
        {
            throw new CommandException(e.Message, ExitCodes.WrongUse);
        }

        foreach ((string key, string? json) in records)
        {
            string kind = key.Split('/')[0];
            if (!SettingParser.Kinds.Contains(kind))
            {
                throw new CommandException(
                    $"{path}: {key} decides nothing about clicks; the kinds that do are "
                        + $"{string.Join(", ", SettingParser.Kinds)}.",
                    ExitCodes.WrongUse
                );
            }

            try
            {
                if (json != null)
                {
                    SettingParser.Parse(key, json, files);
                }
            }
            catch (SettingException e)
            {
                throw new CommandException($"{path}: {e.Message}", ExitCodes.WrongUse);
            }
        }

        return records.Count > 0
            ? records
            : throw new CommandException($"{path} holds no settings.", ExitCodes.WrongUse);
    }
}
