using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Client;

namespace Engine.App.Terminal;

/// <summary>Formats a verdict for people.</summary>
public static class VerdictText
{
    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(Verdict verdict)
    {
        if (verdict.IsAssumed)
        {
            return string.Join(
                Environment.NewLine,
                $"click     {verdict.Click}",
                $"class     {verdict.Class} (band {verdict.Band})",
                $"action    {verdict.Action}, billable",
                "assumed   the click is decided, and the engine doesn't write plain valid verdicts"
            );
        }

        var lines = new List<string>
        {
            $"click     {verdict.Click}",
            $"class     {verdict.Class} (band {verdict.Band})",
            $"action    {verdict.Action}, {(verdict.Billable ? "billable" : "not billable")}",
            FormattableString.Invariant($"score     {verdict.Score:0.####}"),
            $"path      {verdict.Path}",
        };
        if (verdict.Time is { } time)
        {
            lines.Add(
                FormattableString.Invariant(
                    $"time      {DateTimeOffset.FromUnixTimeMilliseconds(time):yyyy-MM-dd HH:mm:ss.fff} UTC"
                )
            );
        }

        if (verdict.At is { } at)
        {
            lines.Add($"at        {at}");
        }

        lines.Add($"decided   by {verdict.Model}, settings {verdict.Settings}");
        lines.Add(verdict.Reasons.Count == 0 ? "reasons   none" : "reasons");
        foreach (string reason in verdict.Reasons)
        {
            lines.Add($"  {reason,-22} {Entry(verdict.Evidence[reason])}");
        }

        foreach ((string reason, JsonNode? entry) in verdict.Evidence)
        {
            if (!verdict.Reasons.Contains(reason))
            {
                lines.Add($"  {reason,-22} doesn't act: {Entry(entry)}");
            }
        }

        return string.Join(Environment.NewLine, lines);
    }

    private static string Entry(JsonNode? evidence) =>
        evidence is JsonObject fields
            ? string.Join(", ", fields.Select(field => $"{field.Key} {field.Value?.ToJsonString(Relaxed).Trim('"')}"))
            : "";
}
