using System.Security.Cryptography;
using System.Text;
using Engine.Contracts;
using Engine.Web;
using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Settings;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>
/// Sponsors' pages, rendered here and without scripts: signing in with a token, suggestions, what accepting changes,
/// accepting one or several, history, taking back. A sponsor sees its own only.
/// </summary>
internal sealed class SponsorPages(SuggestionService suggestions, SponsorSessions sessions)
{
    private const int MaxFormBytes = 128 * 1024;

    /// <summary>Nothing is loaded, framed or sent elsewhere; the style is the page's own.</summary>
    private const string Policy =
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder app, SuggestionService suggestions, SponsorSessions sessions)
    {
        var pages = new SponsorPages(suggestions, sessions);
        app.MapGet("/sponsors", Page(pages.HomeAsync));
        app.MapPost("/sponsors/sign-in", Page(pages.SignInAsync));
        app.MapPost("/sponsors/sign-out", Page(pages.SignOutAsync));
        app.MapGet("/sponsors/{sponsor}", Page(pages.For(pages.SuggestionsAsync)));
        app.MapGet("/sponsors/{sponsor}/preview", Page(pages.For(pages.PreviewAsync)));
        app.MapPost("/sponsors/{sponsor}/preview", Page(pages.For(pages.PreviewAsync)));
        app.MapPost("/sponsors/{sponsor}/accept", Page(pages.For(pages.AcceptAsync)));
        app.MapGet("/sponsors/{sponsor}/history", Page(pages.For(pages.HistoryAsync)));
        app.MapPost("/sponsors/{sponsor}/undo", Page(pages.For(pages.UndoAsync)));
    }

    /// <summary>A request for a page: who asks, and the fields of its form.</summary>
    private sealed record Visited(
        SponsorVisit Visit,
        Sponsor Sponsor,
        IReadOnlyList<string> Types,
        IFormCollection Form
    );

    private static RequestDelegate Page(Func<HttpContext, Task<IResult>> page) => http => ServeAsync(http, page);

    private static async Task ServeAsync(HttpContext http, Func<HttpContext, Task<IResult>> page)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.CacheControl = "no-store";
        IResult result;
        try
        {
            result = await page(http).ConfigureAwait(false);
        }
        catch (Exception problem)
            when (problem
                    is EventNotTakenException
                        or StackExchange.Redis.RedisException
                        or TimeoutException
                        or Confluent.Kafka.KafkaException
            )
        {
            result = Notice(
                StatusCodes.Status503ServiceUnavailable,
                "Not now",
                $"What this page needs doesn't answer: {problem.Message}. Nothing is lost; try again."
            );
        }
        await result.ExecuteAsync(http).ConfigureAwait(false);
    }

    /// <summary>
    /// Lets those in who have one of the sponsor's tokens, by header or by session; a form must carry its session's
    /// secret.
    /// </summary>
    private Func<HttpContext, Task<IResult>> For(Func<Visited, HttpContext, Task<IResult>> page) =>
        async http =>
        {
            string sponsor = (string)http.Request.RouteValues["sponsor"]!;
            (byte[]? hash, string secret) = await SignedInAsync(http).ConfigureAwait(false);
            ContentSettings settings = suggestions.Settings;
            switch (SponsorTokens.HolderOf(settings, sponsor, hash))
            {
                case TokenHolder.Nobody:
                    return SignIn(StatusCodes.Status401Unauthorized, null);
                case TokenHolder.AnotherSponsor:
                    return Notice(StatusCodes.Status403Forbidden, "Not yours", "This page is another sponsor's.");
            }
            IFormCollection form = FormCollection.Empty;
            if (HttpMethods.IsPost(http.Request.Method))
            {
                if (await FormAsync(http.Request).ConfigureAwait(false) is not { } sent)
                {
                    return Notice(
                        StatusCodes.Status400BadRequest,
                        "That can't be read",
                        "Expected a form of this page."
                    );
                }

                form = sent;
                if (!Same(form[SponsorVisit.SecretField], secret))
                {
                    return Notice(
                        StatusCodes.Status400BadRequest,
                        "That form is out of date",
                        "It doesn't belong to this session. Go back to the page, load it again, and send it from there."
                    );
                }
            }
            Sponsor own = settings.Sponsors[sponsor];
            string[] types = [.. (form.Count > 0 ? form["type"] : http.Request.Query["type"]).OfType<string>()];
            return await page(
                    new Visited(
                        new SponsorVisit(sponsor, own.Setting.Name, SponsorTokens.NameOf(hash!), secret),
                        own,
                        types,
                        form
                    ),
                    http
                )
                .ConfigureAwait(false);
        };

    private async Task<IResult> HomeAsync(HttpContext http)
    {
        (byte[]? hash, _) = await SignedInAsync(http).ConfigureAwait(false);
        return SponsorTokens.SponsorOf(suggestions.Settings, hash) is { } sponsor
            ? Results.Redirect($"/sponsors/{Uri.EscapeDataString(sponsor)}")
            : SignIn(StatusCodes.Status200OK, null);
    }

    private async Task<IResult> SignInAsync(HttpContext http)
    {
        // A foreign page must not sign anybody in: browsers say where a form came from.
        if (!IsFromHere(http.Request) || await FormAsync(http.Request).ConfigureAwait(false) is not { } form)
        {
            return SignIn(StatusCodes.Status400BadRequest, "Please sign in on this page.");
        }

        byte[]? hash = SponsorTokens.HashOf(form["token"].ToString().Trim());
        if (SponsorTokens.SponsorOf(suggestions.Settings, hash) is not { } sponsor)
        {
            return SignIn(StatusCodes.Status401Unauthorized, "That is no sponsor's token.");
        }

        string session = await sessions.OpenAsync(hash!).ConfigureAwait(false);
        http.Response.Cookies.Append(SponsorSessions.Cookie, session, CookieOf(http));
        return Results.Redirect($"/sponsors/{Uri.EscapeDataString(sponsor)}");
    }

    private async Task<IResult> SignOutAsync(HttpContext http)
    {
        (_, string secret) = await SignedInAsync(http).ConfigureAwait(false);
        if (
            http.Request.Cookies[SponsorSessions.Cookie] is { } session
            && await FormAsync(http.Request).ConfigureAwait(false) is { } form
            && Same(form[SponsorVisit.SecretField], secret)
        )
        {
            await sessions.CloseAsync(session).ConfigureAwait(false);
            http.Response.Cookies.Delete(SponsorSessions.Cookie, CookieOf(http));
        }
        return Results.Redirect("/sponsors");
    }

    private async Task<IResult> SuggestionsAsync(Visited visited, HttpContext http)
    {
        SponsorCounts counts = await suggestions.CountsAsync(visited.Sponsor).ConfigureAwait(false);
        string? said = int.TryParse(http.Request.Query["accepted"], out int accepted)
            ? accepted switch
            {
                0 => "Nothing was selected.",
                1 => $"Accepted. From {SuggestionService.InForceAfter} on, requests like these are valid. The "
                    + $"history has it.",
                _ => $"Accepted {accepted} types. From {SuggestionService.InForceAfter} on, requests like these are "
                    + $"valid. "
                    + "The history has them.",
            }
            : null;
        return new RazorComponentResult<SponsorSuggestions>(
            new
            {
                visited.Visit,
                Suggestions = (IReadOnlyList<Suggestion>)counts.Recurring,
                Today = RequestType.DayOf(counts.LogTime),
                Said = said,
            }
        );
    }

    private async Task<IResult> PreviewAsync(Visited visited, HttpContext http)
    {
        SponsorCounts counts = await suggestions.CountsAsync(visited.Sponsor).ConfigureAwait(false);
        List<Suggestion> chosen = Chosen(visited, counts);
        if (chosen.Count == 0)
        {
            return visited.Types.Count == 0 ? Results.Redirect(visited.Visit.At("?accepted=0")) : Gone();
        }

        DefinitionSetting[] made =
        [
            .. chosen.Select(one => suggestions.DefinitionOf(one, one.Answer.Item ?? "?", visited.Visit.By)),
        ];
        List<AcceptanceChange> changes = Acceptance.Preview(visited.Sponsor, made, counts.Types, counts.LogTime);
        return new RazorComponentResult<SponsorPreview>(
            new
            {
                visited.Visit,
                Chosen = (IReadOnlyList<Suggestion>)chosen,
                Changes = (IReadOnlyList<AcceptanceChange>)changes,
                Today = RequestType.DayOf(counts.LogTime),
            }
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
            return Gone();
        }

        string item = visited.Form["item"].ToString().Trim();
        if (chosen.Any(one => one.Answer.Item == null) && !Identifier.IsOne(item))
        {
            return Notice(
                StatusCodes.Status400BadRequest,
                "Which item?",
                $"You have no definition, so say which item to show: {Identifier.Words}."
            );
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
        string? said = http.Request.Query.ContainsKey("undone")
            ? $"Taken back. From {SuggestionService.InForceAfter} on, such requests are invalid again."
            : null;
        return Task.FromResult<IResult>(
            new RazorComponentResult<SponsorHistory>(
                new
                {
                    visited.Visit,
                    Acceptances = (IReadOnlyList<DefinitionSetting>)acceptances,
                    Said = said,
                }
            )
        );
    }

    private async Task<IResult> UndoAsync(Visited visited, HttpContext http)
    {
        if (suggestions.AcceptanceOf(visited.Visit.Sponsor, visited.Form["id"].ToString()) is not { } definition)
        {
            return Gone();
        }

        await suggestions.UndoAsync(definition, visited.Visit.By).ConfigureAwait(false);
        return Results.Redirect(visited.Visit.At("/history?undone=1"));
    }

    private static List<Suggestion> Chosen(Visited visited, SponsorCounts counts) =>
        counts.Recurring.FindAll(one => visited.Types.Contains(one.Hash));

    /// <summary>
    /// The hash of the token that somebody has or signed in with, and what the session's forms carry; empty for a token
    /// in a header.
    /// </summary>
    private async Task<(byte[]? Hash, string Secret)> SignedInAsync(HttpContext http)
    {
        if (SponsorTokens.HashOf(http.Request) is { } hash)
        {
            return (hash, "");
        }

        if (http.Request.Cookies[SponsorSessions.Cookie] is not { Length: > 0 and < 128 } session)
        {
            return (null, "");
        }

        return (await sessions.TokenOfAsync(session).ConfigureAwait(false), SponsorSessions.FormSecretOf(session));
    }

    private static async Task<IFormCollection?> FormAsync(HttpRequest request)
    {
        if (!request.HasFormContentType || request.ContentLength is null or > MaxFormBytes)
        {
            return null;
        }

        try
        {
            return await request.ReadFormAsync().ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether a form came from a page of this server. Browsers add one of these headers to every form; programs may
    /// leave both out.
    /// </summary>
    private static bool IsFromHere(HttpRequest request)
    {
        string? site = request.Headers["Sec-Fetch-Site"],
            origin = request.Headers.Origin;
        if (site != null)
        {
            return site is "same-origin" or "none";
        }

        return origin == null
            || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) && from.Authority == request.Host.Value);
    }

    private static bool Same(string? one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one ?? ""), Encoding.UTF8.GetBytes(other));

    private static CookieOptions CookieOf(HttpContext http) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            Path = "/sponsors",
            MaxAge = SponsorSessions.Lifetime,
        };

    private static RazorComponentResult<SponsorSignIn> SignIn(int status, string? problem) =>
        new(new { Problem = problem }) { StatusCode = status };

    private static RazorComponentResult<SponsorNotice> Notice(int status, string title, string text) =>
        new(new { Title = title, Text = text }) { StatusCode = status };

    private static RazorComponentResult<SponsorNotice> Gone() =>
        Notice(
            StatusCodes.Status404NotFound,
            "Not there any more",
            "It was accepted by somebody else, or stopped recurring."
        );
}
