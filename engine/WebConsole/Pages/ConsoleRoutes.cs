using Engine.Contracts.Access;
using Engine.Web;

namespace Engine.WebConsole.Pages;

/// <summary>Maps the console's pages.</summary>
internal static class ConsoleRoutes
{
    /// <summary>Maps a page for a role. Browsers whose visitor isn't signed in get the form for that.</summary>
    public static IEndpointConventionBuilder MapPage(
        this IEndpointRouteBuilder routes,
        string path,
        Func<HttpContext, ConsoleVisit, Task<IResult>> page,
        Role role = Role.Viewer
    ) => routes.MapGet(path, Serve(http => page(http, ConsoleVisit.Of(http)))).ForRole(role, ConsoleEntrance.SignsIn);

    /// <summary>Maps what a page's form posts, for a role.</summary>
    public static IEndpointConventionBuilder MapForm(
        this IEndpointRouteBuilder routes,
        string path,
        Func<HttpContext, ConsoleVisit, IFormCollection, Task<IResult>> taken,
        Role role
    ) =>
        routes
            .MapPost(
                path,
                Serve(async http =>
                {
                    ConsoleVisit visit = ConsoleVisit.Of(http);
                    IFormCollection form = await Forms.ReadAsync(http, visit.FormSecret).ConfigureAwait(false);
                    return await taken(http, visit, form).ConfigureAwait(false);
                })
            )
            .ForRole(role, ConsoleEntrance.SignsIn);

    /// <summary>Leads to a page after a form was taken, so that reloading it doesn't send the form again.</summary>
    public static IResult SeeOther(string address) => new Following(address);

    /// <summary>The handler of a page.</summary>
    public static RequestDelegate Serve(Func<HttpContext, Task<IResult>> page) =>
        async http => await (await page(http).ConfigureAwait(false)).ExecuteAsync(http).ConfigureAwait(false);

    private sealed class Following(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }
}
