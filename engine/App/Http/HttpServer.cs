using System.Net;
using System.Net.Sockets;
using Engine.App.Configuration;
using Engine.App.Hosting;
using Engine.Pipeline.Consume;
using Engine.Pipeline.Settings;
using Ingest.Cli;
using Ingest.Publishing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Engine.App.Http;

/// <summary>The HTTP ends of an engine: look-ups, health, and what people and programs bind by.</summary>
internal sealed class HttpServer : IDisposable
{
    private readonly WebApplication _app;
    private readonly EventPublisher _events;

    private HttpServer(WebApplication app, EventPublisher events, string address) => (_app, _events, Address) = (app, events, address);

    /// <summary>Where it listens: <c>host:port</c>.</summary>
    public string Address { get; }

    /// <summary>Starts it at the address asked for; where none was and the default's port is taken, at a free one.</summary>
    public static async Task<HttpServer> StartAsync(EngineHost host, string? asked, EngineConfig config, CancellationToken cancel)
    {
        string address = asked ?? config.Http;
        if (!IPEndPoint.TryParse(address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out IPEndPoint? end)) throw new CommandFailure($"--http '{address}' is no host:port; the host is an address, such as 127.0.0.1 or 0.0.0.0.", ExitCodes.WrongUse);
        if (asked == null && IsTaken(end)) end = new IPEndPoint(end.Address, 0);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRazorComponents();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(end));
        WebApplication app = builder.Build();
        Lookups.Map(app, host);
        var events = new EventPublisher(new PublisherOptions { Kafka = host.Context.Consume.Kafka.Brokers, ClientId = "engine-http", Extra = config.Consume.Librdkafka });
        MapBindings(app, host, events, config.BehindProxy);
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

    private static void MapBindings(WebApplication app, EngineHost host, EventPublisher events, bool behindProxy)
    {
        EngineContext context = host.Context;
        var codes = new BindingCodes(host.Codes, now => SettingsTimeline.At(context.Timeline.Entries, now, out _), context.Clock);
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
    }
}
