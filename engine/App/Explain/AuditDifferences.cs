using System.Globalization;
using System.Text.Json;
using Engine.Pipeline.Consume.Rescore;

namespace Engine.App.Explain;

/// <summary>Compares a verdict with the one that an audit has reproduced.</summary>
internal static class AuditDifferences
{
    /// <summary>Tells in lines what differs, and why it may.</summary>
    public static IEnumerable<string> Between(byte[] given, AuditFinding found)
    {
        string[] fields = found.Reproduced == null ? [] : [.. DifferentFields(given, found.Reproduced)];
        yield return fields.Length == 0 ? "differs" : $"differs     in {string.Join(", ", fields)}";
        if (fields.Contains("model"))
        {
            yield return "  The models are others than those that decided: load those that the verdict names.";
        }

        if (fields.Contains("settings"))
        {
            yield return "  The settings are others: the topic settings no longer has the version, or the group's base "
                + "was made anew.";
        }

        if (found.IsCut)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  The log begins at offset {found.From}: what came before is deleted (retention), and with it what "
                    + $"the verdict may rest on."
            );
        }

        if (found.Mark == null)
        {
            yield return "  No mark tells what the partition knew of others: the click was decided before there were "
                + "marks, or they are deleted (retention of the topic marks).";
        }

        if (!fields.Contains("model") && !fields.Contains("settings") && !found.IsCut && found.Mark != null)
        {
            yield return "  Labels that came late, or a bound that overflowed, may explain it "
                + "(docs/internals/determinism.md); or another version of the engine decided.";
        }
    }

    private static IEnumerable<string> DifferentFields(byte[] given, byte[] reproduced)
    {
        JsonElement one = JsonDocument.Parse(given).RootElement,
            other = JsonDocument.Parse(reproduced).RootElement;
        return one.EnumerateObject()
            .Where(field =>
                !other.TryGetProperty(field.Name, out JsonElement again)
                || again.GetRawText() != field.Value.GetRawText()
            )
            .Select(field => field.Name);
    }
}
