using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Web;

namespace Engine.WebConsole.Log;

/// <summary>Writes and reads records of <c>settings</c>, each with who wrote it and why. What is written is in force
/// two seconds of log time later. Thread-safe.</summary>
internal sealed class SettingRecords(TopicReader topics, IEventOut kafka)
{
    /// <summary>The number of the latest records among which a setting's changes are looked for.</summary>
    private const int HistoryRecords = 5_000;

    /// <summary>Writes a setting, and completes when Kafka has it.</summary>
    public Task WriteAsync(string key, JsonObject value, string by, string because)
    {
        value["by"] = by;
        value["because"] = because;
        return kafka.SendAsync(Topics.Settings, key, Encoding.UTF8.GetBytes(value.ToJsonString(EventText.Relaxed)));
    }

    /// <summary>Deletes a setting, and completes when Kafka has that. The record's value is empty, so headers say who
    /// and why.</summary>
    public Task DeleteAsync(string key, string by, string because) =>
        kafka.SendAsync(
            Topics.Settings,
            key,
            [],
            (SettingVersion.ByHeader, by),
            (SettingVersion.BecauseHeader, because)
        );

    /// <summary>The latest changes of a setting, the latest first.</summary>
    public async Task<List<SettingVersion>> HistoryAsync(string key, CancellationToken cancel)
    {
        IReadOnlyList<LogRecord> records = await topics
            .ReadLastAsync(Topics.Settings, 0, HistoryRecords, cancel)
            .ConfigureAwait(false);
        return [.. records.Where(record => record.KeyText == key).Reverse().Select(SettingVersion.Of)];
    }
}
