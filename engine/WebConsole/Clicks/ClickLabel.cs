using System.Text.Json.Nodes;
using Engine.WebConsole.Log;

namespace Engine.WebConsole.Clicks;

/// <summary>A label of a click, as the topic <c>labels</c> has it.</summary>
/// <param name="Time">In ms since the Unix epoch.</param>
/// <param name="By">Who wrote it on the console; null for labels from elsewhere.</param>
/// <param name="Because">Why; null for labels from elsewhere.</param>
public sealed record ClickLabel(long Time, bool Valid, string Source, string? By, string? Because)
{
    /// <summary>The source of labels from the console.</summary>
    public const string Analyst = "analyst";

    /// <summary>The label of a click in a record; null if it isn't one.</summary>
    public static ClickLabel? Of(LogRecord record, string click) =>
        EventText.FieldsOf(record) is { } fields
        && EventText.Text(fields, "type") == "label"
        && EventText.Text(fields, "click") == click
        && EventText.Text(fields, "source") is { } source
            ? new ClickLabel(
                record.Timestamp,
                EventText.Text(fields, "valid") == "true",
                source,
                EventText.Text(fields, "by"),
                EventText.Text(fields, "because")
            )
            : null;

    /// <summary>The event that says it, with who and why, which readers of labels skip.</summary>
    /// <param name="of">The click as the log has it, whose dimensions the label carries; null if it is no longer
    /// there.</param>
    public JsonObject ToEvent(string click, RecordedClick? of)
    {
        var label = new JsonObject
        {
            ["type"] = "label",
            ["click"] = click,
            ["time"] = Time,
            ["valid"] = Valid,
            ["source"] = Source,
            ["by"] = By,
            ["because"] = Because,
        };
        // With its publisher, a label is added up by the owner of its own partition.
        if (of?.Publisher != null)
        {
            foreach (string field in (ReadOnlySpan<string>)["ip", "publisher", "placement", "campaign", "device"])
            {
                if (of.Fields[field] is { } value)
                {
                    label[field] = value.DeepClone();
                }
            }
        }

        return label;
    }
}
