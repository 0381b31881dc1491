using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.WebConsole.Rules;

namespace Engine.WebConsole.Pages;

/// <summary>The page of snoozes: reasons that don't act for a publisher for a while.</summary>
internal sealed class SnoozePages(SnoozeDesk desk, TimeProvider clock)
{
    private const string Home = "/console/snoozes";

    private static readonly TimeSpan UsualTime = TimeSpan.FromDays(7);

    public static void Map(IEndpointRouteBuilder routes, SnoozeDesk desk, TimeProvider clock)
    {
        var pages = new SnoozePages(desk, clock);
        routes.MapPage(Home, (http, visit) => Task.FromResult(pages.Show(http, visit)));
        routes.MapForm(Home, pages.AddAsync, Role.Analyst);
        routes.MapForm(Home + "/end", pages.EndAsync, Role.Analyst);
    }

    private async Task<IResult> AddAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        string reason = form["reason"].ToString(),
            publisher = form["publisher"].ToString().Trim(),
            because = BecauseField.Of(form);
        if (!SnoozeDesk.Codes.Contains(reason))
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, "Choose a reason.", "reason");
        }

        if (!Identifier.IsOne(publisher))
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"The publisher isn't an id: it has {Identifier.Words}.",
                "publisher"
            );
        }

        long until = FormTime.Read(form["until"], clock)
            ?? throw new RefusedException(
                StatusCodes.Status400BadRequest,
                "Say until when, as a time to come: 2026-12-24T18:00, in UTC.",
                "until"
            );
        await desk.AddAsync(reason, publisher, until, visit.By, because).ConfigureAwait(false);
        return ConsoleRoutes.SeeOther(Home + "?written");
    }

    private async Task<IResult> EndAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        string id = form["id"].ToString();
        if (!desk.All.Any(snooze => snooze.Id == id))
        {
            throw new RefusedException(
                StatusCodes.Status404NotFound,
                $"There is no snooze {id}: somebody has ended it.",
                "id"
            );
        }

        await desk.EndAsync(id, visit.By, "ended on the console").ConfigureAwait(false);
        return ConsoleRoutes.SeeOther(Home + "?written");
    }

    private IResult Show(HttpContext http, ConsoleVisit visit) =>
        Page.Show<SnoozesPage>(
            new
            {
                Visit = visit,
                Snoozes = desk.All,
                Now = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                Publisher = http.Request.Query["publisher"].ToString(),
                Until = FormTime.Text(clock.GetUtcNow() + UsualTime),
                Written = http.Request.Query.ContainsKey("written"),
            }
        );
}
