using System.Globalization;
using System.Runtime.Serialization;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;

namespace Ingest.Calendars;

/// <summary>An occurrence of an event.</summary>
/// <param name="Original">When it would start by the event's rule, UTC. It identifies the occurrence even if it was
/// moved.</param>
/// <param name="Start">When it starts, UTC.</param>
/// <param name="Component">The event, or the change of this one occurrence.</param>
/// <param name="IsCancelled">Whether it was called off.</param>
internal sealed record Occurrence(
    string Uid,
    DateTime Original,
    DateTime Start,
    CalendarEvent Component,
    bool IsCancelled
);

/// <summary>Reads the occurrences of a calendar's events (RFC 5545): recurrence rules and dates, exceptions, and single
/// occurrences that were moved or cancelled.</summary>
internal sealed class CalendarReader
{
    /// <summary>The largest file.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The most occurrences of one event.</summary>
    public const int MaxOccurrences = 100_000;

    private readonly Ical.Net.Calendar[] _calendars;
    private readonly Action<string> _skipped;
    private readonly string? _floating;
    private readonly DateTime _from,
        _to;

    private CalendarReader(
        Ical.Net.Calendar[] calendars,
        string? floating,
        DateTime from,
        DateTime to,
        Action<string> skipped
    ) => (_calendars, _floating, _from, _to, _skipped) = (calendars, floating, from, to, skipped);

    /// <summary>Reads a file.</summary>
    /// <param name="zone">The zone of times without one; null to skip such events.</param>
    /// <param name="from">The earliest start, UTC.</param>
    /// <param name="to">Starts are before it, UTC.</param>
    /// <param name="skipped">Gets told what isn't taken, and why.</param>
    /// <exception cref="CalendarException">The file is no calendar.</exception>
    public static IReadOnlyList<Occurrence> Read(
        string text,
        string? zone,
        DateTime from,
        DateTime to,
        Action<string> skipped
    ) => new CalendarReader(Parse(text, skipped), zone, from, to, skipped).All();

