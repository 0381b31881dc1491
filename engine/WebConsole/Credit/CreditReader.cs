using Engine.WebConsole.Totals;

namespace Engine.WebConsole.Credit;

/// <summary>Makes credit reports from the totals in Redis. Thread-safe.</summary>
/// <param name="currency">The currency of all amounts; empty if engine.yaml doesn't name it.</param>
public sealed class CreditReader(TotalsReader totals, string currency)
{
    /// <summary>The month of one campaign.</summary>
    public async Task<CreditReport> ReadAsync(string campaign, DateOnly month)
    {
        DayRange days = DayRange.OfMonth(month);
        IReadOnlyList<(DateTime, TotalSums)> hours = await totals
            .HoursAsync(SumKind.Campaign, campaign, days)
            .ConfigureAwait(false);
        return new CreditReport(campaign, month, currency, TimeLine.Of(hours, days));
    }

    /// <summary>The month of all campaigns with clicks in it.</summary>
    public async Task<CreditSummary> ReadAsync(DateOnly month)
    {
        IReadOnlyCollection<NameSums> names = await totals
            .NamesAsync(SumKind.Campaign, DayRange.OfMonth(month))
            .ConfigureAwait(false);
        return new CreditSummary(month, currency, [.. names.OrderBy(name => name.Id, StringComparer.Ordinal)]);
    }
}
