using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Engine.Web;

/// <summary>Responds with pages: Razor components, rendered on the server.</summary>
public static class Page
{
    /// <summary>Shows a page.</summary>
    /// <typeparam name="T">The component, whose root is <see cref="Components.Layout"/>.</typeparam>
    /// <param name="parameters">The component's parameters, as an anonymous object.</param>
    /// <param name="status">The status of the response.</param>
    /// <param name="needs">The additional permissions of the page.</param>
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

/// <summary>The permissions of a page beyond showing itself and sending forms. Most pages need none.</summary>
public sealed record PageNeeds
{
    /// <summary>The only script that runs in it.</summary>
    public InlineAsset? Script { get; init; }

    /// <summary>Whether it loads scripts of this server beside its own, and its scripts may ask this server.</summary>
    public bool OwnServer { get; init; }

    /// <summary>Whether its script may use the camera.</summary>
    public bool Camera { get; init; }

    /// <summary>Whether it shows pictures of this server.</summary>
    public bool Pictures { get; init; }

    /// <summary>Whether its forms and links may lead to other sites, which don't get to know its address.</summary>
    public bool LeadsOn { get; init; }
}
