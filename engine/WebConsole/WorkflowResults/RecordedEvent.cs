using System.Text.Json.Nodes;
using Engine.WebConsole.Log;

namespace Engine.WebConsole.WorkflowResults;

/// <summary>An event of a workflow as the log has it.</summary>
/// <param name="Fields">As its sender wrote them: nobody has checked them.</param>
public sealed record RecordedEvent(LogRecord Record, JsonObject Fields)
{
    /// <summary>The event's type; empty if it doesn't say.</summary>
    public string Type => Text("type") ?? "";

    /// <summary>A field as text; null if it isn't there, or if it is an object or a list.</summary>
    public string? Text(string name) => EventText.Text(Fields, name);

    /// <summary>Who sent it from the console; null if it didn't come from there.</summary>
    public string? By => Record.Header(SettingVersion.ByHeader);

    /// <summary>Why somebody sent it from the console.</summary>
    public string? Because => Record.Header(SettingVersion.BecauseHeader);
}
