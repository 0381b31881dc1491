using Ical.Net.DataTypes;
using Ical.Net.Evaluation;

namespace Ingest.Calendars;

/// <summary>The local times that a recurrence rule gives.</summary>
internal static class RecurrenceTimes
{
    /// <summary>After so many steps without a time, a rule gives no more: 31 February never comes.</summary>
    private const int MaxEmptySteps = 200_000;

    /// <summary>Lists the times in order, lazily; some rules are endless.</summary>
    /// <param name="start">The local time from which the rule counts.</param>
    /// <param name="offset">The offset of local times, by which an end in UTC is compared.</param>
    public static IEnumerable<DateTime> Of(RecurrenceRule rule, DateTime start, TimeSpan offset) =>
        Of(rule, start, local => DateTime.SpecifyKind(local - offset, DateTimeKind.Utc));

    /// <summary>Lists the times in order, lazily.</summary>
    /// <param name="toUtc">Maps a local time to UTC, by which an end in UTC is compared.</param>
    /// <exception cref="CalendarException">The rule can't be evaluated.</exception>
    public static IEnumerable<DateTime> Of(RecurrenceRule rule, DateTime start, Func<DateTime, DateTime> toUtc)
    {
        // Ends are counted here: the library also counts times that come twice, and days that aren't in BYMONTH.
        (CalDateTime? until, int left) = (rule.Until, rule.Count ?? int.MaxValue);
        RecurrenceRule endless = rule.Copy<RecurrenceRule>()!;
        (endless.Until, endless.Count) = (null, null);
        var from = new CalDateTime(start, true);
        DateTime? last = null;
        using IEnumerator<Period> times = new RecurrencePatternEvaluator(endless)
            .Evaluate(from, from, new EvaluationOptions { MaxUnmatchedIncrementsLimit = MaxEmptySteps })
            .GetEnumerator();
        while (true)
        {
            DateTime local;
            try
            {
                if (!times.MoveNext())
                {
                    yield break;
                }

                local = times.Current.StartTime.Value;
            }
            catch (EvaluationException)
            {
                yield break; // beyond the last year, or nothing for a long time
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or OverflowException)
            {
                throw new CalendarException($"the rule {rule} can't be evaluated: {e.Message}");
            }

            if (left == 0 || (until != null && IsPast(local, until, toUtc)))
            {
                yield break;
            }

            if (local == last || (rule.ByMonth.Count > 0 && !rule.ByMonth.Contains(local.Month)))
            {
                continue;
            }

            (last, left) = (local, left - 1);
            yield return local;
        }
    }

    /// <summary>The times that are listed one by one (<c>RDATE</c>), as times or as periods.</summary>
    public static IEnumerable<CalDateTime> DatesOf(RecurrenceDates dates) =>
        dates.GetAllDates().Concat(dates.GetAllPeriods().Select(period => period.StartTime));

    private static bool IsPast(DateTime local, CalDateTime until, Func<DateTime, DateTime> toUtc) =>
        !until.HasTime ? DateOnly.FromDateTime(local) > until.Date
        : until.IsUtc ? toUtc(local) > DateTime.SpecifyKind(until.Value, DateTimeKind.Utc)
        : local > until.Value;
}
