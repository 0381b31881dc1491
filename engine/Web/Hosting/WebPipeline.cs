using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Engine.Web.Hosting;

/// <summary>What the web kit needs of a server.</summary>
public sealed record WebKit
{
    /// <summary>Logs requests that fail through no fault of the client.</summary>
    public required ILogger Log { get; init; }

    /// <summary>Limits the log lines while Redis or Kafka is unavailable.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Finds out who sends a request.</summary>
    public required Visitors Visitors { get; init; }

    /// <summary>To whom endpoints are open while there has never been a user.</summary>
    public required OpenTo Open { get; init; }

    /// <summary>How much the server takes at a time.</summary>
    public RequestLimits Limits { get; init; } = new();

    /// <summary>Whether to trust a proxy in front for the client's address and for TLS (X-Forwarded-For,
    /// X-Forwarded-Proto).</summary>
    public bool BehindProxy { get; init; }
}

/// <summary>Adds the web kit to a server. Call it once, before mapping endpoints.</summary>
public static class WebPipeline
{
    /// <summary>Adds the services that pages and endpoints need.</summary>
    public static void AddWebKit(this IServiceCollection services)
    {
        services.AddRoutingCore();
        services.AddRazorComponents();
        services.AddRequestEncodings();
    }

    /// <summary>Adds headers to all pages, responses to all errors, limits, the check of who may, and decompression of
    /// bodies.</summary>
    public static void UseWebKit(this WebApplication app, WebKit kit)
    {
        if (kit.BehindProxy)
        {
            app.UseForwardedHeaders(FromProxy());
        }

        app.Use(PageHeaders.ApplyAsync);
        app.Use(new ErrorAnswers(kit.Log, kit.Clock).ApplyAsync);
        app.UseHeadAsGet();
        // After those above, so they also handle errors in routing.
        app.UseRouting();
        var bounds = new RequestBounds(kit.Limits, kit.Visitors, kit.BehindProxy);
        app.Lifetime.ApplicationStopped.Register(bounds.Dispose);
        app.Use(bounds.RateAsync);
        app.Use(new AccessGate(kit.Visitors, kit.Open).ApplyAsync);
        app.Use(bounds.UnderWayAsync);
        app.UseRequestEncodings();
    }

    /// <summary>Takes from the proxy whether the client uses TLS. The client's address is taken where it is needed
    /// (<see cref="Engine.Contracts.ClientAddress"/>).</summary>
    private static ForwardedHeadersOptions FromProxy()
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto };
        // Whoever says that a proxy stands in front says that nobody else gets through to here.
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        return options;
    }
}
