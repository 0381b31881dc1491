using System.Runtime.InteropServices;
using Engine.Primitives;

namespace Engine.Pipeline.Standing;

/// <summary>The standings of a partition, with other partitions' sums of its keys. Verdicts of one second of log time
/// become visible to clicks of later seconds only, so that no verdict depends on how the log was split into batches. At
/// a second's end, if there are more keys than the bound, the oldest half is evicted, whether written or not, so that a
/// rebuild evicts the same. One per partition; not thread-safe.</summary>
/// <param name="bound">The maximum number of keys.</param>
public sealed class Standings(int bound)
{
    /// <summary>How often a changed standing is written, at most: under attack many of them change all the
    /// time.</summary>
    private const long WriteEveryMs = 60_000;

    private readonly record struct Delta(StandingSums Sums, long Position, long LogTime, bool Invalid, long CostMicros);

    private readonly ObjectTable<StandingSums> _sums = new();

    /// <summary>Sums with held clicks of the current second.</summary>
    private readonly List<StandingSums> _holding = [];

    /// <summary>The same clicks one by one, while restored sums are still to come: those decide which of the clicks
    /// they cover.</summary>
    private readonly List<Delta> _pending = [];

    /// <summary>Restored sums that reading hasn't reached yet, by the offset that they cover.</summary>
    private readonly Queue<WrittenSums> _written = new();

    /// <summary>Changed sums that <see cref="TakeDirty"/> hasn't returned yet.</summary>
    private readonly List<StandingSums> _dirty = [];

    /// <summary>Other partitions' sums ahead of this partition's log time, by their log time, then in order of
    /// arrival.</summary>
    private readonly PriorityQueue<WrittenSums, (long LogTime, long Came)> _ahead = new();
    private long _came;

    public int Count => _sums.Count;
    public long Evictions { get; private set; }

    /// <summary>Prefetches the slot where a key's sums are found. <see cref="Prefetch"/> follows, with the sums
    /// themselves.</summary>
    public void PrefetchPlace(ulong key) => _sums.PrefetchPlace(key);

    public void Prefetch(ulong key) => _sums.Prefetch(key);

    /// <summary>Prefetches the total of a key's sums with other partitions', some time after
    /// <see cref="Prefetch"/>.</summary>
    public void PrefetchTotal(ulong key) => ObjectTable<StandingSums>.Prefetch(_sums.Find(key)?.Total);

    /// <summary>Gets the sums of a key. Null until the second of its first verdict has ended, or until another
    /// partition's sums come.</summary>
    public StandingSums? Of(ulong key) =>
        _sums.Find(key) is { } sums && (sums.Clicks > 0 || sums.Others != null) ? sums : null;

    /// <summary>Restores sums that were read from <c>standings</c>, possibly several per key. Each replaces its key's
    /// sums once reading passes the offset that it covers, so that clicks decided again see what was known before
    /// them.</summary>
    public void Restore(IEnumerable<WrittenSums> written)
    {
        foreach (WrittenSums one in written.OrderBy(one => one.Sums.Covers))
        {
            _written.Enqueue(one);
        }
    }

    /// <summary>Adds the noted verdicts and applies other partitions' sums; called when a second of log time
    /// ends.</summary>
    /// <param name="position">Everything before this offset is decided.</param>
    /// <param name="logTime">The log time of the second that begins, ms. Later sums of other partitions aren't applied
    /// yet.</param>
    public void Apply(long position, long logTime)
    {
        while (_written.TryPeek(out WrittenSums written) && written.Sums.Covers <= position)
        {
            _written.Dequeue();
            Find(written).Restore(written.Sums);
        }
        foreach (ref readonly Delta delta in CollectionsMarshal.AsSpan(_pending))
        {
            if (delta.Position >= delta.Sums.Covers)
            {
                Hold(delta.Sums, delta.LogTime, delta.Invalid, delta.CostMicros);
            }
        }

        _pending.Clear();
        foreach (StandingSums sums in _holding)
        {
            sums.AddHeld();
            sums.Others?.Add(sums);
            if (sums.Dirty)
            {
                continue;
            }

            sums.Dirty = true;
            _dirty.Add(sums);
        }
        _holding.Clear();
        ApplyOthers(logTime);
        if (_sums.Count > bound)
        {
            Evict();
        }
    }

    /// <summary>Adds another partition's sums, which are visible from the next second of log time on, but not before
    /// their own. If other partitions are far ahead, only a bounded number waits; the oldest are applied
    /// early.</summary>
    public void AddOther(WrittenSums other)
    {
        _ahead.Enqueue(other, (other.Sums.LogTime, _came++));
        if (_ahead.Count > bound)
        {
            ApplyNextOther();
        }
    }

    private void ApplyOthers(long logTime)
    {
        while (_ahead.TryPeek(out _, out (long LogTime, long) at) && at.LogTime <= logTime)
        {
            ApplyNextOther();
        }
    }

    private void ApplyNextOther()
    {
        WrittenSums other = _ahead.Dequeue();
        Find(other).ApplyOther(other.Partition, other.Sums);
    }

    private StandingSums Find(in WrittenSums written) =>
        Find(written.Key) ?? New(written.Key, written.Sums.Kind, written.Sums.Name);

    /// <summary>Notes a verdict in the sums of a key. It becomes visible in the next second of log time.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="decidedAt">The offset of the record that made the click ready.</param>
    /// <param name="logTime">The log time of the click, ms.</param>
    /// <param name="invalid">Whether the verdict is GIVT or SIVT.</param>
    /// <param name="costMicros">The click's cost, micros.</param>
    internal void Note(StandingSums sums, long decidedAt, long logTime, bool invalid, long costMicros)
    {
        if (_written.Count == 0)
        {
            Hold(sums, logTime, invalid, costMicros);
        }
        else
        {
            _pending.Add(new Delta(sums, decidedAt, logTime, invalid, costMicros));
        }
    }

    private void Hold(StandingSums sums, long logTime, bool invalid, long costMicros)
    {
        if (sums.Hold(logTime, invalid, costMicros))
        {
            _holding.Add(sums);
        }
    }

    /// <summary>Finds the sums of a key by its fingerprint, or returns null.</summary>
    internal StandingSums? Find(ulong key) => _sums.Find(key);

    /// <summary>Creates the sums of a key that has none.</summary>
    internal StandingSums New(ulong key, StandingKind kind, string name)
    {
        var sums = new StandingSums { Kind = kind, Name = name };
        _sums.Set(key, sums);
        return sums;
    }

    /// <summary>Returns the changed sums that are due: those never written, or last a minute ago.</summary>
    public void TakeDirty(long logTime, List<StandingSums> due)
    {
        int kept = 0;
        for (int i = 0; i < _dirty.Count; i++)
        {
            StandingSums sums = _dirty[i];
            if (!sums.Dirty)
            {
                continue;
            }

            if (sums.WrittenAt >= 0 && logTime - sums.WrittenAt < WriteEveryMs)
            {
                _dirty[kept++] = sums;
                continue;
            }

            (sums.WrittenAt, sums.Dirty) = (logTime, false);
            due.Add(sums);
        }
        _dirty.RemoveRange(kept, _dirty.Count - kept);
    }

    private void Evict()
    {
        long[] times = [.. _sums.Values.Select(TimeOf)];
        long median = QuickSelect.At(times, times.Length / 2);
        Evictions += _sums.KeepOnly(sums => TimeOf(sums) > median);

        static long TimeOf(StandingSums sums) => Math.Max(sums.LogTime, sums.Others?.LogTime ?? 0);
    }
}
