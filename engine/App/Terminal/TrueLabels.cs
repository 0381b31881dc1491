using System.IO.Compression;
using System.Text.Json;

namespace Engine.App.Terminal;

/// <summary>A click of the stream with its true label.</summary>
/// <param name="Invalid">Null if unknown.</param>
/// <param name="Kind">The kind of actor that clicked, or the file that the click is from.</param>
internal sealed record LabelledClick(string Click, bool? Invalid, string Kind);

/// <summary>Reads the true labels of a stream from files that the engine never sees: the generator's labels; the
/// <c>label</c> of recorded paths; and, beside <c>X.clicks.jsonl.gz</c>, the columns <c>sid</c> and <c>label</c> of
/// <c>X.tsv.gz</c>.</summary>
internal static class TrueLabels
{
    /// <summary>Reads the labels of the sample traffic: CSV with click,label,kind.</summary>
    public static LabelledClick[] OfSample(string file) =>
        [
            .. File.ReadLines(file)
                .Skip(1)
                .Select(line => line.Split(','))
                .Select(parts => new LabelledClick(parts[0], parts[1] == "1", parts[2])),
        ];

    /// <summary>Reads the labels of files that <c>ingest replay</c> plays.</summary>
    public static LabelledClick[] OfData(IEnumerable<string> files) => [.. files.SelectMany(Of)];

    private static IEnumerable<LabelledClick> Of(string file)
    {
        string name = Path.GetFileName(file).Split('.')[0];
        Dictionary<string, bool> beside = BesideOf(Path.Combine(Path.GetDirectoryName(file)!, name + ".tsv.gz"));
        foreach (string line in Lines(file))
        {
            using JsonDocument? json = Parsed(line);
            if (
                json == null
                || !json.RootElement.TryGetProperty("id", out JsonElement id)
                || id.GetString() is not { } click
            )
            {
                continue;
            }

            bool? invalid = beside.TryGetValue(click, out bool label) ? label : null;
            string kind = name;
            if (
                json.RootElement.TryGetProperty("points", out _)
                && json.RootElement.TryGetProperty("label", out JsonElement human)
            )
            {
                invalid = human.GetString() != "human";
                if (invalid.Value && json.RootElement.TryGetProperty("family", out JsonElement family))
                {
                    kind += $".{family.GetString()}";
                }
            }
            yield return new LabelledClick(click, invalid, kind);
        }
    }

    private static Dictionary<string, bool> BesideOf(string table)
    {
        var labels = new Dictionary<string, bool>(StringComparer.Ordinal);
        if (!File.Exists(table))
        {
            return labels;
        }

        int id = -1,
            label = -1;
        foreach (string line in Lines(table))
        {
            string[] cells = line.Split('\t');
            if (id < 0)
            {
                (id, label) = (Array.IndexOf(cells, "sid"), Array.IndexOf(cells, "label"));
            }
            else if (cells.Length > Math.Max(id, label))
            {
                labels[cells[id]] = cells[label] == "1";
            }

            if (id < 0 || label < 0)
            {
                break;
            }
        }
        return labels;
    }

    private static JsonDocument? Parsed(string line)
    {
        try
        {
            JsonDocument json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                return json;
            }

            json.Dispose();
        }
        catch (JsonException)
        {
            // ingest reports lines that aren't events.
        }
        return null;
    }

    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
