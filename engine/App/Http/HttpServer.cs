using System.Net;
using System.Net.Sockets;
using Engine.App.Configuration;
using Engine.App.Hosting;
using Engine.App.Pages;
using Engine.Partitions.Diagnostics;
using Engine.Pipeline;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.Settings;
using Engine.Workflows;
using Engine.Workflows.ContentRequests;
using Engine.Workflows.Runtime;
using Ingest.Cli;
using Ingest.Publishing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Engine.App.Http;

/// <summary>The HTTP ends and pages of an engine.</summary>
internal sealed class HttpServer : IDisposable
{
    private readonly WebApplication _app;
    private readonly KafkaEventOut _events;
    private readonly EventPublisher _bindings;

    private HttpServer(WebApplication app, KafkaEventOut events, EventPublisher bindings, string address) =>
        (_app, _events, _bindings, Address) = (app, events, bindings, address);

    /// <summary>Where it listens: <c>host:port</c>.</summary>
    public string Address { get; }

    /// <summary>
    /// Starts it at the address asked for; where none was and the default's port is taken, at a free one.
    /// </summary>
    public static async Task<HttpServer> StartAsync(
        EngineHost host,
        string? asked,
        EngineConfig config,
        CancellationToken cancel
    )
    {
        string address = asked ?? config.Http;
        if (
            !IPEndPoint.TryParse(
                address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal),
                out IPEndPoint? end
            )
        )
        {
            throw new CommandFailure(
                $"--http '{address}' is no host:port; the host is an address, such as 127.0.0.1 or 0.0.0.0.",
                ExitCodes.WrongUse
            );
        }

        if (asked == null && IsTaken(end))
        {
            end = new IPEndPoint(end.Address, 0);
        }

        var events = new KafkaEventOut(host.Context.Consume.Kafka, host.Context.Log.SendFailed);
        var bindings = new EventPublisher(
            new PublisherOptions
            {
                Kafka = host.Context.Consume.Kafka.Brokers,
                ClientId = "engine-http",
                Events = WorkflowEvents.All,
                Extra = config.Consume.Librdkafka,
            }
        );
        try
        {
            WebApplication app = await ListenAsync(end, host, config, events, bindings, cancel).ConfigureAwait(false)
                // Another engine that starts in this moment has taken it since it was looked at.
                ?? (
                    asked == null && end.Port != 0
                        ? await ListenAsync(new IPEndPoint(end.Address, 0), host, config, events, bindings, cancel)
                            .ConfigureAwait(false)
                        : null
                )
                ?? throw new CommandFailure(
                    $"HTTP can't listen on {address}, which somebody else does, or which isn't this machine's: name "
                        + $"another with --http H:P."
                );
            return new HttpServer(app, events, bindings, new Uri(app.Urls.First()).Authority);
        }
        catch
        {
            events.Dispose();
            bindings.Dispose();
            throw;
        }
    }

    /// <summary>Null where it can't be listened there.</summary>
    private static async Task<WebApplication?> ListenAsync(
        IPEndPoint end,
        EngineHost host,
        EngineConfig config,
        KafkaEventOut events,
        EventPublisher bindings,
        CancellationToken cancel
    )
    {
        // Empty: no settings of the framework's own are read, nor watched; ours are engine.yaml's.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(end));
        builder.Services.AddRoutingCore();
        builder.Services.AddRazorComponents();
        WebApplication app = builder.Build();
        Map(app, host, events);
        MapBindings(app, host, bindings, config.BehindProxy);
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
            return app;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            return null;
        }
    }

    private static void Map(WebApplication app, EngineHost host, KafkaEventOut events)
    {
        EngineContext context = host.Context;
        Lookups.Map(app, host);
        var content = new ContentRequestDecider(host.Standings);
        var compiled = new CompiledSettings();
        ContentEnds.Map(
            app,
            content,
            host.Standings,
            compiled,
            context.Timeline,
            context.SettingsAreFresh,
            events,
            context.Clock
        );
        var desk = new SponsorDesk(
            content,
            compiled,
            context.Timeline,
            context.Redis.Redis,
            context.Keys,
            events,
            context.Clock
        );
        SponsorEnds.Map(app, desk);
        SponsorPages.Map(app, desk, new SponsorSessions(context.Redis.Redis, context.Keys));
    }

    private static void MapBindings(WebApplication app, EngineHost host, EventPublisher events, bool behindProxy)
    {
        EngineContext context = host.Context;
        var codes = new BindingCodes(
            host.Codes,
            now => SettingsTimeline.At(context.Timeline.Entries, now, out _),
            context.Clock
        );
        IDatabase redis = context.Redis.Redis.GetDatabase();
        BindingEnds.Map(app, codes, events, redis, context.Keys);
        BindingPages.Map(app, codes, events, redis, context.Keys, behindProxy);
    }

    private static bool IsTaken(IPEndPoint end)
    {
        using var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(end);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    public void Dispose()
    {
        _app.StopAsync(TimeSpan.FromSeconds(5)).GetAwaiter().GetResult();
        ((IDisposable)_app).Dispose();
        _events.Dispose();
        _bindings.Dispose();
    }
}
