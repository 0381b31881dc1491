namespace Engine.Pipeline.Standing;

/// <summary>The kind of key that a standing belongs to.</summary>
public enum StandingKind : byte
{
    Network,
    Visitor,
    Publisher,
    Campaign,
}

/// <summary>The recent and past invalid share of a publisher's clicks, as known before a click.</summary>
public readonly record struct PublisherShare(float Recent, float Past, float RecentClicks);

/// <summary>The sums of one network, visitor, publisher or campaign in one partition: decayed counts of clicks and of
/// invalid ones, and cost. Counts decay to half in a day, recent counts in ten minutes.</summary>
public sealed class StandingSums
{
    /// <summary>The minimum number of clicks before the recent ones; with fewer, their share isn't
    /// comparable.</summary>
    private const double MinPastClicks = 20;

    private const double DayHalfLifeS = 86_400,
        RecentHalfLifeS = 600;

    /// <summary>Decay factors by seconds; a busy key needs one every second.</summary>
    private static readonly double[] Day = Table(DayHalfLifeS),
        Recent = Table(RecentHalfLifeS);

    public StandingKind Kind { get; init; }

    /// <summary>The id, or the network's CIDR.</summary>
    public string Name { get; init; } = "";

    public double Clicks,
        Invalid,
        RecentClicks,
        RecentInvalid;

    /// <summary>The cost of all clicks and of the invalid ones, in micros; not decayed.</summary>
    public long CostMicros,
        LostMicros;

    /// <summary>The log time of the last change, ms.</summary>
    public long LogTime;

    /// <summary>Clicks of the current second.</summary>
    private int _heldClicks,
        _heldInvalid;
    private long _heldCost,
        _heldLost,
        _heldLogTime;

    /// <summary>All decisions made at records before this offset are included (a click that waited is decided at a
    /// later record than its own).</summary>
    public long Covers;

    /// <summary>The log time of the last write; -1 if there was none.</summary>
    public long WrittenAt = -1;

    /// <summary>Whether it is in the list of sums to be written.</summary>
    public bool Dirty;

    /// <summary>Other partitions' sums of this key; null if there are none.</summary>
    public OtherSums? Others { get; private set; }

    /// <summary>The partitions of <see cref="Others"/>, ascending; null if there are none.</summary>
    public int[]? Elsewhere { get; private set; }

    /// <summary>The sums that judge clicks: with other partitions' sums, if there are any.</summary>
    public StandingSums Seen => Total ?? this;

    /// <summary>These sums plus other partitions'; null if there are none.</summary>
    internal StandingSums? Total { get; private set; }

    /// <summary>The invalid share, smoothed by one valid click so that a first invalid one doesn't give a share of
    /// 1.</summary>
    public float Share => (float)(Invalid / (Clicks + 1));

    /// <summary>The invalid share before the recent clicks; the share of all clicks if there are too few
    /// before.</summary>
    public float PastShare =>
        Clicks - RecentClicks > MinPastClicks
            ? (float)((Invalid - RecentInvalid) / (Clicks - RecentClicks + 1))
            : Share;

    /// <summary>Holds a click until <see cref="AddHeld"/>. Returns true for the first click held.</summary>
    public bool Hold(long logTime, bool invalid, long costMicros)
    {
        bool first = _heldClicks++ == 0;
        _heldLogTime = first ? logTime : Math.Max(_heldLogTime, logTime);
        _heldCost += costMicros;
        if (!invalid)
        {
            return first;
        }

        _heldInvalid++;
        _heldLost += costMicros;
        return first;
    }

    /// <summary>Adds the held clicks, with one step of decay for all clicks of a second.</summary>
    public void AddHeld()
    {
        long seconds = (_heldLogTime / 1000) - (LogTime / 1000);
        if (seconds > 0 && Clicks > 0)
        {
            double day = Decay(Day, seconds, DayHalfLifeS),
                recent = Decay(Recent, seconds, RecentHalfLifeS);
            (Clicks, Invalid) = (Clicks * day, Invalid * day);
            (RecentClicks, RecentInvalid) = (RecentClicks * recent, RecentInvalid * recent);
        }
        LogTime = Math.Max(LogTime, _heldLogTime);
        (Clicks, Invalid) = (Clicks + _heldClicks, Invalid + _heldInvalid);
        (RecentClicks, RecentInvalid) = (RecentClicks + _heldClicks, RecentInvalid + _heldInvalid);
        (CostMicros, LostMicros) = (CostMicros + _heldCost, LostMicros + _heldLost);
        (_heldClicks, _heldInvalid, _heldCost, _heldLost) = (0, 0, 0, 0);
    }

    /// <summary>Adds another partition's sums, decayed to this one's log time.</summary>
    public void Add(StandingSums part)
    {
        long seconds = Math.Max(0, (LogTime / 1000) - (part.LogTime / 1000));
        double day = Decay(Day, seconds, DayHalfLifeS),
            recent = Decay(Recent, seconds, RecentHalfLifeS);
        (Clicks, Invalid) = (Clicks + (part.Clicks * day), Invalid + (part.Invalid * day));
        (RecentClicks, RecentInvalid) = (
            RecentClicks + (part.RecentClicks * recent),
            RecentInvalid + (part.RecentInvalid * recent)
        );
        (CostMicros, LostMicros) = (CostMicros + part.CostMicros, LostMicros + part.LostMicros);
    }

    /// <summary>Resets the sums to zero at a log time.</summary>
    public void Clear(long logTime)
    {
        (Clicks, Invalid, RecentClicks, RecentInvalid) = (0, 0, 0, 0);
        (CostMicros, LostMicros, LogTime) = (0, 0, logTime);
    }

    /// <summary>Copies the current sums for another partition.</summary>
    /// <param name="covers">The offset that they cover.</param>
    public StandingSums Copy(long covers) =>
        new()
        {
            Kind = Kind,
            Name = Name,
            Clicks = Clicks,
            Invalid = Invalid,
            RecentClicks = RecentClicks,
            RecentInvalid = RecentInvalid,
            CostMicros = CostMicros,
            LostMicros = LostMicros,
            LogTime = LogTime,
            Covers = covers,
        };

    /// <summary>Applies another partition's sums of this key.</summary>
    public void ApplyOther(int partition, StandingSums sums)
    {
        Others ??= new OtherSums();
        Others.Apply(partition, sums, this);
        (Elsewhere, Total) = (Others.Partitions, Others.Total);
    }

    /// <summary>Restores written sums, which count as written.</summary>
    public void Restore(StandingSums written)
    {
        (Clicks, Invalid, RecentClicks, RecentInvalid) = (
            written.Clicks,
            written.Invalid,
            written.RecentClicks,
            written.RecentInvalid
        );
        (CostMicros, LostMicros, LogTime, Covers) = (
            written.CostMicros,
            written.LostMicros,
            written.LogTime,
            written.Covers
        );
        (WrittenAt, Dirty) = (LogTime, false);
        Others?.Add(this);
    }

    private static double Decay(double[] table, long seconds, double halfLife) =>
        seconds < table.Length ? table[seconds] : Math.Pow(2, -seconds / halfLife);

    private static double[] Table(double halfLife) =>
        [.. Enumerable.Range(0, 256).Select(seconds => Math.Pow(2, -seconds / halfLife))];
}
