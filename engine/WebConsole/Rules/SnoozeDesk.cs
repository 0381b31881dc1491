using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Pipeline.Settings;
using Engine.Web;

namespace Engine.WebConsole.Rules;

/// <summary>Reads snoozes, and writes them as records of <c>settings</c>. Thread-safe.</summary>
internal sealed class SnoozeDesk(SettingsTimeline timeline, IEventOut kafka)
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
        kafka.SendAsync(
            Topics.Settings,
            KeyOf($"s-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}"),
            Encoding.UTF8.GetBytes(
                new JsonObject
                {
                    ["reason"] = reason,
                    ["publisher"] = publisher,
                    ["until"] = until,
                    ["by"] = by,
                    ["because"] = because,
                }.ToJsonString()
            )
        );

    /// <summary>Ends a snooze before its time.</summary>
    public Task EndAsync(string id, string by, string because) =>
        kafka.SendAsync(
            Topics.Settings,
            KeyOf(id),
            [],
            (SettingChangeHeaders.By, by),
            (SettingChangeHeaders.Because, because)
        );

    private static string KeyOf(string id) => $"snooze/{id}";
}
