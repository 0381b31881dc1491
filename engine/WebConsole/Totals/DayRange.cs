using System.Globalization;

namespace Engine.WebConsole.Totals;

/// <summary>Days in UTC, both included. At most <see cref="MaxDays"/>.</summary>
public readonly record struct DayRange
{
    /// <summary>More than totals are kept by default (35 days after their last change), and any month.</summary>
    public const int MaxDays = 62;

    private const string Format = "yyyy-MM-dd",
        MonthFormat = "yyyy-MM";

    private DayRange(DateOnly from, DateOnly to) => (From, To) = (from, to);

    public DateOnly From { get; }

    public DateOnly To { get; }

    /// <summary>The number of days.</summary>
    public int Count => To.DayNumber - From.DayNumber + 1;

    public IEnumerable<DateOnly> Days
    {
        get
        {
            DateOnly from = From;
            return Enumerable.Range(0, Count).Select(from.AddDays);
        }
    }

    /// <summary>The days as people write them.</summary>
    public string Words => From == To ? Text(From) : $"{Text(From)} to {Text(To)}";

    /// <summary>Days up to one, which is included.</summary>
    /// <param name="count">The number of days.</param>
    public static DayRange UpTo(DateOnly last, int count) => new(last.AddDays(1 - count), last);

    /// <summary>The days of a month.</summary>
    public static DayRange OfMonth(DateOnly first) => new(first, first.AddMonths(1).AddDays(-1));

    /// <summary>Reads two days; null if one of them isn't a day, if they are in the wrong order, or too far
    /// apart.</summary>
    public static DayRange? Parse(string from, string to) =>
        Day(from) is { } first && Day(to) is { } last && first <= last && last.DayNumber - first.DayNumber < MaxDays
            ? new DayRange(first, last)
            : null;

    /// <summary>Reads <c>2026-11</c>; null if it isn't a month.</summary>
    public static DateOnly? ParseMonth(string text) =>
        DateOnly.TryParseExact(text, MonthFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly month)
        && month.Year is > 1970 and < 9999
            ? month
            : null;

    /// <summary>The day of a time, ms.</summary>
    public static DateOnly DayOf(long time) =>
        DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime);

    /// <summary><c>2026-11-22</c></summary>
    public static string Text(DateOnly day) => day.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary><c>2026-11</c></summary>
    public static string MonthText(DateOnly day) => day.ToString(MonthFormat, CultureInfo.InvariantCulture);

    private static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
        && day.Year is > 1970 and < 9999
            ? day
            : null;
}
