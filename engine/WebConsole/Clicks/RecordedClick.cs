using System.Globalization;
using System.Text.Json.Nodes;
using Engine.WebConsole.Log;

namespace Engine.WebConsole.Clicks;

/// <summary>A click as the log has it.</summary>
/// <param name="Record">The record.</param>
/// <param name="Fields">The event's fields.</param>
public sealed record RecordedClick(LogRecord Record, JsonObject Fields)
{
    public string Id => Text("id") ?? "";

    /// <summary>The key that it lies under: its network, <c>203.0.113.0/24</c>.</summary>
    public string? Network => Record.KeyText;

    public string? Visitor => Text("visitor");

    public string? Campaign => Text("campaign");

    public string? Publisher => Text("publisher");

    /// <summary>In micros; null if the event doesn't say.</summary>
    public long? CostMicros =>
        long.TryParse(Text("cost_micros"), NumberStyles.None, CultureInfo.InvariantCulture, out long cost)
            ? cost
            : null;

    /// <summary>A field as text; null if it isn't there.</summary>
    public string? Text(string name) => EventText.Text(Fields, name);

    /// <summary>The click in a record; null if it isn't one.</summary>
    public static RecordedClick? Of(LogRecord record) =>
        EventText.FieldsOf(record) is { } fields
        && EventText.Text(fields, "type") == "click"
        && EventText.Text(fields, "id") != null
            ? new RecordedClick(record, fields)
            : null;
}
