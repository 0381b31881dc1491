using System.Text.Json.Nodes;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.WebConsole.Meetings;
using Engine.WebConsole.WorkflowResults;

namespace Engine.WebConsole.Pages;

/// <summary>The pages of meetings: who is there, who is missed, and what became of the notices.</summary>
internal sealed class MeetingPages(MeetingDesk desk)
{
    public const string Home = "/console/meetings";

    private const string OnePath = Home + "/{id}";

    public static void Map(IEndpointRouteBuilder routes, MeetingDesk desk)
    {
        var pages = new MeetingPages(desk);
        routes.MapPage(Home, pages.ListAsync).Describe("A page of the meetings that the latest events are about.");
        routes.MapPage(OnePath, pages.ShowAsync).Describe("A page of a meeting: people, notices, what happened.");
        routes.MapForm(OnePath + "/notices", pages.ActAsync, Role.Analyst);
    }

    private async Task<IResult> ListAsync(HttpContext http, ConsoleVisit visit)
    {
        string id = http.Request.Query["meeting"].ToString().Trim();
        return id.Length > 0 && ConsoleWording.AddressIn(Home, id) is { } address
            ? ConsoleRoutes.SeeOther(address)
            : Page.Show<MeetingsPage>(
                new { Visit = visit, Rows = await desk.RecentAsync(http.RequestAborted).ConfigureAwait(false) }
            );
    }

    private async Task<IResult> ShowAsync(HttpContext http, ConsoleVisit visit)
    {
        string id = RoutePart.Id(http, "id");
        return Page.Show<MeetingPage>(
            new
            {
                Visit = visit,
                Id = id,
                Meeting = await FindAsync(id).ConfigureAwait(false),
                Events = await desk.EventsAsync(id, http.RequestAborted).ConfigureAwait(false),
            }
        );
    }

    private async Task<IResult> ActAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        string id = RoutePart.Id(http, "id"),
            what = form["what"].ToString(),
            because = BecauseField.Of(form);
        if (what is not ("stop" or "resume"))
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, "Choose to stop or to resume.", "what");
        }

        JsonObject meeting = await FindAsync(id).ConfigureAwait(false);
        if (meeting.Text("host") is not { Length: > 0 } host || meeting.Text("state") is "ended" or "cancelled")
        {
            throw new RefusedException(
                StatusCodes.Status409Conflict,
                $"The meeting {id} has no host, or is over: its notices can’t be stopped or resumed.",
                "meeting"
            );
        }

        await desk.ActAsync(id, host, what, visit.By, because, http.RequestAborted).ConfigureAwait(false);
        return ConsoleRoutes.SeeOther(ConsoleWording.AddressIn(Home, id) ?? Home);
    }

    private async Task<JsonObject> FindAsync(string id) =>
        await desk.FindAsync(id).ConfigureAwait(false)
        ?? throw new RefusedException(
            StatusCodes.Status404NotFound,
            $"There is no meeting {id}, or it ended more than a day ago.",
            "id"
        );
}
