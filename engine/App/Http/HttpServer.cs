using System.Net;
using System.Net.Sockets;
using Engine.App.Hosting;
using Engine.App.Pages;
using Engine.Pipeline;
using Engine.Pipeline.Consume;
using Engine.Workflows.ContentRequests;
using Engine.Workflows.Runtime;
using Ingest.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Engine.App.Http;

/// <summary>The HTTP ends and pages of an engine.</summary>
internal sealed class HttpServer : IDisposable
{
    private readonly WebApplication _app;
    private readonly KafkaEventOut _events;

    private HttpServer(WebApplication app, KafkaEventOut events, string address) => (_app, _events, Address) = (app, events, address);

    /// <summary>Where it listens: <c>host:port</c>.</summary>
    public string Address { get; }

    /// <summary>Starts it at the address asked for; where none was and the default's port is taken, at a free one.</summary>
    public static async Task<HttpServer> StartAsync(EngineHost host, string? asked, string otherwise, CancellationToken cancel)
    {
        string address = asked ?? otherwise;
        if (!IPEndPoint.TryParse(address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out IPEndPoint? end)) throw new CommandFailure($"--http '{address}' is no host:port; the host is an address, such as 127.0.0.1 or 0.0.0.0.", ExitCodes.WrongUse);
        if (asked == null && IsTaken(end)) end = new IPEndPoint(end.Address, 0);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(end));
        builder.Services.AddRazorComponents();
        WebApplication app = builder.Build();
        var events = new KafkaEventOut(host.Context.Consume.Kafka, host.Context.Log.SendFailed);
        Map(app, host, events);
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            events.Dispose();
            throw new CommandFailure($"HTTP can't listen on {address} ({e.Message}): name another with --http H:P.");
        }
        return new HttpServer(app, events, new Uri(app.Urls.First()).Authority);
    }

    private static void Map(WebApplication app, EngineHost host, KafkaEventOut events)
    {
        EngineContext context = host.Context;
        Lookups.Map(app, host);
        var content = new ContentRequestDecider(host.Standings);
        var compiled = new CompiledSettings();
        ContentEnds.Map(app, content, host.Standings, compiled, context.Timeline, context.SettingsAreFresh, events, context.Clock);
        var desk = new SponsorDesk(content, compiled, context.Timeline, context.Redis.Redis, context.Keys, events, context.Clock);
        SponsorEnds.Map(app, desk);
        SponsorPages.Map(app, desk, new SponsorSessions(context.Redis.Redis, context.Keys));
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
