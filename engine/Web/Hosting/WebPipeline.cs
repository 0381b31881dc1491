using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Engine.Web.Hosting;

/// <summary>Adds the web kit to a server. Call it once, before mapping endpoints.</summary>
public static class WebPipeline
{
    /// <summary>Adds the services that pages and endpoints need.</summary>
    public static void AddWebKit(this IServiceCollection services)
    {
        services.AddRoutingCore();
        services.AddRazorComponents();
    }

    /// <summary>Adds headers to all pages, and responses to all errors.</summary>
    /// <param name="app">The server.</param>
    /// <param name="log">Logs requests that fail through no fault of the client.</param>
    /// <param name="clock">Limits the log lines while Redis or Kafka is unavailable.</param>
    public static void UseWebKit(this WebApplication app, ILogger log, TimeProvider clock)
    {
        app.Use(PageHeaders.ApplyAsync);
        app.Use(new ErrorAnswers(log, clock).ApplyAsync);
        app.UseHeadAsGet();
        // After those above, so they also handle errors in routing.
        app.UseRouting();
    }
}
