using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Web;
using Engine.WebConsole.Log;

namespace Engine.WebConsole.Rules;

/// <summary>Reads the rules on clicks, and writes them as records of <c>settings</c>. Thread-safe.</summary>
internal sealed class RuleDesk(SettingsTimeline timeline, TopicReader topics, IEventOut kafka)
{
    /// <summary>The number of the latest records of <c>settings</c> among which a rule's changes are looked
    /// for.</summary>
    private const int HistoryRecords = 5_000;

    private static readonly SettingFiles NoFiles = new();

    /// <summary>The rules of the latest settings, in their order.</summary>
    public IReadOnlyList<ClickRule> All => timeline.Latest.Rules;

    /// <summary>A rule of the latest settings; null for none.</summary>
    public ClickRule? Find(string id) => Array.Find(timeline.Latest.Rules, rule => rule.Id == id);

    /// <summary>What is wrong with a rule, with the place and, for a condition, its line and a caret; null if an engine
    /// would load it.</summary>
    public static string? Problem(RuleDraft draft)
    {
        try
        {
            SettingParser.Parse(draft.Key, draft.ToJson().ToJsonString(), NoFiles);
            return null;
        }
        catch (SettingException e)
        {
            return e.Message[(draft.Key.Length + 2)..];
        }
    }

    /// <summary>Writes a rule, and completes when Kafka has it. It is in force two seconds of log time later.</summary>
    public Task WriteAsync(RuleDraft draft, string by, string because)
    {
        JsonObject record = draft.ToJson();
        record["by"] = by;
        record["because"] = because;
        return kafka.SendAsync(Topics.Settings, draft.Key, Encoding.UTF8.GetBytes(record.ToJsonString()));
    }

    /// <summary>Deletes a rule, and completes when Kafka has that. It no longer acts two seconds of log time
    /// later.</summary>
    public Task DeleteAsync(string id, string by, string because) =>
        kafka.SendAsync(
            Topics.Settings,
            RuleDraft.KeyOf(id),
            [],
            (SettingChangeHeaders.By, by),
            (SettingChangeHeaders.Because, because)
        );

    /// <summary>Whether settings have changed since a version so that clicks may be decided otherwise.</summary>
    public bool HaveChangedSince(string version) =>
        timeline.Versions.FirstOrDefault(one => one.Version == version) is not { } before
        || !timeline.Latest.DecidesLike(before);

    /// <summary>The latest changes of a rule, the latest first.</summary>
    public async Task<IReadOnlyList<RuleChange>> HistoryAsync(string id, CancellationToken cancel)
    {
        string key = RuleDraft.KeyOf(id);
        IReadOnlyList<LogRecord> records = await topics
            .ReadLastAsync(Topics.Settings, 0, HistoryRecords, cancel)
            .ConfigureAwait(false);
        return [.. records.Where(record => record.KeyText == key).Reverse().Select(RuleChange.Of)];
    }
}

/// <summary>A change of a rule, as <c>settings</c> has it.</summary>
/// <param name="Time">In ms since the Unix epoch.</param>
/// <param name="By">Who; null if the record doesn't say.</param>
/// <param name="Because">Why; null if the record doesn't say.</param>
/// <param name="Value">The rule that it wrote; null if it deleted.</param>
public sealed record RuleChange(long Time, string? By, string? Because, string? Value)
{
    internal static RuleChange Of(LogRecord record)
    {
        JsonObject? fields = EventText.FieldsOf(record);
        string? by = fields == null ? null : EventText.Text(fields, "by"),
            because = fields == null ? null : EventText.Text(fields, "because");
        by ??= record.Header(SettingChangeHeaders.By);
        because ??= record.Header(SettingChangeHeaders.Because);
        fields?.Remove("by");
        fields?.Remove("because");
        return new RuleChange(record.Timestamp, by, because, fields?.ToJsonString(EventText.Relaxed));
    }
}

/// <summary>Headers of a record that deletes a setting: its empty value can't say who did it, and why.</summary>
internal static class SettingChangeHeaders
{
    public const string By = "by",
        Because = "because";
}
