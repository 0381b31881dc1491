using Ical.Net.DataTypes;
using NodaTime;
using NodaTime.TimeZones;

namespace Ingest.Calendars;

/// <summary>The time zones of a calendar: of the IANA database if it has the name, otherwise as the calendar defines
/// them, otherwise by Windows' names.</summary>
/// <param name="floating">The zone of times without one; null refuses those.</param>
/// <param name="until">The last year that matters.</param>
internal sealed class CalendarZones(Ical.Net.Calendar calendar, string? floating, int until)
{
    private readonly Dictionary<string, CalendarZone> _known = new(StringComparer.Ordinal);

    /// <summary>The instant of a time, in UTC.</summary>
    /// <exception cref="CalendarException">Its zone is unknown, or it has none.</exception>
    public DateTime ToUtc(CalDateTime time) => ToUtc(time.Value, ZoneOf(time));

    public static DateTime ToUtc(DateTime local, CalendarZone? zone) =>
        zone?.ToUtc(local) ?? DateTime.SpecifyKind(local, DateTimeKind.Utc);

    /// <summary>The zone of a time; null for UTC.</summary>
    public CalendarZone? ZoneOf(CalDateTime time)
    {
        if (time.IsUtc)
        {
            return null;
        }

        string name = time.TzId
            ?? floating
            ?? throw new CalendarException($"{time.Value:s} has no time zone; give one with --zone Europe/Berlin");
        if (!_known.TryGetValue(name, out CalendarZone? zone))
        {
            _known[name] = zone = Find(name);
        }

        return zone;
    }

    private CalendarZone Find(string name)
    {
        if (Database(name) is { } zone)
        {
            return zone;
        }

        if (calendar.TimeZones.FirstOrDefault(one => one.TzId == name) is { } definition)
        {
            return new DefinedZone(definition, until);
        }

        // Some programs put their own name before IANA's: /citadel.org/20210210_1/Europe/Berlin.
        for (int slash = name.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = name.IndexOf('/', slash + 1))
        {
            if (Database(name[(slash + 1)..]) is { } suffix)
            {
                return suffix;
            }
        }

        return TzdbDateTimeZoneSource.Default.WindowsMapping.PrimaryMapping.TryGetValue(name, out string? iana)
            ? Database(iana)!
            : throw new CalendarException(
                $"the time zone '{name}' is neither in the IANA database nor defined in the file"
            );
    }

    private static CalendarZone? Database(string name) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is { } zone ? CalendarZone.Of(zone) : null;
}