    /// <summary>Parses a file; if a part of it is broken, parses its events one by one.</summary>
    private static Ical.Net.Calendar[] Parse(string text, Action<string> skipped)
    {
        try
        {
            return Load(text);
        }
        catch (CalendarException e)
        {
            var blocks = new CalendarBlocks(text);
            List<Ical.Net.Calendar> found = [];
            foreach ((string block, int first, int last) in blocks.Events)
            {
                try
                {
                    found.AddRange(Load(blocks.Alone(block)));
                }
                catch (CalendarException problem)
                {
                    skipped(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"the event in lines {first} to {last}: {problem.Message}"
                        )
                    );
                }
            }

            // Changes of single occurrences belong to their event.
            Ical.Net.Calendar? all = found.FirstOrDefault();
            foreach (Ical.Net.Calendar other in found.Skip(1))
            {
                all!.MergeWith(other);
            }

            return all == null ? throw new CalendarException(blocks.PlaceOf(e.Message) + e.Message) : [all];
        }
    }

    private static Ical.Net.Calendar[] Load(string text)
    {
        try
        {
            Ical.Net.Calendar[] calendars = [.. Ical.Net.Calendar.Load<Ical.Net.Calendar>(text)];
            return calendars.Length > 0
                ? calendars
                : throw new CalendarException("no calendar in it: expected BEGIN:VCALENDAR");
        }
        catch (Exception e) when (IsOfContent(e))
        {
            throw new CalendarException(e.Message.ReplaceLineEndings(" "));
        }
    }

    /// <summary>Whether the library may throw an exception over a file's content.</summary>
    private static bool IsOfContent(Exception e) =>
        e
            is SerializationException
                or ArgumentException
                or FormatException
                or InvalidOperationException
                or NotSupportedException
                or OverflowException
                or IndexOutOfRangeException
                or NullReferenceException
                or InvalidCastException;

    private List<Occurrence> All()
    {
        List<Occurrence> all = [];
        foreach (Ical.Net.Calendar calendar in _calendars)
        {
            var zones = new CalendarZones(calendar, _floating, _to.Year);
            foreach (IGrouping<string, CalendarEvent> one in calendar.Events.GroupBy(e => e.Uid ?? ""))
            {
                try
                {
                    all.AddRange(Of(one.Key, [.. one], zones));
                }
                catch (CalendarException e)
                {
                    _skipped($"event '{one.Key}': {e.Message}");
                }
                catch (Exception e) when (IsOfContent(e))
                {
                    // Values that the library reads late.
                    _skipped($"event '{one.Key}': {e.Message.ReplaceLineEndings(" ")}");
                }
            }
        }

        return [.. all.OrderBy(one => one.Start).ThenBy(one => one.Uid, StringComparer.Ordinal)];
    }

    private IEnumerable<Occurrence> Of(string uid, CalendarEvent[] components, CalendarZones zones)
    {
        Dictionary<DateTime, Occurrence> found = [];
        foreach (CalendarEvent main in components.Where(one => one.RecurrenceIdentifier == null))
        {
            foreach (Occurrence one in Of(uid, main, zones))
            {
                found[one.Original] = one;
            }
        }

        foreach (CalendarEvent change in components.Where(one => one.RecurrenceIdentifier != null))
        {
            DateTime original = zones.ToUtc(change.RecurrenceIdentifier!.StartTime);
            CalDateTime start = change.Start ?? change.RecurrenceIdentifier.StartTime;
            found[original] = new Occurrence(uid, original, zones.ToUtc(start), change, IsCancelled(change));
        }

        return found.Values.Where(one => one.Start >= _from && one.Start < _to);
    }

    private List<Occurrence> Of(string uid, CalendarEvent main, CalendarZones zones)
    {
        if (main.Start == null)
        {
            throw new CalendarException("it has no DTSTART");
        }

        if (!main.Start.HasTime)
        {
            throw new CalendarException("it lasts all day, so nobody can be absent from its start");
        }

        CalendarZone? zone = zones.ZoneOf(main.Start);
        DateTime Utc(DateTime local) => CalendarZones.ToUtc(local, zone);
        HashSet<DateTime> called = [];
        HashSet<DateOnly> calledDays = [];
        foreach (CalDateTime date in main.ExceptionDates.GetAllDates())
        {
            if (date.HasTime)
            {
                called.Add(zones.ToUtc(date));
            }
            else
            {
                calledDays.Add(date.Date);
            }
        }

        bool isCancelled = IsCancelled(main);
        Dictionary<DateTime, Occurrence> found = [];
        foreach ((DateTime utc, DateOnly day) in Times(main, zones, Utc))
        {
            bool isOff = isCancelled || called.Contains(utc) || calledDays.Contains(day);
            found.TryAdd(utc, new Occurrence(uid, utc, utc, main, isOff));
            if (found.Count > MaxOccurrences)
            {
                throw new CalendarException(
                    $"it occurs more than {MaxOccurrences} times; narrow the time with --from and --to"
                );
            }
        }

        return [.. found.Values];
    }

    private IEnumerable<(DateTime Utc, DateOnly Day)> Times(
        CalendarEvent main,
        CalendarZones zones,
        Func<DateTime, DateTime> utc
    )
    {
        DateTime start = main.Start!.Value;
        if (main.RecurrenceRule is not { } rule)
        {
            yield return (utc(start), DateOnly.FromDateTime(start));
        }
        else
        {
            foreach (DateTime local in RecurrenceTimes.Of(rule, start, utc))
            {
                DateTime at = utc(local);
                if (at >= _to)
                {
                    break;
                }

                yield return (at, DateOnly.FromDateTime(local));
            }
        }

        foreach (CalDateTime date in RecurrenceTimes.DatesOf(main.RecurrenceDates).Where(date => date.HasTime))
        {
            yield return (zones.ToUtc(date), date.Date);
        }
    }

    private static bool IsCancelled(CalendarEvent e) =>
        string.Equals(e.Status, "CANCELLED", StringComparison.OrdinalIgnoreCase);
}
