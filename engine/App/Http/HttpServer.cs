using System.Net;
using System.Net.Sockets;
using Engine.App.Configuration;
using Engine.App.Hosting;
using Engine.CommandLine;
using Engine.Partitions.Diagnostics;
using Engine.Pipeline.Consume.Lanes;
using Engine.Web;
using Engine.Web.Hosting;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;

namespace Engine.App.Http;

/// <summary>The HTTP endpoints and pages of an engine.</summary>
internal sealed class HttpServer : IDisposable
{
    private static readonly string Version = typeof(HttpServer).Assembly.GetName().Version!.ToString(3);

    private readonly WebApplication _app;
    private readonly KafkaEventOut _events;

    private HttpServer(WebApplication app, KafkaEventOut events, string address) =>
        (_app, _events, Address) = (app, events, address);

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
            throw new CommandException(
                $"--http '{address}' is no host:port; the host is an address, such as 127.0.0.1 or 0.0.0.0.",
                ExitCodes.WrongUse
            );
        }

        if (asked == null && IsTaken(end))
        {
            end = new IPEndPoint(end.Address, 0);
        }

        var events = new KafkaEventOut(host.Context.Consume.Kafka, host.Context.Clock, host.Context.Log.SendFailed);
        try
        {
            WebApplication app = await ListenAsync(end, host, config, events, cancel).ConfigureAwait(false)
                // Another engine that starts in this moment has taken it since it was looked at.
                ?? (
                    asked == null && end.Port != 0
                        ? await ListenAsync(new IPEndPoint(end.Address, 0), host, config, events, cancel)
                            .ConfigureAwait(false)
                        : null
                )
                ?? throw new CommandException(
                    $"HTTP can't listen on {address}, which somebody else does, or which isn't this machine's: name "
                        + $"another with --http H:P."
                );
            return new HttpServer(app, events, new Uri(app.Urls.First()).Authority);
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
        EngineHost host,
        EngineConfig config,
        KafkaEventOut events,
        CancellationToken cancel
    )
    {
        // Empty: no settings of the framework's own are read, nor watched; ours are engine.yaml's.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(end));
        builder.Services.AddWebKit();
        WebApplication app = builder.Build();
        app.UseWebKit(host.Context.Log, host.Context.Clock);
        Map(app, host, events, config.BehindProxy);
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

    private static void Map(WebApplication app, EngineHost host, KafkaEventOut events, bool behindProxy)
    {
        EngineContext context = host.Context;
        Lookups.Map(app, host);
        foreach (HostedWorkflow workflow in host.Deciders)
        {
            workflow.Module.MapEndpoints(
                new WorkflowEndpoints
                {
                    Routes = app,
                    Events = new EventIntake(workflow, events),
                    Kafka = events,
                    Settings = new SettingsInForce(workflow, host.Compiled, context.Timeline, context.SettingsAreFresh),
                    Standings = host.Standings,
                    Redis = context.Redis.Redis,
                    Keys = context.Keys,
                    SigningSecrets = host.SigningSecrets,
                    Clock = context.Clock,
                    BehindProxy = behindProxy,
                }
            );
        }

        app.MapGet("/openapi.json", (EndpointDataSource endpoints) =>
                Answers.Json(OpenApiDocument.Of("Engine", Version, endpoints.Endpoints))
            )
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
