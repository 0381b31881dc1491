using System.Runtime.InteropServices;
using Engine.Contracts;
using Engine.Pipeline.Settings;

namespace Engine.Pipeline.Standing;

/// <summary>What a standing speaks of.</summary>
public enum StandingKind : byte { Network, Visitor, Publisher, Campaign }

/// <summary>Recent and past invalid share of a publisher's clicks, as known before a click.</summary>
public readonly record struct PublisherShare(float Recent, float Past, float RecentClicks);

/// <summary>
/// The sums of one network, visitor, publisher or campaign in one partition: decayed counts of clicks and of invalid ones, and cost. Half of
/// a count is forgotten in a day, of a recent one in ten minutes.
/// </summary>
public sealed class StandingSums
{
    private const double DayHalfLifeS = 86_400, RecentHalfLifeS = 600;

    /// <summary>What is left after so many seconds; a busy key asks for it every second.</summary>
    private static readonly double[] Day = Table(DayHalfLifeS), Recent = Table(RecentHalfLifeS);

    public StandingKind Kind { get; init; }

    /// <summary>The id, or the network's CIDR.</summary>
    public string Name { get; init; } = "";

    public double Clicks, Invalid, RecentClicks, RecentInvalid;

    /// <summary>Cost of the clicks, and of the invalid ones, in micros; not decayed.</summary>
    public long CostMicros, LostMicros;

    /// <summary>Log time of the last change, ms.</summary>
    public long LogTime;

    /// <summary>Every decision made at a record before this offset is in the sums (a click that waited is decided at a later record than its own).</summary>
    public long Covers;

    /// <summary>Log time and band of what was written last; -1 where nothing was.</summary>
    public long WrittenAt = -1;
    public Band WrittenBand;

    /// <summary>Whether it waits in the list of what is to be written.</summary>
    public bool Dirty;

    /// <summary>Invalid share, smoothed by one valid click so that a first invalid one isn't all.</summary>
    public float Share => (float)(Invalid / (Clicks + 1));

    /// <summary>Invalid share of what lies before the recent clicks; the share of all where there is too little before.</summary>
    public float PastShare => Clicks - RecentClicks > 20 ? (float)((Invalid - RecentInvalid) / (Clicks - RecentClicks + 1)) : Share;

    public void Add(long logTime, bool invalid, long costMicros)
    {
        long seconds = (logTime / 1000) - (LogTime / 1000);
        if (seconds > 0 && Clicks > 0)
        {
            double day = Decay(Day, seconds, DayHalfLifeS), recent = Decay(Recent, seconds, RecentHalfLifeS);
            (Clicks, Invalid) = (Clicks * day, Invalid * day);
            (RecentClicks, RecentInvalid) = (RecentClicks * recent, RecentInvalid * recent);
        }
        LogTime = Math.Max(LogTime, logTime);
        Clicks++;
        RecentClicks++;
        CostMicros += costMicros;
        if (!invalid) return;
        Invalid++;
        RecentInvalid++;
        LostMicros += costMicros;
    }

    private static double Decay(double[] table, long seconds, double halfLife) => seconds < table.Length ? table[seconds] : Math.Pow(2, -seconds / halfLife);

    private static double[] Table(double halfLife) => [.. Enumerable.Range(0, 256).Select(seconds => Math.Pow(2, -seconds / halfLife))];
}

/// <summary>
/// The standings of a partition. What verdicts of one second of log time add is seen by clicks of later seconds only, so that what a click
/// is judged by never depends on how the log was cut into batches. Bounded: oldest half out when a second ends beyond the bound, whether
/// written or not, so that a quiet rebuild forgets the same. One a partition; not for two threads.
/// </summary>
public sealed class Standings(int bound)
{
    private readonly record struct Delta(StandingSums Sums, long Position, long LogTime, bool Invalid, long CostMicros);

    private readonly StandingTable _sums = new();
    private readonly List<Delta> _pending = [];

    /// <summary>What changed and wasn't taken by <see cref="TakeDirty"/> yet.</summary>
    private readonly List<StandingSums> _dirty = [];

    public int Count => _sums.Count;
    public long Evictions { get; private set; }

    /// <summary>The sums of a key; null before its first verdict is in them, that is until the second of that verdict has ended.</summary>
    public StandingSums? Of(ulong key) => _sums.Find(key) is { Clicks: > 0 } sums ? sums : null;

    /// <summary>Asks for the place where a key's sums are found, and, later, for the sums themselves, ahead of their use.</summary>
    public void PrefetchPlace(ulong key) => _sums.PrefetchPlace(key);

    public void Prefetch(ulong key) => _sums.Prefetch(key);

    /// <summary>A sum that was read back from <c>standings</c>; it counts as written.</summary>
    public void Restore(ulong key, StandingSums sums, Bands bands)
    {
        (sums.WrittenAt, sums.WrittenBand) = (sums.LogTime, bands.Of(sums.Share));
        _sums.Set(key, sums);
    }

    /// <summary>Notes a verdict; seen from the next second of log time on. A visitor is followed from the first invalid click on: most never have one.</summary>
    public void Note(ClickRow row, bool invalid)
    {
        Note(row, invalid, row.NetworkSums ?? Find(row.Network) ?? New(row.Network, StandingKind.Network, row.Event.Address.NetworkText()));
        StandingSums? visitor = row.VisitorSums ?? (row.Visitor == 0 ? null : Find(row.Visitor) ?? (invalid ? New(row.Visitor, StandingKind.Visitor, row.Event.Visitor.ToString()) : null));
        if (visitor != null) Note(row, invalid, visitor);
        Note(row, invalid, row.PublisherSums ?? Find(row.Publisher) ?? New(row.Publisher, StandingKind.Publisher, row.Event.Publisher.ToString()));
        Note(row, invalid, Find(row.Campaign) ?? New(row.Campaign, StandingKind.Campaign, row.Event.Campaign.ToString()));
    }

    /// <summary>Adds what was noted; called where a second of log time ends.</summary>
    public void Apply()
    {
        foreach (ref readonly Delta delta in CollectionsMarshal.AsSpan(_pending))
        {
            StandingSums sums = delta.Sums;
            if (delta.Position < sums.Covers) continue;
            sums.Add(delta.LogTime, delta.Invalid, delta.CostMicros);
            if (sums.Dirty) continue;
            sums.Dirty = true;
            _dirty.Add(sums);
        }
        _pending.Clear();
        if (_sums.Count > bound) Evict();
    }

    private void Note(ClickRow row, bool invalid, StandingSums sums) => _pending.Add(new Delta(sums, row.DecidedAt, row.LogTime, invalid, row.Event.CostMicros));

    private StandingSums? Find(ulong key) => _sums.Find(key);

    private StandingSums New(ulong key, StandingKind kind, string name)
    {
        var sums = new StandingSums { Kind = kind, Name = name };
        _sums.Set(key, sums);
        return sums;
    }

    /// <summary>The sums that changed since the last call and are due: by a changed band, or a minute after they were last written.</summary>
    public void TakeDirty(long logTime, Bands bands, List<StandingSums> due)
    {
        int kept = 0;
        for (int i = 0; i < _dirty.Count; i++)
        {
            StandingSums sums = _dirty[i];
            Band band = bands.Of(sums.Share);
            if (sums.WrittenAt >= 0 && band == sums.WrittenBand && logTime - sums.WrittenAt < 60_000)
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
        long[] times = _sums.Times(TimeOf);
        Evictions += _sums.Forget(times[times.Length / 2] + 1, TimeOf);

        static long TimeOf(StandingSums sums) => sums.LogTime;
    }
}
