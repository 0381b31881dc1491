using System.Runtime.InteropServices;
using Engine.Contracts;
using Engine.Pipeline.Settings;
using Engine.Primitives;

namespace Engine.Pipeline.Standing;

/// <summary>
/// The standings of a partition, and what other partitions have of its keys. What verdicts of one second of log time
/// add is seen by clicks of later seconds only, so that what a click is judged by never depends on how the log was cut
/// into batches. Bounded: oldest half out when a second ends beyond the bound, whether written or not, so that a quiet
/// rebuild forgets the same. One a partition; not for two threads.
/// </summary>
/// <param name="bound">The most keys to remember.</param>
public sealed class Standings(int bound)
{
    /// <summary>A standing is written once a minute, and at once where its band changes (docs/running.md).</summary>
    private const long WriteEveryMs = 60_000;

    private readonly record struct Delta(StandingSums Sums, long Position, long LogTime, bool Invalid, long CostMicros);

    private readonly ObjectTable<StandingSums> _sums = new();

    /// <summary>Sums that hold clicks of the second that hasn't ended yet.</summary>
    private readonly List<StandingSums> _holding = [];

    /// <summary>
    /// The same clicks one by one, while sums that were read back are to come: which of the clicks those cover shows
    /// then.
    /// </summary>
    private readonly List<Delta> _pending = [];

    /// <summary>What was read back and not reached yet, by the offset that it covers.</summary>
    private readonly Queue<WrittenSums> _written = new();

    /// <summary>What changed and wasn't taken by <see cref="TakeDirty"/> yet.</summary>
    private readonly List<StandingSums> _dirty = [];

    /// <summary>
    /// Other partitions' sums that lie ahead of this one's log time, in order of theirs, then as they came.
    /// </summary>
    private readonly PriorityQueue<WrittenSums, (long LogTime, long Came)> _ahead = new();
    private long _came;

    public int Count => _sums.Count;
    public long Evictions { get; private set; }

    /// <summary>Where other partitions' sums come in.</summary>
    public StandingsInbox Inbox { get; } = new();

    /// <summary>
    /// Asks for the place where a key's sums are found, and, later, for the sums themselves, ahead of their use.
    /// </summary>
    public void PrefetchPlace(ulong key) => _sums.PrefetchPlace(key);

    public void Prefetch(ulong key) => _sums.Prefetch(key);

    /// <summary>
    /// Asks for the sums by which clicks are judged where they are others', too, once <see cref="Prefetch"/> has had
    /// its time.
    /// </summary>
    public void PrefetchTotal(ulong key) => ObjectTable<StandingSums>.Prefetch(_sums.Find(key)?.Total);

    /// <summary>
    /// The sums of a key; null before its first verdict is in them, that is until the second of that verdict has ended,
    /// or until another partition's come.
    /// </summary>
    public StandingSums? Of(ulong key) =>
        _sums.Find(key) is { } sums && (sums.Clicks > 0 || sums.Others != null) ? sums : null;

    /// <summary>
    /// Sums that were read back from <c>standings</c>, several of a key where there are. Each takes its key's place
    /// once reading has passed the offset that it covers: clicks that are read again are judged by what was known
    /// before them.
    /// </summary>
    public void Restore(IEnumerable<WrittenSums> written)
    {
        foreach (WrittenSums one in written.OrderBy(one => one.Sums.Covers))
        {
            _written.Enqueue(one);
        }
    }

    /// <summary>Adds what was noted, and takes what others have; called where a second of log time ends.</summary>
    /// <param name="position">Everything before this offset is decided.</param>
    /// <param name="logTime">Of the second that begins, ms: sums that other partitions had later aren't known
    /// yet.</param>
    public void Apply(long position, long logTime, Bands bands)
    {
        while (_written.TryPeek(out WrittenSums written) && written.Sums.Covers <= position)
        {
            _written.Dequeue();
            Find(written).Restore(written.Sums, bands);
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
            sums.TakeHeld();
            sums.Others?.Add(sums);
            if (sums.Dirty)
            {
                continue;
            }

            sums.Dirty = true;
            _dirty.Add(sums);
        }
        _holding.Clear();
        TakeOthers(logTime);
        if (_sums.Count > bound)
        {
            Evict();
        }
    }

    private void TakeOthers(long logTime)
    {
        while (Inbox.TryTake(out WrittenSums other))
        {
            _ahead.Enqueue(other, (other.Sums.LogTime, _came++));
        }
        // Of a partition that is far ahead only so much is kept; the oldest is taken before its time.
        while (
            _ahead.TryPeek(out WrittenSums other, out (long LogTime, long) at)
            && (at.LogTime <= logTime || _ahead.Count > bound)
        )
        {
            _ahead.Dequeue();
            Find(other).TakeOther(other.Partition, other.Sums);
        }
    }

    private StandingSums Find(in WrittenSums written) =>
        Find(written.Key) ?? New(written.Key, written.Sums.Kind, written.Sums.Name);

    /// <summary>Notes one verdict in somebody's sums; seen from the next second of log time on.</summary>
    /// <param name="sums">Whose.</param>
    /// <param name="decidedAt">The offset of the record that made the click ready.</param>
    /// <param name="logTime">Log time of the click, ms.</param>
    /// <param name="invalid">Whether the verdict is GIVT or SIVT.</param>
    /// <param name="costMicros">What the click costs.</param>
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

    /// <summary>Somebody's sums by fingerprint, or null.</summary>
    internal StandingSums? Find(ulong key) => _sums.Find(key);

    /// <summary>Begins the sums of somebody who has none.</summary>
    internal StandingSums New(ulong key, StandingKind kind, string name)
    {
        var sums = new StandingSums { Kind = kind, Name = name };
        _sums.Set(key, sums);
        return sums;
    }

    /// <summary>
    /// The sums that changed since the last call and are due: by a changed band, or a minute after they were last
    /// written.
    /// </summary>
    public void TakeDirty(long logTime, Bands bands, List<StandingSums> due)
    {
        int kept = 0;
        for (int i = 0; i < _dirty.Count; i++)
        {
            StandingSums sums = _dirty[i];
            if (!sums.Dirty)
            {
                continue;
            }

            Band band = bands.Of(sums.Share);
            if (sums.WrittenAt >= 0 && band == sums.WrittenBand && logTime - sums.WrittenAt < WriteEveryMs)
            {
                _dirty[kept++] = sums;
                continue;
            }
            (sums.WrittenAt, sums.WrittenBand, sums.Dirty) = (logTime, band, false);
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
