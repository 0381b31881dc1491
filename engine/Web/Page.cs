using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Engine.Web;

/// <summary>Answers with pages: Razor components, rendered on the server.</summary>
public static class Page
{
    /// <summary>A page.</summary>
    /// <typeparam name="T">Its component, whose root is <see cref="Components.Layout"/>.</typeparam>
    /// <param name="parameters">The component's parameters, by name: an anonymous object.</param>
    /// <param name="status">The status of the answer.</param>
    /// <param name="needs">What the page may do that others may not.</param>
    public static IResult Show<T>(object parameters, int status = StatusCodes.Status200OK, PageNeeds? needs = null)
        where T : IComponent => new Shown<T>(new RazorComponentResult<T>(parameters) { StatusCode = status }, needs);

    private sealed class Shown<T>(RazorComponentResult<T> page, PageNeeds? needs) : IResult
        where T : IComponent
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Features.Set(needs);
            return page.ExecuteAsync(httpContext);
        }
    }
}

/// <summary>What a page may do beyond showing itself and sending forms. Most need nothing of it.</summary>
public sealed record PageNeeds
{
    /// <summary>The one script that runs in it.</summary>
    public InlineAsset? Script { get; init; }

    /// <summary>Whether its script may ask for the camera.</summary>
    public bool Camera { get; init; }
}
