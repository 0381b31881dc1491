using System.Text.Json;
using Models.Training.Data;

namespace Models.Training.Clicks;

/// <summary>Reads click labels by id: JSONL of the contract's labels (`click`, `valid`), or CSV or tab-separated text
/// whose first line names the columns: `click`, `id` or `sid`, and `label` with 1 for invalid.</summary>
internal static class LabelFile
{
    private static readonly string[] IdNames = ["click", "id", "sid"];

    /// <param name="latest">The latest time of a label; 0 if none has one.</param>
    public static Dictionary<string, bool> Read(string file, out long latest)
    {
        var labels = new Dictionary<string, bool>();
        latest = 0;
        (int Id, int Label, char Between)? columns = null;
        int number = 0;
        foreach (string line in TextFile.Lines(file))
        {
            number++;
            if (line[0] == '{')
            {
                latest = Math.Max(latest, AddJson(labels, line, $"{file}:{number}"));
            }
            else if (columns is not { } c)
            {
                char between = line.Contains('\t') ? '\t' : ',';
                string[] names = line.Split(between);
                columns = (Array.FindIndex(names, n => IdNames.Contains(n)), Array.IndexOf(names, "label"), between);
                if (columns is { Id: < 0 } or { Label: < 0 })
                {
                    throw new DataException(
                        $"{file}:1: expected a line of names with click (or id, sid) and label, found: "
                            + $"{line[..Math.Min(80, line.Length)]}"
                    );
                }
            }
            else
            {
                string[] parts = line.Split(c.Between);
                string label = c.Label < parts.Length ? parts[c.Label] : "";
                labels[parts[Math.Min(c.Id, parts.Length - 1)]] = label is "0" or "1"
                    ? label == "1"
                    : throw new DataException($"{file}:{number}: expected label 0 or 1, found \"{label}\"");
            }
        }

        return labels;
    }

    private static long AddJson(Dictionary<string, bool> labels, string line, string where)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            labels[document.RootElement.GetProperty("click").GetString()!] = !document
                .RootElement.GetProperty("valid")
                .GetBoolean();
            return document.RootElement.TryGetProperty("time", out JsonElement time) && time.TryGetInt64(out long ms)
                ? ms
                : 0;
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
        {
            throw new DataException($"{where}: expected a label with \"click\" and \"valid\", true or false");
        }
    }
}
