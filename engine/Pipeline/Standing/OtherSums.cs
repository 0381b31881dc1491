namespace Engine.Pipeline.Standing;

/// <summary>Other partitions' sums of a key, and the total with this partition's own. Counts are decayed to the latest
/// change of any part, so the total changes only if a part does. Used by the lane that owns the partition.</summary>
public sealed class OtherSums
{
    private readonly List<(int Partition, StandingSums Sums)> _parts = [];

    /// <summary>The log time of the latest change in another partition, ms.</summary>
    public long LogTime { get; private set; }

    /// <summary>The partitions with a part, ascending. The array is replaced, never changed, so that a verdict may keep
    /// it.</summary>
    public int[] Partitions { get; private set; } = [];

    /// <summary>The sums of this partition and all others together, as known now.</summary>
    public StandingSums Total { get; } = new();

    /// <summary>Applies another partition's sums. Of two from the same partition, the one that covers more
    /// counts.</summary>
    public void Apply(int partition, StandingSums sums, StandingSums own)
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

    /// <summary>Sums up again after this partition's own sums changed.</summary>
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
