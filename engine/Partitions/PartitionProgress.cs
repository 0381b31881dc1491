using System.Globalization;

namespace Engine.Partitions;

/// <summary>How far a partition's results are written: the value of <c>progress</c> in Redis, an offset, a space and a
/// log time.</summary>
/// <param name="Offset">The first record whose results aren't written yet.</param>
/// <param name="LogTime">The partition's log time at that record, ms.</param>
public readonly record struct PartitionProgress(long Offset, long LogTime)
{
    /// <summary>The value in Redis.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Offset} {LogTime}");

    /// <summary>Parses a value of <c>progress</c>; null if it is empty. Throws <see cref="FormatException"/> for
    /// anything else.</summary>
    public static PartitionProgress? Parse(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        string[] parts = text.Split(' ');
        if (
            parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long logTime)
        )
        {
            return new PartitionProgress(offset, logTime);
        }

        throw new FormatException($"'{text}'; expected an offset, a space and a log time");
    }
}
