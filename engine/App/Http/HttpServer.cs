using System.Net;
using System.Net.Sockets;
using Engine.App.Backtest;
using Engine.App.Configuration;
using Engine.App.Explain;
using Engine.App.Hosting;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Partitions.Diagnostics;
using Engine.Pipeline.Consume.Lanes;
using Engine.Web;
using Engine.Web.Hosting;
using Engine.WebConsole;
using Engine.Workflows;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;

namespace Engine.App.Http;

/// <summary>The HTTP endpoints and pages of an engine.</summary>
internal sealed class HttpServer : IDisposable
{
    private static readonly string Version = typeof(HttpServer).Assembly.GetName().Version!.ToString(3);

    private readonly WebApplication _app;
    private readonly KafkaEventOut _events;

    private HttpServer(WebApplication app, KafkaEventOut events, OpenTo open) =>
        (_app, _events, Open, Address) = (app, events, open, new Uri(app.Urls.First()).Authority);

    /// <summary>Where it listens: <c>host:port</c>.</summary>
    public string Address { get; }

    /// <summary>To whom it is open as of its start.</summary>
    public OpenTo Open { get; }

    /// <summary>Starts it at an address; where that may move and is taken, at a free port.</summary>
    /// <param name="own">An account that only this server knows; null for none.</param>
    public static async Task<HttpServer> StartAsync(
        EngineHost host,
        EngineMetrics metrics,
        HttpListen listen,
        EngineConfig config,
        Account? own,
        CancellationToken cancel
    )
    {
        IPEndPoint end = listen.End,
            free = new(end.Address, 0);
        if (listen.MayMove && IsTaken(end))
        {
            end = free;
        }

        var events = new KafkaEventOut(host.Context.Consume.Kafka, host.Context.Clock, host.Context.Log.SendFailed);
        try
        {
            WebApplication app = await ListenAsync(end, listen, host, metrics, config, own, events, cancel)
                .ConfigureAwait(false)
                // Another engine that starts in this moment has taken it since it was looked at.
                ?? (
                    listen.MayMove && end.Port != 0
                        ? await ListenAsync(free, listen, host, metrics, config, own, events, cancel)
                            .ConfigureAwait(false)
                        : null
                )
                ?? throw new CommandException(
                    $"HTTP can't listen on {listen.Text}, which somebody else does, or which isn't this machine's: "
                        + "name another with --http H:P."
                );
            bool closed = TimelineAccounts.Of(host.Context.Timeline.Latest).UsersWereThere;
            return new HttpServer(app, events, closed ? OpenTo.Nobody : listen.Open);
        }
        catch
        {
            events.Dispose();
            throw;
        }
    }

    /// <summary>Null where it can't be listened there.</summary>
    private static async Task<WebApplication?> ListenAsync(
        IPEndPoint end,
        HttpListen listen,
        EngineHost host,
        EngineMetrics metrics,
        EngineConfig config,
        Account? own,
        KafkaEventOut events,
        CancellationToken cancel
    )
    {
        // Empty: no settings of the framework's own are read, nor watched; ours are engine.yaml's.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(end);
                kestrel.AddServerHeader = false;
                // Endpoints set bounds of their own, none above an event's.
                kestrel.Limits.MaxRequestBodySize = EventLimits.MaxValueBytes;
            });
        builder.Services.AddWebKit();
        WebApplication app = builder.Build();
        EngineContext context = host.Context;
        var visitors = new Visitors(
            new TimelineAccounts(context.Timeline, own),
            new Sessions(context.Redis.Redis, context.Keys)
        );
        app.UseWebKit(
            new WebKit
            {
                Log = context.Log,
                Clock = context.Clock,
                Visitors = visitors,
                Open = listen.Open,
                Limits = listen.Limits,
                BehindProxy = config.BehindProxy,
            }
        );
        Map(app, host, metrics, events, visitors, config);
        app.RequireAccessDeclarations();
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

    private static void Map(
        WebApplication app,
        EngineHost host,
        EngineMetrics metrics,
        KafkaEventOut events,
        Visitors visitors,
        EngineConfig config
    )
    {
        EngineContext context = host.Context;
        Lookups.Map(app, host);
        foreach (HostedWorkflow workflow in host.Deciders)
        {
            workflow.Module.MapEndpoints(
                new WorkflowEndpoints
                {
                    Routes = app,
                    Visitors = visitors,
                    Events = new EventIntake(workflow, events),
                    Kafka = events,
                    Settings = new SettingsInForce(workflow, host.Compiled, context.Timeline, context.SettingsAreFresh),
                    Standings = host.Standings,
                    Redis = context.Redis.Redis,
                    Keys = context.Keys,
                    SigningSecrets = host.SigningSecrets,
                    Clock = context.Clock,
                    BehindProxy = config.BehindProxy,
                }
            );
        }

        new ConsoleServices
        {
            Routes = app,
            Visitors = visitors,
            Redis = context.Redis.Redis,
            Keys = context.Keys,
            Kafka = events,
            Log = context.Consume.Kafka,
            Proofs = new ClickProofs(context),
            Backtests = new LogBacktests(context, host.Recorded),
            Stopping = app.Lifetime.ApplicationStopping,
            Health = new HostHealth(host, () => events.PartitionsOf(Topics.Interactions)),
            DecidedTopics = [Topics.Interactions, .. host.Deciders.Select(workflow => workflow.Module.Topic)],
            Events = WorkflowEvents.All,
            Timeline = context.Timeline,
            Currency = config.Currency,
            Clock = context.Clock,
        }.MapConsole();
        app.MapPrometheusScrapingEndpoint(
                "/metrics",
                metrics.Provider,
                configureBranchedPipeline: null,
                optionsName: null
            )
            .ForRole(Role.Viewer)
            .Describe("Metrics in the text format of Prometheus.");
        app.MapGet("/openapi.json", (EndpointDataSource endpoints) =>
                Answers.Json(OpenApiDocument.Of("Engine", Version, endpoints.Endpoints))
            )
            .ForEveryone()
            .Describe("This document.");
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
    }
}
