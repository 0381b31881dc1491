using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.WebConsole.Log;

namespace Engine.WebConsole.Rules;

/// <summary>Reads the rules on clicks, and writes them as records of <c>settings</c>. Thread-safe.</summary>
internal sealed class RuleDesk(SettingsTimeline timeline, SettingRecords records)
{
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

    /// <summary>Writes a rule, and completes when Kafka has it.</summary>
    public Task WriteAsync(RuleDraft draft, string by, string because) =>
        records.WriteAsync(draft.Key, draft.ToJson(), by, because);

    /// <summary>Deletes a rule, and completes when Kafka has that.</summary>
    public Task DeleteAsync(string id, string by, string because) =>
        records.DeleteAsync(RuleDraft.KeyOf(id), by, because);

    /// <summary>Whether settings have changed since a version so that clicks may be decided otherwise.</summary>
    public bool HaveChangedSince(string version) =>
        timeline.Versions.FirstOrDefault(one => one.Version == version) is not { } before
        || !timeline.Latest.DecidesLike(before);

    /// <summary>The latest changes of a rule, the latest first.</summary>
    public async Task<IReadOnlyList<SettingVersion>> HistoryAsync(string id, CancellationToken cancel) =>
        await records.HistoryAsync(RuleDraft.KeyOf(id), cancel).ConfigureAwait(false);
}
