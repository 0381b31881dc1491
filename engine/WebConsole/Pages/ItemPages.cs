using System.Text.Json.Nodes;
using Engine.Web;
using Engine.WebConsole.Items;
using Engine.WebConsole.WorkflowResults;
using Engine.Workflows.Associations.Settings;

namespace Engine.WebConsole.Pages;

/// <summary>The pages of items: who showed them to whom, and what was suspect about it.</summary>
internal sealed class ItemPages(ItemDesk desk)
{
    public const string Home = "/console/items";

    public static void Map(IEndpointRouteBuilder routes, ItemDesk desk)
    {
        var pages = new ItemPages(desk);
        routes.MapPage(Home, pages.ListAsync).Describe("A page of the items of the settings, with their counts.");
        routes
            .MapPage(Home + "/{item}", pages.ShowAsync)
            .Describe("A page of an item: its counts, referrers and latest associations.");
        routes
            .MapPage(Home + "/{item}/associations/{id}", pages.AssociationAsync)
            .Describe("A page of an association: its outcome, evidence and chain.");
    }

    /// <summary>The address of an association's page; null if no address can lead there: browsers resolve
    /// dots.</summary>
    public static string? AddressOf(string item, string association) =>
        ConsoleWording.AddressIn(Home, item) is { } address
            ? ConsoleWording.AddressIn(address + "/associations", association)
            : null;

    private async Task<IResult> ListAsync(HttpContext http, ConsoleVisit visit)
    {
        string find = http.Request.Query["find"].ToString().Trim();
        return Page.Show<ItemsPage>(
            new
            {
                Visit = visit,
                Find = find,
                Rows = await desk.ListAsync(find).ConfigureAwait(false),
            }
        );
    }

    private async Task<IResult> ShowAsync(HttpContext http, ConsoleVisit visit)
    {
        string id = RoutePart.Id(http, "item");
        ItemSetting item = desk.Find(id)
            ?? throw new RefusedException(
                StatusCodes.Status404NotFound,
                $"There is no item {id} in the settings.",
                "item"
            );
        return Page.Show<ItemPage>(
            new
            {
                Visit = visit,
                One = new ItemRow(item, await desk.CountsAsync(id).ConfigureAwait(false)),
                Latest = await desk.LatestAsync(id, http.RequestAborted).ConfigureAwait(false),
            }
        );
    }

    private async Task<IResult> AssociationAsync(HttpContext http, ConsoleVisit visit)
    {
        string item = RoutePart.Id(http, "item"),
            id = RoutePart.Id(http, "id");
        JsonObject outcome = await desk.OutcomeAsync(item, id).ConfigureAwait(false)
            ?? throw new RefusedException(
                StatusCodes.Status404NotFound,
                $"There is no association {id} of {item}, it isn’t decided yet, or its outcome has expired.",
                "id"
            );
        string first = outcome.Text("of") is { Length: > 0 } of ? of : id;
        return Page.Show<AssociationPage>(
            new
            {
                Visit = visit,
                Item = item,
                Id = id,
                Outcome = outcome,
                Chain = await desk.ChainAsync(item, first).ConfigureAwait(false),
            }
        );
    }
}
