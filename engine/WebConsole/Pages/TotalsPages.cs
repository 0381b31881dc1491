using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Web;
using Engine.WebConsole.Health;
using Engine.WebConsole.Totals;

namespace Engine.WebConsole.Pages;

/// <summary>The pages of totals: overview, campaigns, publishers, and one of them.</summary>
internal sealed class TotalsPages(
    TotalsReader totals,
    SettingsTimeline timeline,
    IEngineHealth health,
    TimeProvider clock
)
{
    private const int TopRows = 5;

    public static void Map(
        IEndpointRouteBuilder routes,
        TotalsReader totals,
        SettingsTimeline timeline,
        IEngineHealth health,
        TimeProvider clock
    )
    {
        var pages = new TotalsPages(totals, timeline, health, clock);
        routes.MapPage(ConsoleEntrance.Home, pages.OverviewAsync);
        foreach (SumKind kind in Enum.GetValues<SumKind>())
        {
            routes.MapPage($"/console/{kind.Plural()}", (http, visit) => pages.NamesAsync(http, visit, kind));
            routes.MapPage($"/console/{kind.Plural()}/{{id}}", (http, visit) => pages.NameAsync(http, visit, kind));
        }
    }

    private async Task<IResult> OverviewAsync(HttpContext http, ConsoleVisit visit)
    {
        (TotalsQuery query, long now) = await QueryAsync(http).ConfigureAwait(false);
        Task<IReadOnlyList<(DateTime Hour, TotalSums Totals)>> hours = totals.HoursAsync(query.Days);
        Task<IReadOnlyList<NameSums>> campaigns = TopAsync(SumKind.Campaign, query),
            publishers = TopAsync(SumKind.Publisher, query);
        return Page.Show<OverviewPage>(
            new
            {
                Visit = visit,
                Query = query,
                Now = now,
                State = health.Read(),
                Times = TimeLine.Of(await hours.ConfigureAwait(false), query.Days),
                Campaigns = await campaigns.ConfigureAwait(false),
                Publishers = await publishers.ConfigureAwait(false),
            }
        );
    }

    private async Task<IReadOnlyList<NameSums>> TopAsync(SumKind kind, TotalsQuery query) =>
        [
            .. NamePage
                .Of(
                    await totals.NamesAsync(kind, query.Days).ConfigureAwait(false),
                    NameOrder.Credit,
                    find: "",
                    page: 1
                )
                .Rows.Take(TopRows),
        ];

    private async Task<IResult> NamesAsync(HttpContext http, ConsoleVisit visit, SumKind kind)
    {
        (TotalsQuery query, long now) = await QueryAsync(http).ConfigureAwait(false);
        return Page.Show<NamesPage>(
            new
            {
                Visit = visit,
                Kind = kind,
                Query = query,
                Now = now,
                Names = NamePage.Of(
                    await totals.NamesAsync(kind, query.Days).ConfigureAwait(false),
                    query.Order,
                    query.Find,
                    query.Page
                ),
            }
        );
    }

    private async Task<IResult> NameAsync(HttpContext http, ConsoleVisit visit, SumKind kind)
    {
        string id = RoutePart.Id(http, "id");
        (TotalsQuery query, long now) = await QueryAsync(http).ConfigureAwait(false);
        IReadOnlyList<(DateTime Hour, TotalSums Totals)> hours = await totals
            .HoursAsync(kind, id, query.Days)
            .ConfigureAwait(false);
        return Page.Show<NameDetailPage>(
            new
            {
                Visit = visit,
                Kind = kind,
                Id = id,
                Query = query,
                Now = now,
                Times = TimeLine.Of(hours, query.Days),
                Setting = kind == SumKind.Campaign ? SettingOf(id) : null,
            }
        );
    }

    private CampaignSetting? SettingOf(string id) => timeline.Latest.Campaigns.GetValueOrDefault(id);

    private async Task<(TotalsQuery, long)> QueryAsync(HttpContext http)
    {
        long now = await totals.LogTimeAsync().ConfigureAwait(false) ?? clock.GetUtcNow().ToUnixTimeMilliseconds();
        return (TotalsQuery.Of(http.Request, now), now);
    }
}
