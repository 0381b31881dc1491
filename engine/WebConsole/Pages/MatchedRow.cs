using System.Text.Json.Nodes;
using Engine.Workflows.Messages.Settings;

namespace Engine.WebConsole.Pages;

/// <summary>A rule that matched a message.</summary>
/// <param name="Matched">As the result has it.</param>
/// <param name="Rule">The rule then; null if the settings of that time are no longer known.</param>
public sealed record MatchedRow(JsonObject Matched, MessageRule? Rule);
