using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Engine.Web.Hosting;

/// <summary>Puts the kit into a server: once, before its endpoints are mapped.</summary>
public static class WebPipeline
{
    /// <summary>Adds what pages and endpoints need.</summary>
    public static void AddWebKit(this IServiceCollection services)
    {
        services.AddRoutingCore();
        services.AddRazorComponents();
    }

    /// <summary>Gives every page its headers, and every error its answer.</summary>
    /// <param name="app">The server.</param>
    /// <param name="log">Told of requests that fail through no fault of their sender.</param>
    /// <param name="clock">Keeps the log short while Redis or Kafka is away.</param>
    public static void UseWebKit(this WebApplication app, ILogger log, TimeProvider clock)
    {
        app.Use(PageHeaders.ApplyAsync);
        app.Use(new ErrorAnswers(log, clock).ApplyAsync);
        // After the two above, so that what goes wrong in finding an endpoint is answered as well.
        app.UseRouting();
    }
}
