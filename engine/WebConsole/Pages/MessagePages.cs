using Engine.Web;
using Engine.WebConsole.Messages;
using Engine.WebConsole.WorkflowResults;
using Engine.Workflows.Messages.Settings;

namespace Engine.WebConsole.Pages;

/// <summary>The pages of messages: what rules did with them, and why.</summary>
internal sealed class MessagePages(MessageDesk desk)
{
    public const string Home = "/console/messages";

    public static void Map(IEndpointRouteBuilder routes, MessageDesk desk)
    {
        var pages = new MessagePages(desk);
        routes.MapPage(Home, pages.ListAsync).Describe("A page of the latest messages, and what was done with them.");
        routes.MapPage(Home + "/{id}", pages.ShowAsync).Describe("A page of what rules did with a message, and why.");
    }

    private async Task<IResult> ListAsync(HttpContext http, ConsoleVisit visit)
    {
        string id = http.Request.Query["message"].ToString().Trim();
        return id.Length > 0 && ConsoleWording.AddressIn(Home, id) is { } address
            ? ConsoleRoutes.SeeOther(address)
            : Page.Show<MessagesPage>(
                new { Visit = visit, Rows = await desk.RecentAsync(http.RequestAborted).ConfigureAwait(false) }
            );
    }

    private async Task<IResult> ShowAsync(HttpContext http, ConsoleVisit visit)
    {
        string id = RoutePart.Id(http, "id");
        HandledMessage message = await desk.FindAsync(id, http.RequestAborted).ConfigureAwait(false)
            ?? throw new RefusedException(
                StatusCodes.Status404NotFound,
                $"There is no message {id}, it isn’t decided yet, or what was done has expired.",
                "id"
            );
        long cameAt = message.Event?.Record.Timestamp ?? message.Handled.Number("time");
        return Page.Show<MessagePage>(
            new
            {
                Visit = visit,
                Message = message,
                RuleOf = (Func<string, MessageRule?>)(rule => desk.RuleAt(rule, cameAt)),
            }
        );
    }
}
