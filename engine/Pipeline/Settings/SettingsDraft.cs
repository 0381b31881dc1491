using Engine.Contracts.Settings;
using YamlDotNet.Core;

namespace Engine.Pipeline.Settings;

/// <summary>Reads a draft of a workflow's settings, all of one kind, from YAML.</summary>
public static class SettingsDraft
{
    /// <summary>The result of <see cref="ISettingKind.Parse"/> for each record, in order.</summary>
    /// <exception cref="FormatException">A record is of another kind or can't be used; the message says where and
    /// why.</exception>
    public static IReadOnlyList<T> Read<T>(string yaml, ISettingKind kind)
    {
        List<T> read = [];
        try
        {
            foreach ((string key, string? json) in YamlJson.Map(yaml))
            {
                if (!key.StartsWith(kind.Kind + "/", StringComparison.Ordinal))
                {
                    throw new FormatException($"'{key}': expected {kind.Kind}/…");
                }

                if (json == null)
                {
                    throw new FormatException($"'{key}' has no value");
                }

                var setting = (WorkflowSetting)SettingParser.Parse(key, json, new SettingFiles(), [kind]);
                read.Add((T)setting.Value);
            }
        }
        catch (SettingException wrong)
        {
            throw new FormatException(wrong.Message, wrong);
        }
        catch (YamlException wrong)
        {
            throw new FormatException(YamlJson.Describe(wrong), wrong);
        }

        return read;
    }
}
