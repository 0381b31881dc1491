using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;

namespace Ingest.Calendars;

/// <summary>A time zone as the calendar defines it itself (<c>VTIMEZONE</c>).</summary>
internal sealed class DefinedZone : CalendarZone
{
    /// <summary>No definition has more changes than this; some begin in 1601, and all are endless.</summary>
    private const int MaxChanges = 20_000;

    /// <summary>Offsets differ by no more than this, so no other changes can concern a local time.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromHours(36);

    private readonly (DateTime Utc, TimeSpan Before, TimeSpan After)[] _changes;

    /// <param name="until">The year after which changes aren't needed.</param>
    /// <exception cref="CalendarException">The definition can't be used.</exception>
    public DefinedZone(VTimeZone definition, int until)
    {
        List<(DateTime Utc, TimeSpan Before, TimeSpan After)> changes = [];
        foreach (VTimeZoneInfo part in definition.TimeZoneInfos)
        {
            if (part.Start == null || part.OffsetFrom == null || part.OffsetTo == null)
            {
                throw new CalendarException(
                    $"the time zone '{definition.TzId}' has a part without DTSTART, TZOFFSETFROM or TZOFFSETTO"
                );
            }

            foreach (DateTime local in Onsets(part, until))
            {
                changes.Add((local - part.OffsetFrom.Offset, part.OffsetFrom.Offset, part.OffsetTo.Offset));
                if (changes.Count > MaxChanges)
                {
                    throw new CalendarException(
                        $"the time zone '{definition.TzId}' changes more than {MaxChanges} times"
                    );
                }
            }
        }

        if (changes.Count == 0)
        {
            throw new CalendarException($"the time zone '{definition.TzId}' has neither STANDARD nor DAYLIGHT");
        }

        _changes = [.. changes.OrderBy(change => change.Utc)];
    }

    public override DateTime ToUtc(DateTime local)
    {
        DateTime? first = null;
        DateTime skipped = local - OffsetAt(local - Near);
        foreach (TimeSpan offset in OffsetsAround(local))
        {
            DateTime utc = local - offset;
            if (OffsetAt(utc) == offset && !(first <= utc))
            {
                first = utc;
            }
        }

        return DateTime.SpecifyKind(first ?? skipped, DateTimeKind.Utc);
    }

    private static IEnumerable<DateTime> Onsets(VTimeZoneInfo part, int until)
    {
        DateTime start = part.Start!.Value;
        yield return start;
        if (part.RecurrenceRule is { } rule)
        {
            foreach (DateTime onset in RecurrenceTimes.Of(rule, start, part.OffsetFrom!.Offset))
            {
                if (onset.Year > until)
                {
                    break;
                }

                yield return onset;
            }
        }

        foreach (CalDateTime date in RecurrenceTimes.DatesOf(part.RecurrenceDates))
        {
            yield return date.Value;
        }
    }

    private IEnumerable<TimeSpan> OffsetsAround(DateTime local)
    {
        yield return OffsetAt(local - Near);
        foreach ((DateTime utc, _, TimeSpan after) in _changes)
        {
            if ((utc - local).Duration() <= Near)
            {
                yield return after;
            }
        }
    }

    private TimeSpan OffsetAt(DateTime utc)
    {
        int low = 0,
            high = _changes.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _changes[middle].Utc <= utc ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? _changes[0].Before : _changes[low - 1].After;
    }
}
