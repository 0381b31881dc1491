namespace Engine.Pipeline.History;

/// <summary>
/// The counts of one key as they were after each of the last minutes of log time in which a label changed them.
/// Immutable: who adds makes another, so that lanes read without locks. Labels may come out of order, as partitions of
/// <c>labels</c> are read side by side: what a series says depends on the labels, not on their order, as far back as
/// its minutes go.
/// </summary>
public sealed class HistorySeries
{
    /// <summary>
    /// Minutes that a key keeps. Clicks are decided seconds after they are logged, so the last few serve all but a lane
    /// that catches up; before the oldest kept, the oldest stands in.
    /// </summary>
    public const int MaxMinutes = 8;

    /// <summary>In which half of a count is forgotten.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromDays(30);

    public static readonly HistorySeries Empty = new([], false);

    private readonly Entry[] _entries;
    private readonly bool _dropped;

    private HistorySeries(Entry[] entries, bool dropped) => (_entries, _dropped) = (entries, dropped);

    /// <summary>Counts after the labels of a minute, decayed to it.</summary>
    private readonly record struct Entry(long Minute, HistoryCount Count);

    /// <summary>
    /// This series with a label's count, from the label's minute of log time on; a negative one takes a label back.
    /// </summary>
    public HistorySeries Add(long minute, HistoryCount count)
    {
        int at = 0;
        while (at < _entries.Length && _entries[at].Minute < minute)
        {
            at++;
        }

        bool isNew = (at == _entries.Length || _entries[at].Minute != minute) && !(at == 0 && _dropped);
        Entry[] entries = new Entry[_entries.Length + (isNew ? 1 : 0)];
        _entries.AsSpan(0, at).CopyTo(entries);
        _entries.AsSpan(at).CopyTo(entries.AsSpan(isNew ? at + 1 : at));
        if (isNew)
        {
            entries[at] = new Entry(minute, at > 0 ? Decayed(_entries[at - 1], minute) : default);
        }

        for (int i = at; i < entries.Length; i++)
        {
            entries[i] = entries[i] with
            {
                Count = entries[i].Count + Decayed(new Entry(minute, count), entries[i].Minute),
            };
        }

        return entries.Length > MaxMinutes
            ? new HistorySeries(entries[1..], true)
            : new HistorySeries(entries, _dropped);
    }

    /// <summary>
    /// The counts of all labels of minutes before this one, decayed to it; zero where there were none.
    /// </summary>
    public HistoryCount Before(long minute)
    {
        Entry[] entries = _entries;
        int at = entries.Length - 1;
        while (at >= 0 && entries[at].Minute >= minute)
        {
            at--;
        }

        if (at < 0 && !_dropped)
        {
            return default;
        }

        HistoryCount count = at < 0 ? entries[0].Count : Decayed(entries[at], minute);
        // What was added and taken back leaves a rounding error.
        double seen = Math.Max(0, count.Seen);
        return new HistoryCount(Math.Clamp(count.Bad, 0, seen), seen);
    }

    private static HistoryCount Decayed(Entry entry, long minute) =>
        entry.Count.Decayed(TimeSpan.FromMinutes(minute - entry.Minute), HalfLife);
}
