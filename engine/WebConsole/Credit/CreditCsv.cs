using System.Globalization;
using System.Text;
using Engine.WebConsole.Totals;

namespace Engine.WebConsole.Credit;

/// <summary>Credit reports as CSV (RFC 4180). Every row names the time zone and the currency. No cell is a formula to a
/// spreadsheet: a text that would be one begins with an apostrophe (OWASP, CSV injection).</summary>
public static class CreditCsv
{
    /// <summary>The media type of responses.</summary>
    public const string Type = "text/csv; charset=utf-8";

    private const decimal MicrosPerUnit = 1_000_000m;

    /// <summary>A row for each day and class with clicks.</summary>
    public static string Of(CreditReport report)
    {
        var csv = new StringBuilder();
        Row(
            csv,
            "campaign",
            "day",
            "time_zone",
            "class",
            "clicks",
            "currency",
            "cost",
            "credit",
            "cost_micros",
            "credit_micros"
        );
        foreach ((DateOnly day, TotalSums totals) in report.Days)
        {
            foreach (string @class in TotalSums.Classes.Where(one => totals.ClicksOf(one) > 0))
            {
                long cost = totals.CostOf(@class),
                    credit = CreditReport.IsCredited(@class) ? cost : 0;
                Row(
                    csv,
                    report.Campaign,
                    DayRange.Text(day),
                    CreditReport.TimeZone,
                    @class,
                    Number(totals.ClicksOf(@class)),
                    report.Currency,
                    Amount(cost),
                    Amount(credit),
                    Number(cost),
                    Number(credit)
                );
            }
        }

        return csv.ToString();
    }

    /// <summary>A row for each campaign.</summary>
    public static string Of(CreditSummary summary)
    {
        var csv = new StringBuilder();
        Row(
            csv,
            "campaign",
            "month",
            "time_zone",
            "clicks",
            "invalid_clicks",
            "currency",
            "cost",
            "credit",
            "cost_micros",
            "credit_micros"
        );
        foreach (NameSums one in summary.Campaigns)
        {
            Row(
                csv,
                one.Id,
                DayRange.MonthText(summary.Month),
                CreditReport.TimeZone,
                Number(one.Clicks),
                Number(one.Invalid),
                summary.Currency,
                Amount(one.Cost),
                Amount(one.InvalidCost),
                Number(one.Cost),
                Number(one.InvalidCost)
            );
        }

        return csv.ToString();
    }

    private static void Row(StringBuilder csv, params ReadOnlySpan<string> cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            csv.Append(i > 0 ? "," : "").Append(Cell(cells[i]));
        }

        csv.Append("\r\n");
    }

    private static string Cell(string text)
    {
        string safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + text : text;
        return safe.AsSpan().ContainsAny("\",;\r\n") || safe != text
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Micros in units of the currency, with all six digits.</summary>
    private static string Amount(long micros) =>
        (micros / MicrosPerUnit).ToString("0.000000", CultureInfo.InvariantCulture);
}
