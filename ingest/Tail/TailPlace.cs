using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingest.Tail;

/// <summary>
/// How far a log was read, known by what it holds: a file is the same one if its first bytes and those just before the
/// place are the same. That survives renaming and copying, tells a truncated and refilled log from the old one, and
/// needs no inode numbers.
/// </summary>
/// <param name="Offset">The first byte that wasn't read: a line's beginning.</param>
/// <param name="Line">How many lines lie before it.</param>
/// <param name="HeadLength">How many bytes of the beginning <paramref name="Head"/> speaks of.</param>
/// <param name="LastLength">How many bytes before <paramref name="Offset"/> <paramref name="Last"/> speaks of.</param>
internal sealed record TailPlace(long Offset, long Line, int HeadLength, ulong Head, int LastLength, ulong Last)
{
    /// <summary>
    /// Bytes that are looked at on either side: some lines, no two logs of which are alike, for they hold times.
    /// </summary>
    private const int Looked = 1024;

    /// <summary>What is added to a log's name for the file of its place.</summary>
    internal const string FileSuffix = ".place";

    /// <summary>The beginning of any file.</summary>
    internal static readonly TailPlace Start = new(0, 0, 0, 0, 0, 0);

    /// <summary>The place at an offset of a file.</summary>
    internal static TailPlace Of(Stream file, long offset, long line)
    {
        int length = (int)Math.Min(Looked, offset);
        return new TailPlace(
            offset,
            line,
            length,
            HashAt(file, 0, length) ?? 0,
            length,
            HashAt(file, offset - length, length) ?? 0
        );
    }

    /// <summary>Whether a file is the one that this is a place in.</summary>
    internal bool IsIn(Stream file) =>
        file.Length >= Offset
        && HashAt(file, 0, HeadLength) == Head
        && HashAt(file, Offset - LastLength, LastLength) == Last;

    /// <summary>Reads a place that was kept; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is there and holds no place.</exception>
    internal static TailPlace? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), TailPlaceJson.Default.TailPlace)
                ?? throw new JsonException("it holds null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"{path} holds no place of a log ({error.Message}): remove it to read the log from its beginning.",
                error
            );
        }
    }

    /// <summary>
    /// Keeps the place: written beside, flushed to the disk and moved, so that a crash leaves the old one or the new.
    /// </summary>
    internal void Write(string path)
    {
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, this, TailPlaceJson.Default.TailPlace);
            file.Flush(flushToDisk: true);
        }
        File.Move(path + ".new", path, overwrite: true);
    }

    private static ulong? HashAt(Stream file, long from, int length)
    {
        if (length == 0)
        {
            return 0;
        }

        byte[] bytes = new byte[length];
        long before = file.Position;
        file.Position = from;
        int read = file.ReadAtLeast(bytes, length, throwOnEndOfStream: false);
        file.Position = before;
        return read == length ? XxHash64.HashToUInt64(bytes) : null;
    }
}

[JsonSerializable(typeof(TailPlace))]
internal sealed partial class TailPlaceJson : JsonSerializerContext;
