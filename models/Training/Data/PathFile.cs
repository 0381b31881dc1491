using System.IO.Compression;
using System.Text.Json;

namespace Models.Training.Data;

/// <summary>A line that isn't a path. The message begins with file and line.</summary>
public sealed class DataException(string message) : Exception(message);

/// <summary>Reads paths, one JSON object per line:
/// <c>{"id","source","group","label","family","points":[[t_ms,x,y],...]}</c>; only id and points are required. Files
/// that end in .gz are decompressed.</summary>
public static class PathFile
{
    /// <summary>Reads the paths of a file, in order.</summary>
    /// <exception cref="DataException">A line is malformed and <paramref name="onError"/> is null.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static IEnumerable<PathRecord> Read(string file, Action<string>? onError = null)
    {
        using Stream raw = File.OpenRead(file);
        using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(raw, CompressionMode.Decompress)
            : raw;
        using var reader = new StreamReader(stream);
        for (int number = 1; ReadLine(reader, file) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var (path, wrong) = Parse(line);
            if (path is not null)
            {
                yield return path;
                continue;
            }

            string message = $"{file}:{number}: {wrong}";
            (onError ?? throw new DataException(message))(message);
        }
    }

    private static string? ReadLine(StreamReader reader, string file)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"{file}: not a gzip file, or a damaged one: {e.Message}");
        }
    }

    private static (PathRecord? Path, string Wrong) Parse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (
                root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("points", out JsonElement points)
                || points.ValueKind != JsonValueKind.Array
            )
            {
                return (null, "expected an object with \"points\": [[t_ms,x,y],...]");
            }

            if (Text(root, "id") is not { Length: > 0 } id)
            {
                return (null, "expected a text \"id\"");
            }

            int n = points.GetArrayLength(),
                i = 0;
            if (n is < 1 or > 4096)
            {
                return (null, $"expected 1 to 4096 points, found {n}");
            }

            float[] t = new float[n],
                x = new float[n],
                y = new float[n];
            foreach (JsonElement point in points.EnumerateArray())
            {
                if (
                    point.ValueKind != JsonValueKind.Array
                    || point.GetArrayLength() != 3
                    || !point.EnumerateArray().All(v => v.ValueKind == JsonValueKind.Number)
                )
                {
                    return (null, $"point {i}: expected [t_ms,x,y], three numbers");
                }

                (t[i], x[i], y[i]) = (point[0].GetSingle(), point[1].GetSingle(), point[2].GetSingle());
                if (!float.IsFinite(t[i] + x[i] + y[i]))
                {
                    return (null, $"point {i}: a number out of range");
                }

                i++;
            }

            string source = Text(root, "source") ?? "",
                family = Text(root, "family") ?? "";
            return (
                new PathRecord(id, source, Text(root, "group") ?? id, Text(root, "label") == "bot", family, t, x, y),
                ""
            );
        }
        catch (JsonException e)
        {
            return (null, "invalid JSON: " + e.Message);
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
