using System.Globalization;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.WebConsole.DeadLetters;

namespace Engine.WebConsole.Pages;

/// <summary>The pages of events that couldn't be used.</summary>
internal sealed class DeadLetterPages(DeadLetterDesk desk)
{
    private const string Home = "/console/dead-letters",
        OnePath = Home + "/{partition:int:min(0)}/{offset:long:min(0)}";

    private const int Shown = 100,
        MaxBecause = 500,
        MaxKey = 256;

    public static void Map(IEndpointRouteBuilder routes, DeadLetterDesk desk)
    {
        var pages = new DeadLetterPages(desk);
        routes.MapPage(Home, pages.ListAsync);
        routes.MapPage(OnePath, pages.ShowAsync);
        routes.MapForm(OnePath + "/send", pages.SendAsync, Role.Analyst);
    }

    private async Task<IResult> ListAsync(HttpContext http, ConsoleVisit visit)
    {
        string reason = http.Request.Query["reason"].ToString();
        IReadOnlyList<DeadLetter> latest = await desk.LatestAsync(http.RequestAborted).ConfigureAwait(false);
        return Page.Show<DeadLettersPage>(
            new
            {
                Visit = visit,
                Reason = reason,
                Counts = latest
                    .GroupBy(letter => letter.Reason)
                    .Select(group => (group.Key, group.Count()))
                    .OrderByDescending(group => group.Item2)
                    .ToArray(),
                Letters = latest.Where(letter => reason.Length == 0 || letter.Reason == reason).Take(Shown).ToArray(),
            }
        );
    }

    private async Task<IResult> ShowAsync(HttpContext http, ConsoleVisit visit)
    {
        DeadLetter letter = await FoundAsync(http).ConfigureAwait(false);
        return Show(
            visit,
            letter,
            letter.Record.KeyText ?? "",
            letter.Text is { } text ? DeadLetterDesk.Indented(text) : null,
            "",
            problem: null,
            wasSent: http.Request.Query.ContainsKey("sent")
        );
    }

    private async Task<IResult> SendAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        DeadLetter letter = await FoundAsync(http).ConfigureAwait(false);
        string key = form["key"].ToString(),
            text = form["value"].ToString(),
            because = form["because"].ToString().Trim();
        string? problem =
            letter.Text == null || !desk.Takes(letter.Topic) ? "This letter can't be sent again."
            : because.Length is 0 or > MaxBecause ? $"Say why, in {MaxBecause} letters at most."
            : key.Length is 0 or > MaxKey ? "Give the key."
            : desk.Problem(letter, key, text);
        if (problem != null)
        {
            return Show(visit, letter, key, text, because, problem, wasSent: false);
        }

        await desk.SendAsync(letter, key, text, visit.By, because).ConfigureAwait(false);
        return ConsoleRoutes.SeeOther(AddressOf(letter) + "?sent");
    }

    private IResult Show(
        ConsoleVisit visit,
        DeadLetter letter,
        string key,
        string? text,
        string because,
        string? problem,
        bool wasSent
    ) =>
        Page.Show<DeadLetterPage>(
            new
            {
                Visit = visit,
                Letter = letter,
                Key = key,
                Text = text,
                Because = because,
                Problem = problem,
                WasSent = wasSent,
                MayBeSent = letter.Text != null && desk.Takes(letter.Topic),
            },
            problem == null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
        );

    private async Task<DeadLetter> FoundAsync(HttpContext http) =>
        await desk.FindAsync(
                int.Parse(RoutePart.Of(http, "partition"), CultureInfo.InvariantCulture),
                long.Parse(RoutePart.Of(http, "offset"), CultureInfo.InvariantCulture),
                http.RequestAborted
            )
            .ConfigureAwait(false)
        ?? throw new RefusedException(
            StatusCodes.Status404NotFound,
            "There is no such dead letter: it never was, or it is older than the topic keeps them."
        );

    /// <summary>The address of a letter's page.</summary>
    public static string AddressOf(DeadLetter letter) =>
        string.Create(CultureInfo.InvariantCulture, $"{Home}/{letter.Record.Partition}/{letter.Record.Offset}");
}
