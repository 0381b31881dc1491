using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Engine.Partitions.Kafka;

/// <summary>Cuts a message that is too large for the broker, a part at a time, and notes in the header
/// <c>error.truncated</c> what was cut: the value's original length in bytes, <c>key 1200000</c>,
/// <c>header name 1200000</c>, and <c>headers 30000</c> for the number of headers if some were dropped.</summary>
internal static class ShortenedMessage
{
    private const string Truncated = "error.truncated";

    /// <summary>Parts up to this length in bytes are kept whole while there is anything else to cut.</summary>
    private const int Small = 1024;

    /// <summary>Halves the largest part, or drops half of the headers if no part is large. Returns false if nothing is
    /// left to cut.</summary>
    public static bool Shorten(Message<byte[], byte[]> message)
    {
        message.Headers ??= [];
        byte[] value = message.Value ?? [],
            key = message.Key ?? [];
        IHeader? header = message.Headers.MaxBy(one => LengthOf(one));
        int inHeader = header == null ? 0 : LengthOf(header),
            largest = Math.Max(value.Length, Math.Max(key.Length, inHeader));
        if (largest <= Small && DropHeaders(message))
        {
            return true;
        }

        if (largest <= 1)
        {
            return false;
        }

        if (value.Length == largest)
        {
            Note(message, "", value.Length);
            message.Value = value[..(largest / 2)];
        }
        else if (key.Length == largest)
        {
            Note(message, "key ", key.Length);
            message.Key = key[..(largest / 2)];
        }
        else
        {
            Note(message, $"header {header!.Key} ", largest);
            Replace(message, one => one == header ? one.GetValueBytes()[..(largest / 2)] : one.GetValueBytes());
        }

        return true;
    }

    /// <summary>Drops the first half of the headers that the event came with. False if it has none.</summary>
    private static bool DropHeaders(Message<byte[], byte[]> message)
    {
        IHeader[] foreign = [.. message.Headers.Where(header => !IsOwn(header))];
        if (foreign.Length == 0)
        {
            return false;
        }

        Note(message, "headers ", foreign.Length);
        HashSet<IHeader> dropped = [.. foreign.Take((foreign.Length + 1) / 2)];
        var kept = new Headers();
        foreach (IHeader header in message.Headers.Where(header => !dropped.Contains(header)))
        {
            kept.Add(header.Key, header.GetValueBytes());
        }

        message.Headers = kept;
        return true;
    }

    /// <summary>Notes an original length, once.</summary>
    private static void Note(Message<byte[], byte[]> message, string part, int length)
    {
        string[] noted = message.Headers.TryGetLastBytes(Truncated, out byte[] text)
            ? Encoding.UTF8.GetString(text).Split("; ")
            : [];
        if (noted.Any(one => one[..(one.LastIndexOf(' ') + 1)] == part))
        {
            return;
        }

        message.Headers.Remove(Truncated);
        string all = string.Join("; ", [.. noted, part + length.ToString(CultureInfo.InvariantCulture)]);
        message.Headers.Add(Truncated, Encoding.UTF8.GetBytes(all));
    }

    private static void Replace(Message<byte[], byte[]> message, Func<IHeader, byte[]> value)
    {
        var headers = new Headers();
        foreach (IHeader header in message.Headers)
        {
            headers.Add(header.Key, value(header));
        }

        message.Headers = headers;
    }

    private static bool IsOwn(IHeader header) =>
        header.Key == "id" || header.Key.StartsWith("error.", StringComparison.Ordinal);

    private static int LengthOf(IHeader header) => header.GetValueBytes()?.Length ?? 0;
}
