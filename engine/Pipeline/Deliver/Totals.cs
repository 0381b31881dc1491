using System.Globalization;
using System.Numerics;
using Engine.Contracts;
using Engine.Pipeline.Decide;

namespace Engine.Pipeline.Deliver;

/// <summary>Counts of one campaign or publisher in one hour of event time, since they were last sent.</summary>
public sealed class TotalCell
{
    public required byte[] Key { get; init; }
    public required long Hour { get; init; }

    public long Clicks, CostMicros;

    /// <summary>By class, but for valid ones: those are what is left, so that most clicks touch two numbers here.</summary>
    public readonly long[] ClassClicks = new long[4], ClassCost = new long[4];
    public readonly long[] ReasonClicks = new long[Reasons.Count], ReasonCost = new long[Reasons.Count];

    /// <summary>Rules and allow lists, by code; null while there are none.</summary>
    public Dictionary<string, (long Clicks, long Cost)>? Named;

    public bool IsDirty;

    public long ClicksOf(VerdictClass @class) => @class == VerdictClass.Valid ? Clicks - ClassClicks.Sum() : ClassClicks[(int)@class];

    public long CostOf(VerdictClass @class) => @class == VerdictClass.Valid ? CostMicros - ClassCost.Sum() : ClassCost[(int)@class];

    /// <summary>Log time at which its time in Redis was renewed.</summary>
    private long _renewedAt = long.MinValue;

    /// <summary>Whether its time in Redis is to be renewed with this change.</summary>
    public bool IsRenewalDue(long logTime, long everyMs) => _renewedAt == long.MinValue || logTime - _renewedAt >= everyMs;

    /// <summary>A change is acknowledged: what was due then is done.</summary>
    public void Renew(long logTime, long everyMs)
    {
        if (IsRenewalDue(logTime, everyMs)) _renewedAt = logTime;
    }

    public void Clear()
    {
        (Clicks, CostMicros, IsDirty) = (0, 0, false);
        Array.Clear(ClassClicks);
        Array.Clear(ClassCost);
        Array.Clear(ReasonClicks);
        Array.Clear(ReasonCost);
        Named?.Clear();
    }
}

/// <summary>
/// The totals of a partition since they were last sent: summed here, so that Redis is told once a second and not once a click. Cells stay
/// for their hour, so that a name is made once an hour. One a partition; not for two threads.
/// </summary>
public sealed class Totals(KeyedHash hash, RedisKeys keys, string partition)
{
    /// <summary>Cells kept between sendings; more are let go when they have been sent.</summary>
    private const int KeptCells = 20_000;

    private readonly Dictionary<ulong, TotalCell> _cells = [];
    private readonly List<TotalCell> _dirty = [];

    public IReadOnlyList<TotalCell> Dirty => _dirty;

    public void Count(ClickRow row, in Judgement judgement)
    {
        long hour = row.Time / 3_600_000;
        Count(Cell("campaign", row.Campaign, hour, row.Event.Campaign.Span), row.Event.CostMicros, judgement);
        Count(Cell("publisher", row.Publisher, hour, row.Event.Publisher.Span), row.Event.CostMicros, judgement);
    }

    /// <summary>A confirmation adds its reason's clicks, and nothing else.</summary>
    public void CountConfirmation(Confirmable click, Reason reason)
    {
        long hour = click.Verdict.Time / 3_600_000;
        byte[] campaign = System.Text.Encoding.ASCII.GetBytes(click.Verdict.Campaign), publisher = System.Text.Encoding.ASCII.GetBytes(click.Verdict.Publisher);
        Cell("campaign", Fingerprints.Campaign(hash, campaign), hour, campaign).ReasonClicks[(int)reason]++;
        Cell("publisher", Fingerprints.Publisher(hash, publisher), hour, publisher).ReasonClicks[(int)reason]++;
    }

    /// <summary>Forgets what was sent.</summary>
    public void Clear()
    {
        foreach (TotalCell cell in _dirty) cell.Clear();
        _dirty.Clear();
        if (_cells.Count > KeptCells) _cells.Clear();
    }

    private TotalCell Cell(string kind, ulong key, long hour, ReadOnlySpan<byte> id)
    {
        ulong inHour = Fingerprints.InHour(hash, key, hour);
        if (!_cells.TryGetValue(inHour, out TotalCell? cell))
        {
            string name = keys.Stats(kind, System.Text.Encoding.ASCII.GetString(id), HourText(hour), partition);
            cell = new TotalCell { Key = System.Text.Encoding.ASCII.GetBytes(name), Hour = hour };
            _cells.Add(inHour, cell);
        }
        if (!cell.IsDirty)
        {
            cell.IsDirty = true;
            _dirty.Add(cell);
        }
        return cell;
    }

    private static void Count(TotalCell cell, long cost, in Judgement judgement)
    {
        cell.Clicks++;
        cell.CostMicros += cost;
        if (judgement.Class != VerdictClass.Valid)
        {
            cell.ClassClicks[(int)judgement.Class]++;
            cell.ClassCost[(int)judgement.Class] += cost;
        }
        for (ulong left = judgement.Reasons; left != 0; left &= left - 1)
        {
            int reason = BitOperations.TrailingZeroCount(left);
            cell.ReasonClicks[reason]++;
            cell.ReasonCost[reason] += cost;
        }
        if (judgement.Allow is { } allow) Named(cell, "allow." + allow.Id, cost);
        if (judgement.Rules == null) return;
        foreach (ClickRule rule in judgement.Rules) Named(cell, "rule." + rule.Id, cost);
    }

    private static void Named(TotalCell cell, string code, long cost)
    {
        cell.Named ??= [];
        (long clicks, long before) = cell.Named.GetValueOrDefault(code);
        cell.Named[code] = (clicks + 1, before + cost);
    }

    /// <summary><c>2026-11-22T09</c></summary>
    public static string HourText(long hour) => DateTime.UnixEpoch.AddHours(hour).ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture);
}
