using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingest.Tail;

/// <summary>How far a log was read, identified by content: a file is the same if its first bytes and those just before
/// the place are the same. This survives renaming and copying, distinguishes a truncated and refilled log from the old
/// one, and needs no inode numbers. In a compressed file, the bytes are those of the text.</summary>
/// <param name="Offset">The first unread byte, which begins a line.</param>
/// <param name="Line">The number of lines before it.</param>
/// <param name="HeadLength">The number of bytes from the beginning that <paramref name="Head"/> covers.</param>
/// <param name="LastLength">The number of bytes before <paramref name="Offset"/> that <paramref name="Last"/>
/// covers.</param>
internal sealed record TailPlace(long Offset, long Line, int HeadLength, ulong Head, int LastLength, ulong Last)
{
    /// <summary>The number of bytes compared at either end: a few lines, which differ between any two logs because they
    /// contain times.</summary>
    private const int ComparedBytes = 1024;

    /// <summary>The suffix of a log's place file.</summary>
    internal const string FileSuffix = ".place";

    /// <summary>The beginning of any file.</summary>
    internal static readonly TailPlace Start = new(0, 0, 0, 0, 0, 0);

    /// <summary>Gets the place at an offset of a file.</summary>
    internal static TailPlace Of(Stream file, long offset, long line)
    {
        int length = (int)Math.Min(ComparedBytes, offset);
        return new TailPlace(
            offset,
            line,
            length,
            HashAt(file, 0, length) ?? 0,
            length,
            HashAt(file, offset - length, length) ?? 0
        );
    }

    /// <summary>Whether a file is the one that contains this place.</summary>
    internal bool IsIn(Stream file) =>
        HashAt(file, 0, HeadLength) == Head && HashAt(file, Offset - LastLength, LastLength) == Last;

    /// <summary>Reads a recorded place, or null if there is none.</summary>
    /// <exception cref="InvalidDataException">The file exists but doesn't contain a place.</exception>
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
                $"{path} isn't a log's place ({error.Message}): remove it to read the log from its beginning.",
                error
            );
        }
    }

    /// <summary>Records the place: writes another file, flushes it to disk and renames it, so that a crash leaves
    /// either the old place or the new one.</summary>
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
