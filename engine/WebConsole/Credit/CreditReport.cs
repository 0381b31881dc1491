using System.Text.Json.Nodes;
using Engine.WebConsole.Totals;

namespace Engine.WebConsole.Credit;

/// <summary>A month of one campaign: what its clicks cost, and what the advertiser gets back for those that are invalid
/// (GIVT and SIVT). Its sums are the totals in Redis, to the micro.</summary>
/// <param name="Month">The month's first day, UTC.</param>
/// <param name="Currency">The currency of all amounts; empty if engine.yaml doesn't name it.</param>
/// <param name="Times">The totals by day.</param>
public sealed record CreditReport(string Campaign, DateOnly Month, string Currency, TimeLine Times)
{
    /// <summary>The time zone of days and months.</summary>
    public const string TimeZone = "UTC";

    public TotalSums All => Times.All;

    /// <summary>The days with clicks or confirmations, the earliest first.</summary>
    public IEnumerable<(DateOnly Day, TotalSums Totals)> Days =>
        Times
            .Entries.Where(entry => entry.Totals.Any)
            .Select(entry => (DateOnly.FromDateTime(entry.Start), entry.Totals));

    /// <summary>Whether a class's cost is credited.</summary>
    public static bool IsCredited(string @class) => @class is "givt" or "sivt";

    public JsonObject ToJson() =>
        new()
        {
            ["campaign"] = Campaign,
            ["month"] = DayRange.MonthText(Month),
            ["time_zone"] = TimeZone,
            ["currency"] = Currency.Length > 0 ? Currency : null,
            ["clicks"] = All.Clicks,
            ["cost_micros"] = All.Cost,
            ["invalid_clicks"] = All.Invalid,
            ["credit_micros"] = All.InvalidCost,
            ["classes"] = new JsonObject(
                TotalSums.Classes.Select(one => Named(one, All.ClicksOf(one), All.CostOf(one)))
            ),
            ["reasons"] = new JsonObject(All.Reasons.Select(one => Named(one.Code, one.Clicks, one.Cost))),
            ["days"] = new JsonArray([.. Days.Select(one => DayOf(one.Day, one.Totals))]),
        };

    private static JsonObject DayOf(DateOnly day, TotalSums totals) =>
        new JsonObject
        {
            ["day"] = DayRange.Text(day),
            ["clicks"] = totals.Clicks,
            ["cost_micros"] = totals.Cost,
            ["invalid_clicks"] = totals.Invalid,
            ["credit_micros"] = totals.InvalidCost,
        };

    private static KeyValuePair<string, JsonNode?> Named(string name, long clicks, long cost) =>
        new(name, new JsonObject { ["clicks"] = clicks, ["cost_micros"] = cost });
}

/// <summary>A month of all campaigns.</summary>
/// <param name="Month">The month's first day, UTC.</param>
/// <param name="Currency">As in <see cref="CreditReport"/>.</param>
/// <param name="Campaigns">Their sums, by id.</param>
public sealed record CreditSummary(DateOnly Month, string Currency, IReadOnlyList<NameSums> Campaigns)
{
    public JsonObject ToJson() =>
        new()
        {
            ["month"] = DayRange.MonthText(Month),
            ["time_zone"] = CreditReport.TimeZone,
            ["currency"] = Currency.Length > 0 ? Currency : null,
            ["clicks"] = Campaigns.Sum(one => one.Clicks),
            ["cost_micros"] = Campaigns.Sum(one => one.Cost),
            ["invalid_clicks"] = Campaigns.Sum(one => one.Invalid),
            ["credit_micros"] = Campaigns.Sum(one => one.InvalidCost),
            ["campaigns"] = new JsonArray([.. Campaigns.Select(Row)]),
        };

    private static JsonObject Row(NameSums sums) =>
        new JsonObject
        {
            ["campaign"] = sums.Id,
            ["clicks"] = sums.Clicks,
            ["cost_micros"] = sums.Cost,
            ["invalid_clicks"] = sums.Invalid,
            ["credit_micros"] = sums.InvalidCost,
        };
}
