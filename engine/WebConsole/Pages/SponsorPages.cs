using Engine.Web;
using Engine.WebConsole.Sponsors;
using Engine.Workflows.ContentRequests.Settings;

namespace Engine.WebConsole.Pages;

/// <summary>The pages of sponsors: what their pages request, whether it is valid, and what is suggested.</summary>
internal sealed class SponsorPages(SponsorDesk desk)
{
    public const string Home = "/console/sponsors";

    public static void Map(IEndpointRouteBuilder routes, SponsorDesk desk)
    {
        var pages = new SponsorPages(desk);
        routes.MapPage(Home, pages.ListAsync).Describe("A page of the sponsors of the settings.");
        routes
            .MapPage(Home + "/{id}", pages.ShowAsync)
            .Describe("A page of a sponsor: definitions, latest requests and suggestions.");
    }

    private Task<IResult> ListAsync(HttpContext http, ConsoleVisit visit)
    {
        string find = http.Request.Query["find"].ToString().Trim();
        return Task.FromResult(
            Page.Show<SponsorsPage>(
                new
                {
                    Visit = visit,
                    Find = find,
                    Rows = desk.List(find),
                }
            )
        );
    }

    private async Task<IResult> ShowAsync(HttpContext http, ConsoleVisit visit)
    {
        string id = RoutePart.Id(http, "id");
        Sponsor sponsor = desk.Find(id)
            ?? throw new RefusedException(
                StatusCodes.Status404NotFound,
                $"There is no sponsor {id} in the settings.",
                "id"
            );
        return Page.Show<SponsorPage>(
            new
            {
                Visit = visit,
                One = sponsor,
                Latest = await desk.LatestAsync(id, http.RequestAborted).ConfigureAwait(false),
                Suggestions = await desk.SuggestionsAsync(sponsor).ConfigureAwait(false),
            }
        );
    }
}
