using System.Collections.Concurrent;
using System.Globalization;
using Engine.Conditions.Checking;
using static Engine.Conditions.Functions.Catalogue;

namespace Engine.Conditions.Functions;

/// <summary>The calendar fields of a timestamp, in UTC or in a time zone, and the parts of a duration. Months, days of
/// the month (getDayOfMonth) and days of the year count from 0, getDate counts from 1, and Sunday is day 0.</summary>
internal static class TimeFunctions
{
    private const int SecondsPerDay = 86_400;

    /// <summary>The maximum number of cached zone names. About 600 exist, so this only bounds names that a condition
    /// invents.</summary>
    private const int MaxZones = 1_024;

    private static readonly ConcurrentDictionary<string, TimeZoneInfo?> Zones = new(StringComparer.Ordinal);

    public static IEnumerable<Overload> All { get; } =
    [
        .. Of("getFullYear", (days, _, _) => Date(days).Year),
        .. Of("getMonth", (days, _, _) => Date(days).Month - 1),
        .. Of("getDate", (days, _, _) => Date(days).Day),
        .. Of("getDayOfMonth", (days, _, _) => Date(days).Day - 1),
        .. Of("getDayOfWeek", (days, _, _) => Modulo(days + 4, 7)), // 1970-01-01 was a Thursday
        .. Of("getDayOfYear", (days, _, _) => Date(days).DayOfYear - 1),
        .. Of("getHours", (_, second, _) => second / 3_600),
        .. Of("getMinutes", (_, second, _) => second / 60 % 60),
        .. Of("getSeconds", (_, second, _) => second % 60),
        .. Of("getMilliseconds", (_, _, nanos) => nanos / 1_000_000),
        Method(
            "getHours",
            StaticType.Int,
            (a, ref _) => CelValue.Of(a[0].Bits / (3_600 * CelValue.NanosPerSecond)),
            CelType.Duration
        ),
        Method(
            "getMinutes",
            StaticType.Int,
            (a, ref _) => CelValue.Of(a[0].Bits / (60 * CelValue.NanosPerSecond)),
            CelType.Duration
        ),
        Method(
            "getSeconds",
            StaticType.Int,
            (a, ref _) => CelValue.Of(a[0].Bits / CelValue.NanosPerSecond),
            CelType.Duration
        ),
        Method(
            "getMilliseconds",
            StaticType.Int,
            (a, ref _) => CelValue.Of(a[0].Bits / 1_000_000 % 1_000),
            CelType.Duration
        ),
    ];

    /// <summary>Reads a field of the local time: days since 1970, the second of the day, and nanoseconds.</summary>
    private delegate long Reading(long days, int second, int nanos);

    private static IEnumerable<Overload> Of(string name, Reading reading) =>
        [
            Method(name, StaticType.Int, (a, ref _) => Read(reading, a[0].Bits, a[0].Nanos), CelType.Timestamp),
            Method(
                name,
                StaticType.Int,
                (a, ref _) =>
                    TryOffset(a[1].AsString, a[0].Bits, out int offset)
                        ? Read(reading, a[0].Bits + offset, a[0].Nanos)
                        : CelValue.Error(
                            "no such time zone: expected UTC, a name such as Europe/Paris, or an offset such as -02:30"
                        ),
                CelType.Timestamp,
                CelType.String
            ),
        ];

    private static CelValue Read(Reading reading, long seconds, int nanos)
    {
        long days = Math.DivRem(seconds, SecondsPerDay, out long second);
        return second < 0
            ? CelValue.Of(reading(days - 1, (int)second + SecondsPerDay, nanos))
            : CelValue.Of(reading(days, (int)second, nanos));
    }

    /// <summary>Gets the seconds that a zone is ahead of UTC at an instant.</summary>
    private static bool TryOffset(string zone, long seconds, out int offset)
    {
        offset = 0;
        if (zone is "UTC" or "Z" or "")
        {
            return zone != "";
        }
        int colon = zone.IndexOf(':');
        if (colon > 0)
        {
            int first = zone[0] is '+' or '-' ? 1 : 0;
            if (
                !int.TryParse(
                    zone.AsSpan(first, colon - first),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out int hours
                )
                || !int.TryParse(
                    zone.AsSpan(colon + 1),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out int minutes
                )
            )
            {
                return false;
            }
            offset = (hours * 3_600 + minutes * 60) * (zone[0] == '-' ? -1 : 1);
            return hours <= 23 && minutes <= 59;
        }
        if (Find(zone) is not { } found)
        {
            return false;
        }
        offset = (int)found.GetUtcOffset(DateTime.UnixEpoch.AddSeconds(seconds)).TotalSeconds;
        return true;
    }

    private static TimeZoneInfo? Find(string name)
    {
        if (Zones.TryGetValue(name, out TimeZoneInfo? known))
        {
            return known;
        }
        // The runtime opens a file of the zone's name: refuse anything that could leave the zone folder.
        bool plain =
            name.Length <= 64
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')
            && name[0] != '/';
        TimeZoneInfo? zone =
            plain && TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? found) ? found : null;
        if (Zones.Count < MaxZones)
        {
            Zones.TryAdd(name, zone);
        }
        return zone;
    }

    private readonly record struct CalendarDay(int Year, int Month, int Day)
    {
        public int DayOfYear =>
            Year is >= 1 and <= 9999 ? new DateTime(Year, Month, Day).DayOfYear
            : Month == 1 ? Day
            : 366;
    }

    /// <summary>Gets the calendar day. A zone's offset can move it out of the years 1 to 9999, into a December or a
    /// January.</summary>
    private static CalendarDay Date(long days)
    {
        const long FirstDay = CelValue.FirstSecond / SecondsPerDay;
        const long LastDay = CelValue.LastSecond / SecondsPerDay;
        if (days < FirstDay)
        {
            return new CalendarDay(0, 12, 31);
        }
        if (days > LastDay)
        {
            return new CalendarDay(10_000, 1, 1);
        }
        DateTime date = DateTime.UnixEpoch.AddDays(days);
        return new CalendarDay(date.Year, date.Month, date.Day);
    }

    private static long Modulo(long number, long divisor) => ((number % divisor) + divisor) % divisor;
}
