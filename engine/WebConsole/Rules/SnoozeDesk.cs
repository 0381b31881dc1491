using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Pipeline.Settings;
using Engine.WebConsole.Log;

namespace Engine.WebConsole.Rules;

/// <summary>Reads snoozes, and writes them as records of <c>settings</c>. Thread-safe.</summary>
internal sealed class SnoozeDesk(SettingsTimeline timeline, SettingRecords records)
{
    /// <summary>The reasons that can be snoozed.</summary>
    public static IReadOnlyList<string> Codes { get; } =
    [
        .. Reasons
            .Table.Where(entry => SettingParser.CanSnooze(entry.Reason))
            .Select(entry => entry.Code)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The snoozes of the latest settings, by publisher; those that are over included.</summary>
    public IReadOnlyList<SnoozeSetting> All => timeline.Latest.Snoozes;

    /// <summary>Writes a snooze under an id of its own.</summary>
    /// <param name="until">Event time, ms.</param>
    public Task AddAsync(string reason, string publisher, long until, string by, string because) =>
        records.WriteAsync(
            KeyOf($"s-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}"),
            new JsonObject
            {
                ["reason"] = reason,
                ["publisher"] = publisher,
                ["until"] = until,
            },
            by,
            because
        );

    /// <summary>Ends a snooze before its time.</summary>
    public Task EndAsync(string id, string by, string because) => records.DeleteAsync(KeyOf(id), by, because);

    private static string KeyOf(string id) => $"snooze/{id}";
}
