using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Settings;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>The sponsors' pages, which need no scripts: signing in with a token, suggestions, a preview of accepting,
/// accepting one or several, history, undoing. A sponsor sees only its own.</summary>
internal sealed class SponsorPages(SuggestionService suggestions, Visitors visitors)
{
    private const string Home = "/sponsors";

    private static readonly SignIn SignsIn = new(Home, _ => SignInPage(StatusCodes.Status401Unauthorized, null));

    public static void Map(IEndpointRouteBuilder app, SuggestionService suggestions, Visitors visitors)
    {
        var pages = new SponsorPages(suggestions, visitors);
        // Where one gets a session; everyone sees the form that asks for a token.
        app.MapGet(Home, Serve(pages.HomeAsync)).ForEveryone();
        app.MapPost("/sponsors/sign-in", Serve(pages.SignInAsync)).ForEveryone();
        app.MapPost("/sponsors/sign-out", Serve(pages.SignOutAsync)).ForEveryone();
        RouteGroupBuilder own = app.MapGroup("/sponsors/{sponsor}").ForSponsor(SignsIn);
        own.MapGet("", Serve(pages.For(pages.SuggestionsAsync)));
        own.MapGet("/preview", Serve(pages.For(pages.PreviewAsync)));
        own.MapPost("/preview", Serve(pages.For(pages.PreviewAsync)));
        own.MapPost("/accept", Serve(pages.For(pages.AcceptAsync)));
        own.MapGet("/history", Serve(pages.For(pages.HistoryAsync)));
        own.MapPost("/undo", Serve(pages.For(pages.UndoAsync)));
    }

    /// <summary>A request for a page: the visitor, the chosen types and the form.</summary>
    private sealed record Visited(
        SponsorVisit Visit,
        Sponsor Sponsor,
        IReadOnlyList<string> Types,
        IFormCollection Form
    );

    private static RequestDelegate Serve(Func<HttpContext, Task<IResult>> page) =>
        async http => await (await page(http).ConfigureAwait(false)).ExecuteAsync(http).ConfigureAwait(false);

    private Func<HttpContext, Task<IResult>> For(Func<Visited, HttpContext, Task<IResult>> page) =>
        async http =>
        {
            Caller caller = Caller.Of(http)!;
            string id = RoutePart.Of(http, "sponsor");
            if (!suggestions.Settings.Sponsors.TryGetValue(id, out Sponsor? sponsor))
            {
                throw SuggestionService.NoSponsor(id);
            }

            var visit = new SponsorVisit(id, sponsor.Setting.Name, caller.Account.Name, caller.FormSecret);
            bool isForm = HttpMethods.IsPost(http.Request.Method);
            IFormCollection form = isForm
                ? await Forms.ReadAsync(http, visit.FormSecret).ConfigureAwait(false)
                : FormCollection.Empty;
            string[] types = [.. (isForm ? form["type"] : http.Request.Query["type"]).OfType<string>()];
            return await page(new Visited(visit, sponsor, types, form), http).ConfigureAwait(false);
        };

    /// <summary>Leads sponsors to their page, and lets admins choose one.</summary>
    private async Task<IResult> HomeAsync(HttpContext http)
    {
        Visitor? visitor = await visitors.FindAsync(http).ConfigureAwait(false);
        if (visitor == null || !HasPage(visitor))
        {
            return SignInPage(StatusCodes.Status200OK, null);
        }

        return visitor.Sponsor is { } own ? Results.Redirect(SponsorVisit.AddressOf(own)) : Choice(visitor);
    }

    private async Task<IResult> SignInAsync(HttpContext http)
    {
        IFormCollection form = await Forms.ReadAsync(http).ConfigureAwait(false);
        string token = form["token"].ToString().Trim();
        return await visitors.SignInAsync(http, token, HasPage).ConfigureAwait(false)
            ? Results.Redirect(Home)
            : SignInPage(StatusCodes.Status401Unauthorized, "This token isn't valid. Check it and try again.");
    }

    private static bool HasPage(Visitor visitor) => visitor.Sponsor != null || visitor.As(Role.Admin) != null;

    private IResult Choice(Visitor admin) =>
        Page.Show<SponsorChoice>(
            new
            {
                Sponsors = (IReadOnlyList<SponsorSetting>)
                    [
                        .. suggestions
                            .Settings.Sponsors.Values.Select(sponsor => sponsor.Setting)
                            .OrderBy(sponsor => sponsor.Id, StringComparer.Ordinal),
                    ],
                admin.FormSecret,
            }
        );

    private async Task<IResult> SignOutAsync(HttpContext http)
    {
        await visitors.SignOutAsync(http).ConfigureAwait(false);
        return Results.Redirect(Home);
    }

