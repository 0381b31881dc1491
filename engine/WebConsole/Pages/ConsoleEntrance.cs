using Engine.Contracts.Access;
using Engine.Web;

namespace Engine.WebConsole.Pages;

/// <summary>Where people sign in to the console with a token, and out.</summary>
internal static class ConsoleEntrance
{
    /// <summary>The address of the first page.</summary>
    public const string Home = "/console";

    private const string SignInPath = "/console/sign-in";

    /// <summary>Shows the form in place of a page, which then follows.</summary>
    public static SignIn SignsIn { get; } =
        new(Home, request =>
            Show(
                HttpMethods.IsGet(request.Method) ? request.Path + request.QueryString : Home,
                problem: null,
                StatusCodes.Status401Unauthorized
            )
        );

    public static void Map(IEndpointRouteBuilder routes, Visitors visitors)
    {
        routes.MapGet(SignInPath, ConsoleRoutes.Serve(http => EnterAsync(http, visitors))).ForEveryone();
        routes.MapPost(SignInPath, ConsoleRoutes.Serve(http => SignInAsync(http, visitors))).ForEveryone();
        routes.MapPost("/console/sign-out", ConsoleRoutes.Serve(http => SignOutAsync(http, visitors))).ForEveryone();
    }

    /// <summary>Shows the form; or signs in by the token in a link, as the demo prints one. Another site's link
    /// doesn't: it would sign people in as somebody else.</summary>
    private static async Task<IResult> EnterAsync(HttpContext http, Visitors visitors)
    {
        string next = Next(http.Request.Query["next"]),
            token = http.Request.Query["token"].ToString();
        return token.Length > 0 && !SameOrigin.IsCrossSite(http.Request)
            ? await SignInAsync(http, visitors, token, next).ConfigureAwait(false)
            : Show(next, problem: null, StatusCodes.Status200OK);
    }

    private static async Task<IResult> SignInAsync(HttpContext http, Visitors visitors)
    {
        IFormCollection form = await Forms.ReadAsync(http).ConfigureAwait(false);
        return await SignInAsync(http, visitors, form["token"].ToString().Trim(), Next(form["next"]))
            .ConfigureAwait(false);
    }

    private static async Task<IResult> SignInAsync(HttpContext http, Visitors visitors, string token, string next)
    {
        bool isIn = await visitors
            .SignInAsync(http, token, visitor => visitor.As(Role.Viewer) != null)
            .ConfigureAwait(false);
        return isIn
            ? Results.Redirect(next)
            : Show(next, "This token isn't valid here. Check it and try again.", StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, Visitors visitors)
    {
        await visitors.SignOutAsync(http).ConfigureAwait(false);
        return Results.Redirect(SignInPath);
    }

    private static IResult Show(string next, string? problem, int status) =>
        Page.Show<SignInPage>(new { Next = next, Problem = problem }, status);

    /// <summary>The page that follows, if it is one of the console's: a link must not lead elsewhere.</summary>
    private static string Next(string? asked) =>
        asked != null
        && (
            asked == Home
            || asked.StartsWith(Home + "/", StringComparison.Ordinal)
            || asked.StartsWith(Home + "?", StringComparison.Ordinal)
        )
        && asked.All(letter => letter is > ' ' and <= '~' and not '\\')
            ? asked
            : Home;
}
