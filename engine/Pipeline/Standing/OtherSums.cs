namespace Engine.Pipeline.Standing;

/// <summary>
/// What other partitions' sums of a key come to, and the total with this partition's own. Counts are decayed to the
/// latest change of any part; the total changes only where a part does. Touched by the lane that owns the partition.
/// </summary>
public sealed class OtherSums
{
    private readonly List<(int Partition, StandingSums Sums)> _parts = [];

    /// <summary>Log time of the latest change in another partition, ms.</summary>
    public long LogTime { get; private set; }

    /// <summary>The partitions that have a part, ascending; replaced whole, so that a verdict may keep it.</summary>
    public int[] Partitions { get; private set; } = [];

    /// <summary>This partition's sums and all others' together, as known now.</summary>
    public StandingSums Total { get; } = new();

    /// <summary>Takes another partition's sums; of two of a partition the one that covers more holds.</summary>
    public void Take(int partition, StandingSums sums, StandingSums own)
    {
        int at = _parts.FindIndex(part => part.Partition == partition);
        if (at >= 0 && _parts[at].Sums.Covers > sums.Covers)
        {
            return;
        }

        if (at >= 0)
        {
            _parts[at] = (partition, sums);
        }
        else
        {
            _parts.Add((partition, sums));
            _parts.Sort((a, b) => a.Partition.CompareTo(b.Partition));
            Partitions = [.. _parts.Select(part => part.Partition)];
        }
        LogTime = Math.Max(LogTime, sums.LogTime);
        Add(own);
    }

    /// <summary>Adds up anew, once this partition's own sums have changed.</summary>
    public void Add(StandingSums own)
    {
        Total.Clear(Math.Max(LogTime, own.LogTime));
        Total.Add(own);
        foreach ((_, StandingSums sums) in _parts)
        {
            Total.Add(sums);
        }
    }
}
