using Engine.Web;
using Engine.WebConsole.Bookmarks;

namespace Engine.WebConsole.Pages;

/// <summary>The pages of bookmarks: what people bookmark, and how they tag it.</summary>
internal sealed class BookmarkPages(BookmarkDesk desk)
{
    public const string Home = "/console/bookmarks";

    public static void Map(IEndpointRouteBuilder routes, BookmarkDesk desk)
    {
        var pages = new BookmarkPages(desk);
        routes.MapPage(Home, pages.ListAsync).Describe("A page of the bookmarks that the latest events are about.");
        routes
            .MapPage(Home + "/{id}", pages.ShowAsync)
            .Describe("A page of a bookmark, by its key: people, tags, latest events.");
    }

    private async Task<IResult> ListAsync(HttpContext http, ConsoleVisit visit)
    {
        string text = http.Request.Query["text"].ToString().Trim();
        KnownBookmark? found =
            text.Length > 0 && BookmarkDesk.KeyOf(text) is { } key
                ? await desk.FindAsync(key).ConfigureAwait(false)
                : null;
        return found != null
            ? ConsoleRoutes.SeeOther($"{Home}/{found.Key}")
            : Page.Show<BookmarksPage>(
                new
                {
                    Visit = visit,
                    Sought = text,
                    Rows = await desk.RecentAsync(http.RequestAborted).ConfigureAwait(false),
                }
            );
    }

    private async Task<IResult> ShowAsync(HttpContext http, ConsoleVisit visit)
    {
        string key = RoutePart.Id(http, "id");
        KnownBookmark bookmark = await desk.FindAsync(key).ConfigureAwait(false)
            ?? throw new RefusedException(StatusCodes.Status404NotFound, $"There is no bookmark {key}.", "id");
        return Page.Show<BookmarkPage>(
            new
            {
                Visit = visit,
                One = bookmark,
                Events = await desk.EventsAsync(key, http.RequestAborted).ConfigureAwait(false),
            }
        );
    }
}
