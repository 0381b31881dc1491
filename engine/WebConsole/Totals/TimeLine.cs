using System.Globalization;

namespace Engine.WebConsole.Totals;

/// <summary>Totals over time: by hour for a few days, otherwise by day.</summary>
/// <param name="ByHour">Whether the entries are hours.</param>
/// <param name="Entries">The totals of each hour or day, the earliest first.</param>
/// <param name="All">The sums of all entries.</param>
public sealed record TimeLine(bool ByHour, IReadOnlyList<(DateTime Start, TotalSums Totals)> Entries, TotalSums All)
{
    /// <summary>Up to so many days are shown by hour.</summary>
    private const int MaxDaysByHour = 3;

    public static TimeLine Of(IReadOnlyList<(DateTime Hour, TotalSums Totals)> hours, DayRange days)
    {
        bool byHour = days.Count <= MaxDaysByHour;
        return new TimeLine(
            byHour,
            byHour
                ? hours
                :
                [
                    .. hours
                        .GroupBy(hour => hour.Hour.Date)
                        .Select(day => (day.Key, SumOf(day.Select(hour => hour.Totals)))),
                ],
            SumOf(hours.Select(hour => hour.Totals))
        );
    }

    /// <summary>The short name of an entry, in a chart.</summary>
    public string Label(DateTime start) =>
        start.ToString(ByHour ? "d MMM HH':00'" : "d MMM", CultureInfo.InvariantCulture);

    /// <summary>The name of an entry, in a table.</summary>
    public string Words(DateTime start) =>
        start.ToString(ByHour ? "yyyy-MM-dd HH':00'" : "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static TotalSums SumOf(IEnumerable<TotalSums> parts)
    {
        var sum = new TotalSums();
        foreach (TotalSums part in parts)
        {
            sum.Add(part);
        }

        return sum;
    }
}
