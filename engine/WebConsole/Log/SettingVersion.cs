using System.Text.Json.Nodes;
using Engine.Contracts.Events;

namespace Engine.WebConsole.Log;

/// <summary>A version of a setting.</summary>
/// <param name="Offset">Where <c>settings</c> has it; null if it came with the files of the first start.</param>
/// <param name="Time">In ms since the Unix epoch; 0 if it came with the files.</param>
/// <param name="By">Who; null if the record doesn't say.</param>
/// <param name="Because">Why; null if the record doesn't say.</param>
/// <param name="Json">The value without who and why; null if it deleted.</param>
public sealed record SettingVersion(long? Offset, long Time, string? By, string? Because, string? Json)
{
    /// <summary>Headers of a record that deletes a setting: its empty value can't say who did it, and why.</summary>
    internal const string ByHeader = "by",
        BecauseHeader = "because";

    /// <summary>The offset in addresses.</summary>
    public string Name => Offset?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "base";

    /// <summary>Whether a value is the same, whatever its spaces.</summary>
    public bool IsSame(string json) => Json == Without(JsonFields.Parse(json));

    internal static SettingVersion Of(LogRecord record)
    {
        JsonObject? fields = EventText.FieldsOf(record);
        return new SettingVersion(
            record.Offset,
            record.Timestamp,
            (fields == null ? null : EventText.Text(fields, "by")) ?? record.Header(ByHeader),
            (fields == null ? null : EventText.Text(fields, "because")) ?? record.Header(BecauseHeader),
            Without(fields)
        );
    }

    internal static SettingVersion OfBase(string json) =>
        new(null, 0, null, null, Without(JsonFields.Parse(json)));

    private static string? Without(JsonObject? fields)
    {
        fields?.Remove("by");
        fields?.Remove("because");
        return fields?.ToJsonString(EventText.Relaxed);
    }
}
