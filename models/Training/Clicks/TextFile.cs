using System.IO.Compression;

namespace Models.Training.Clicks;

/// <summary>Reads the lines of text files, decompressing those that end in .gz.</summary>
internal static class TextFile
{
    public static IEnumerable<string> Lines(string file)
    {
        using Stream raw = File.OpenRead(file);
        using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(raw, CompressionMode.Decompress)
            : raw;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                yield return line;
            }
        }
    }
}
