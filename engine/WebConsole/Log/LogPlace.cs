using System.Globalization;

namespace Engine.WebConsole.Log;

/// <summary>Reads places of the log as results name them: <c>interactions-2@118233</c>.</summary>
internal static class LogPlace
{
    /// <summary>The partition and the offset; null if it isn't a place in the topic.</summary>
    public static (int Partition, long Offset)? Parse(string topic, string? at)
    {
        string start = topic + "-";
        return
            at?.Split('@') is [var partition, var offset]
            && partition.StartsWith(start, StringComparison.Ordinal)
            && int.TryParse(
                partition.AsSpan(start.Length),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out int number
            )
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out long place)
            ? (number, place)
            : null;
    }
}
