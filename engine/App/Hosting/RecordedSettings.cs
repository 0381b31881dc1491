using System.Globalization;
using Engine.CommandLine;
using Engine.Contracts.Settings;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Settings;

namespace Engine.App.Hosting;

/// <summary>The settings of a group from its first start on, to score its log again.</summary>
/// <param name="Base">The settings in force from the log's beginning.</param>
/// <param name="Files">Finds the files that settings name.</param>
/// <param name="Kafka">Where the records since are.</param>
internal sealed record RecordedSettings(SettingsSnapshot Base, SettingFiles Files, KafkaTarget Kafka)
{
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
            SettingsBuilder book = SettingsBuilder.Of(Base, Files, Modules.SettingKinds);
            if (model != null)
            {
                book.Replace("model/clicks", ModelInForce.Load("clicks", model, File.ReadAllBytes));
            }

            foreach ((string key, string? json) in draft ?? new Dictionary<string, string?>())
            {
                book.Replace(key, json == null ? null : SettingParser.Parse(key, json, Files));
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
