using System.Globalization;
using System.Numerics;
using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Keys;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;

namespace Engine.Pipeline.Deliver;

/// <summary>The two cells that count one click.</summary>
public readonly record struct ClickTotals(TotalCell Campaign, TotalCell Publisher)
{
    public void Count(long cost, in Judgement judgement)
    {
        Count(Campaign, cost, judgement);
        Count(Publisher, cost, judgement);
    }

    private static void Count(TotalCell cell, long cost, in Judgement judgement)
    {
        cell.AddClick(judgement.Class, cost);
        for (ulong left = judgement.Reasons; left != 0; left &= left - 1)
        {
            cell.AddReason(BitOperations.TrailingZeroCount(left), cost);
        }

        if (judgement.Allow is { } allow)
        {
            cell.AddCode("allow." + allow.Id, cost);
        }

        if (judgement.Rules == null)
        {
            return;
        }

        foreach (ClickRule rule in judgement.Rules)
        {
            cell.AddCode("rule." + rule.Id, cost);
        }
    }
}

/// <summary>The totals of a partition, accumulated here so that Redis is updated once per commit, not once per click. A
/// commit takes what was counted until it begins (<see cref="Begin"/>, <see cref="Sending"/>,
/// <see cref="Acknowledge"/>); meanwhile, the next one's counts accumulate. Cells are kept, so that a name is created
/// once an hour and sums in Redis stay known. One per partition; not thread-safe.</summary>
public sealed class Totals(KeyedHash hash, RedisKeys keys, string partition)
{
    /// <summary>The number of cells kept between commits. Beyond it, cells without pending counts are
    /// dropped.</summary>
    private const int KeptCells = 20_000;

    private const long MsPerHour = 3_600_000;

    private const string Campaign = "campaign",
        Publisher = "publisher";

    /// <summary>The number of hours and days of which the sums over all names are kept between commits.</summary>
    private const int KeptSums = 64;

    private const long HoursPerDay = 24;

    private readonly ObjectTable<TotalCell> _cells = new();
    private readonly Dictionary<long, TotalCell> _hours = [];
    private readonly Dictionary<(bool OfCampaigns, long Day), DaySums> _days = [];
    private readonly List<DaySums> _sendingDays = [];
    private List<TotalCell> _dirty = [],
        _sending = [];

    /// <summary>The cells of the commit in progress, with those of all clicks of an hour.</summary>
    public IReadOnlyList<TotalCell> Sending => _sending;

    /// <summary>The sums of days of the commit in progress, which it writes after the cells.</summary>
    public IReadOnlyList<DaySums> SendingDays => _sendingDays;

    /// <summary>Prefetches the slots of a click's cells.</summary>
    public void Prefetch(ClickRow row)
    {
        long hour = row.Time / MsPerHour;
        _cells.PrefetchPlace(Fingerprints.InHour(hash, row.Campaign, hour));
        _cells.PrefetchPlace(Fingerprints.InHour(hash, row.Publisher, hour));
    }

    /// <summary>Finds the cells of a click that is about to be decided and counted. Called for a whole batch first, so
    /// that cache misses overlap.</summary>
    public ClickTotals Expect(ClickRow row)
    {
        long hour = row.Time / MsPerHour;
        return new ClickTotals(
            Cell(Campaign, row.Campaign, hour, row.Event.Campaign.Span),
            Cell(Publisher, row.Publisher, hour, row.Event.Publisher.Span)
        );
    }

    /// <summary>Counts a confirmation, which counts only for its reason.</summary>
    public void CountConfirmation(PendingConfirmation click, Reason reason)
    {
        long hour = click.Verdict.Time / MsPerHour;
        byte[] campaign = System.Text.Encoding.ASCII.GetBytes(click.Verdict.Campaign),
            publisher = System.Text.Encoding.ASCII.GetBytes(click.Verdict.Publisher);
        Cell(Campaign, Fingerprints.Campaign(hash, campaign), hour, campaign).AddConfirmation((int)reason);
        Cell(Publisher, Fingerprints.Publisher(hash, publisher), hour, publisher).AddConfirmation((int)reason);
    }

    /// <summary>Sets the counts aside for a commit; the last one must have ended.</summary>
    public void Begin()
    {
        (_dirty, _sending) = (_sending, _dirty);
        // The cells of hours come behind the others.
        int named = _sending.Count;
        for (int i = 0; i < named; i++)
        {
            TotalCell cell = _sending[i];
            cell.Begin();
            DaySums day = Day(cell);
            if (day.Add(cell.Id, cell.Sending))
            {
                _sendingDays.Add(day);
            }

            // Every click has a campaign and a publisher: the campaigns' are all.
            if (cell.IsCampaign)
            {
                Hour(cell.Hour).Include(cell);
            }
        }
    }

    /// <summary>Ends the commit with the answer from Redis.</summary>
    public void Acknowledge(ReadOnlySpan<byte> reply)
    {
        var sums = new SumReader(reply);
        foreach (TotalCell cell in _sending)
        {
            cell.Acknowledge(ref sums);
            if (cell.Id.Length == 0)
            {
                cell.IsDirty = false;
            }
        }

        foreach (DaySums day in _sendingDays)
        {
            day.Acknowledge(ref sums);
        }

        _sending.Clear();
        _sendingDays.Clear();
        if (_days.Count + _hours.Count > KeptSums)
        {
            _days.Clear();
            _hours.Clear();
        }

        if (_cells.Count > KeptCells)
        {
            _cells.KeepOnly(static cell => cell.IsDirty);
        }
    }

    private TotalCell Cell(string kind, ulong key, long hour, ReadOnlySpan<byte> id)
    {
        ulong inHour = Fingerprints.InHour(hash, key, hour);
        TotalCell? cell = _cells.Find(inHour);
        if (cell == null)
        {
            string name = System.Text.Encoding.ASCII.GetString(id);
            cell = new TotalCell
            {
                Key = System.Text.Encoding.ASCII.GetBytes(keys.Stats(kind, name, HourText(hour), partition)),
                Id = name,
                IsCampaign = kind == Campaign,
                Hour = hour,
            };
            _cells.Set(inHour, cell);
        }
        if (!cell.IsDirty)
        {
            cell.IsDirty = true;
            _dirty.Add(cell);
        }
        return cell;
    }

    private DaySums Day(TotalCell cell)
    {
        (bool OfCampaigns, long Day) of = (cell.IsCampaign, cell.Hour / HoursPerDay);
        if (!_days.TryGetValue(of, out DaySums? day))
        {
            string kinds = cell.IsCampaign ? "campaigns" : "publishers";
            _days.Add(of, day = new DaySums(keys.DaySums(kinds, DayText(of.Day), partition)));
        }

        return day;
    }

    /// <summary>The cell of all clicks of an hour, a part of the commit in progress.</summary>
    private TotalCell Hour(long hour)
    {
        if (!_hours.TryGetValue(hour, out TotalCell? cell))
        {
            byte[] key = System.Text.Encoding.ASCII.GetBytes(keys.HourStats(HourText(hour), partition));
            _hours.Add(hour, cell = new TotalCell { Key = key, Hour = hour });
        }

        if (!cell.IsDirty)
        {
            // Until the commit ends.
            cell.Begin();
            cell.IsDirty = true;
            _sending.Add(cell);
        }

        return cell;
    }

    /// <summary><c>2026-11-22T09</c></summary>
    public static string HourText(long hour) =>
        DateTime.UnixEpoch.AddHours(hour).ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture);

    /// <summary><c>2026-11-22</c></summary>
    public static string DayText(long day) =>
        DateTime.UnixEpoch.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
