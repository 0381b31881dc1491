using System.Globalization;

namespace Engine.Contracts;

/// <summary>Where a record lies in the log, in the form of results and evidence:
/// <c>interactions-2@118233</c>.</summary>
/// <param name="Offset">0 or more.</param>
public readonly record struct LogPlace(string Topic, int Partition, long Offset)
{
    /// <summary>Gets the form of a place in a partition whose name is known, such as
    /// <c>interactions-2</c>.</summary>
    public static string Text(string partition, long offset) =>
        string.Create(CultureInfo.InvariantCulture, $"{partition}@{offset}");

    /// <summary>Reads a place in a topic; null if the text isn't one.</summary>
    public static LogPlace? Parse(string topic, string? at)
    {
        ReadOnlySpan<char> text = at;
        int sign = text.IndexOf('@');
        return
            sign > topic.Length
            && text.StartsWith(topic)
            && text[topic.Length] == '-'
            && int.TryParse(
                text[(topic.Length + 1)..sign],
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out int partition
            )
            && long.TryParse(text[(sign + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? new LogPlace(topic, partition, offset)
            : null;
    }

    public override string ToString() => Text(RedisKeys.Partition(Topic, Partition), Offset);
}