    private async Task<IResult> SuggestionsAsync(Visited visited, HttpContext http)
    {
        SponsorCounts counts = await suggestions.CountsAsync(visited.Sponsor).ConfigureAwait(false);
        string? accepted = http.Request.Query["accepted"];
        return Page.Show<SponsorSuggestions>(
            new
            {
                visited.Visit,
                Suggestions = (IReadOnlyList<Suggestion>)counts.Recurring,
                Today = RequestType.DayOf(counts.LogTime),
                Done = int.TryParse(accepted, out int types) && types > 0 ? Accepted(types) : null,
                Missing = accepted == "0" ? "Select at least one type first." : null,
            }
        );
    }

    private async Task<IResult> PreviewAsync(Visited visited, HttpContext http)
    {
        SponsorCounts counts = await suggestions.CountsAsync(visited.Sponsor).ConfigureAwait(false);
        List<Suggestion> chosen = Chosen(visited, counts);
        if (chosen.Count == 0)
        {
            return visited.Types.Count == 0 ? Results.Redirect(visited.Visit.At("?accepted=0")) : throw Gone();
        }

        return Preview(visited, counts, chosen, null);
    }

    private IResult Preview(Visited visited, SponsorCounts counts, List<Suggestion> chosen, string? problem)
    {
        DefinitionSetting[] made =
        [
            .. chosen.Select(one =>
                suggestions.DefinitionOf(one, one.Answer.Item ?? SponsorPreview.ItemToChoose, visited.Visit.By)
            ),
        ];
        List<AcceptanceChange> changes = Acceptance.Preview(visited.Sponsor, made, counts.Types, counts.LogTime);
        return Page.Show<SponsorPreview>(
            new
            {
                visited.Visit,
                Chosen = (IReadOnlyList<Suggestion>)chosen,
                Changes = (IReadOnlyList<AcceptanceChange>)changes,
                Today = RequestType.DayOf(counts.LogTime),
                Problem = problem,
            },
            problem == null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
        );
    }

    private async Task<IResult> AcceptAsync(Visited visited, HttpContext http)
    {
        SponsorCounts counts = await suggestions.CountsAsync(visited.Sponsor).ConfigureAwait(false);
        List<Suggestion> chosen = Chosen(visited, counts);
        if (
            chosen.Count == 0
            && visited.Types.Count > 0
            && !visited.Types.Any(type => suggestions.AcceptedAs(visited.Visit.Sponsor, type) != null)
        )
        {
            throw Gone();
        }

        string item = visited.Form["item"].ToString().Trim();
        if (chosen.Any(one => one.Answer.Item == null) && !Identifier.IsOne(item))
        {
            return Preview(visited, counts, chosen, $"Choose an item to show: {Identifier.Words}.");
        }

        foreach (Suggestion one in chosen)
        {
            await suggestions
                .AcceptAsync(suggestions.DefinitionOf(one, one.Answer.Item ?? item, visited.Visit.By))
                .ConfigureAwait(false);
        }

        return Results.Redirect(visited.Visit.At($"?accepted={visited.Types.Count}"));
    }

    private Task<IResult> HistoryAsync(Visited visited, HttpContext http)
    {
        DefinitionSetting[] acceptances =
        [
            .. suggestions
                .Settings.Acceptances[visited.Visit.Sponsor]
                .OrderByDescending(one => one.Accepted!.Time)
                .ThenBy(one => one.Id, StringComparer.Ordinal),
        ];
        string? done = http.Request.Query.ContainsKey("undone")
            ? $"Undone. In {SuggestionService.InForceAfter}, such requests become invalid again."
            : null;
        return Task.FromResult(
            Page.Show<SponsorHistory>(
                new
                {
                    visited.Visit,
                    Acceptances = (IReadOnlyList<DefinitionSetting>)acceptances,
                    Done = done,
                }
            )
        );
    }

    private async Task<IResult> UndoAsync(Visited visited, HttpContext http)
    {
        if (suggestions.AcceptanceOf(visited.Visit.Sponsor, visited.Form["id"].ToString()) is not { } definition)
        {
            throw Gone();
        }

        await suggestions.UndoAsync(definition, visited.Visit.By).ConfigureAwait(false);
        return Results.Redirect(visited.Visit.At("/history?undone=1"));
    }

    private static List<Suggestion> Chosen(Visited visited, SponsorCounts counts) =>
        counts.Recurring.FindAll(one => visited.Types.Contains(one.Hash));

    private static string Accepted(int types) =>
        $"Accepted {types} {(types == 1 ? "type" : "types")}. In {SuggestionService.InForceAfter}, requests like "
        + $"{(types == 1 ? "this" : "these")} become valid. You can undo it in the history.";

    private static IResult SignInPage(int status, string? problem) =>
        Page.Show<SponsorSignIn>(new { Problem = problem }, status);

    private static RefusedException Gone() =>
        new(StatusCodes.Status404NotFound, "Someone else has accepted it, or it no longer recurs.")
        {
            Title = "No longer available",
            Next = (Home, "Go to your suggestions"),
        };
}
