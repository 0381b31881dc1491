namespace Engine.Pipeline.History;

/// <summary>The counts of one key after each of the last minutes of log time in which a label changed them. Immutable:
/// adding creates a new series, so lanes read without locks. Labels may come out of order, as partitions of
/// <c>labels</c> are read in parallel. Within the minutes kept, a series depends on the labels only, not on their
/// order.</summary>
public sealed class HistorySeries
{
    /// <summary>The number of labelled minutes that a key keeps: two hours with a label in every minute, as far as a
    /// takeover rereads by default, and longer for keys with fewer labels. The oldest minute kept stands in for all
    /// before it.</summary>
    public const int MaxMinutes = 128;

    /// <summary>The time in which a count decays to half.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromDays(30);

    public static readonly HistorySeries Empty = new([], false);

    private readonly Entry[] _entries;
    private readonly bool _dropped;

    private HistorySeries(Entry[] entries, bool dropped) => (_entries, _dropped) = (entries, dropped);

    /// <summary>Counts after the labels of a minute, decayed to that minute.</summary>
    private readonly record struct Entry(long Minute, HistoryCount Count);

    /// <summary>Returns this series plus a label's count, from the label's minute of log time on. A negative count
    /// revokes a label.</summary>
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

    /// <summary>The counts of all labels in earlier minutes, decayed to <paramref name="minute"/>; zero if there are
    /// none.</summary>
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
        // Adding and revoking a label leaves a rounding error.
        double seen = Math.Max(0, count.Seen);
        return new HistoryCount(Math.Clamp(count.Bad, 0, seen), seen);
    }

    private static HistoryCount Decayed(Entry entry, long minute) =>
        entry.Count.Decayed(TimeSpan.FromMinutes(minute - entry.Minute), HalfLife);
}
