using System.Text;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.WebConsole.Credit;
using Engine.WebConsole.Totals;

namespace Engine.WebConsole.Pages;

/// <summary>Credit reports as pages, as CSV, and for programs.</summary>
internal sealed class CreditPages(CreditReader credit, TotalsReader totals, TimeProvider clock)
{
    public static void Map(IEndpointRouteBuilder routes, CreditReader credit, TotalsReader totals, TimeProvider clock)
    {
        var pages = new CreditPages(credit, totals, clock);
        routes.MapPage("/console/credit", pages.AllAsync);
        routes
            .MapPage("/console/credit.csv", pages.AllCsvAsync)
            .Describe("The credit report of a month (?month=2026-11) of all campaigns, as CSV.");
        routes.MapPage("/console/campaigns/{campaign}/credit", pages.OneAsync);
        routes
            .MapPage("/console/campaigns/{campaign}/credit.csv", pages.OneCsvAsync)
            .Describe("A campaign's credit report of a month (?month=2026-11) by day and class, as CSV.");
        routes
            .MapGet("/v1/campaigns/{campaign}/credit", ConsoleRoutes.Serve(pages.JsonAsync))
            .ForRole(Role.Viewer)
            .Describe(
                "A campaign's credit report of a month (?month=2026-11): cost and credit by class, reason and day."
            );
    }

    private async Task<IResult> AllAsync(HttpContext http, ConsoleVisit visit)
    {
        DateOnly month = await MonthAsync(http).ConfigureAwait(false);
        CreditSummary summary = await credit.ReadAsync(month).ConfigureAwait(false);
        // The order, the search and the page, as in lists of campaigns; the days are the month's.
        TotalsQuery query = TotalsQuery.Of(http.Request, await NowAsync().ConfigureAwait(false)) with
        {
            Days = DayRange.OfMonth(month),
        };
        return Page.Show<CreditPage>(
            new
            {
                Visit = visit,
                Summary = summary,
                Query = query,
                Names = NamePage.Of(summary.Campaigns, query.Order, query.Find, query.Page),
            }
        );
    }

    private async Task<IResult> OneAsync(HttpContext http, ConsoleVisit visit) =>
        Page.Show<CampaignCreditPage>(new { Visit = visit, Report = await ReportAsync(http).ConfigureAwait(false) });

    private async Task<IResult> AllCsvAsync(HttpContext http, ConsoleVisit visit)
    {
        DateOnly month = await MonthAsync(http).ConfigureAwait(false);
        return Csv(
            $"credit-{DayRange.MonthText(month)}",
            CreditCsv.Of(await credit.ReadAsync(month).ConfigureAwait(false))
        );
    }

    private async Task<IResult> OneCsvAsync(HttpContext http, ConsoleVisit visit)
    {
        CreditReport report = await ReportAsync(http).ConfigureAwait(false);
        // Only letters that are harmless in a header and in every file system.
        string name = string.Concat(report.Campaign.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
        return Csv($"credit-{name}-{DayRange.MonthText(report.Month)}", CreditCsv.Of(report));
    }

    private async Task<IResult> JsonAsync(HttpContext http) =>
        Answers.Json((await ReportAsync(http).ConfigureAwait(false)).ToJson());

    private async Task<CreditReport> ReportAsync(HttpContext http) =>
        await credit
            .ReadAsync(RoutePart.Id(http, "campaign"), await MonthAsync(http).ConfigureAwait(false))
            .ConfigureAwait(false);

    /// <summary>The month that a request names; without one, that of the last clicks.</summary>
    private async Task<DateOnly> MonthAsync(HttpContext http)
    {
        string text = http.Request.Query["month"].ToString().Trim();
        if (text.Length > 0)
        {
            return DayRange.ParseMonth(text)
                ?? throw new RefusedException(
                    StatusCodes.Status400BadRequest,
                    "The month isn't one; expected, for example, 2026-11.",
                    "month"
                );
        }

        DateOnly today = DayRange.DayOf(await NowAsync().ConfigureAwait(false));
        return today.AddDays(1 - today.Day);
    }

    private async Task<long> NowAsync() =>
        await totals.LogTimeAsync().ConfigureAwait(false) ?? clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static IResult Csv(string name, string text) =>
        Results.File(Encoding.UTF8.GetBytes(text), CreditCsv.Type, name + ".csv");
}
