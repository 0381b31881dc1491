using System.Net;
using System.Net.Sockets;
using Engine.App.Hosting;
using Ingest.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Engine.App.Http;

/// <summary>The HTTP ends of an engine: look-ups and health.</summary>
internal sealed class HttpServer : IDisposable
{
    private readonly WebApplication _app;

    private HttpServer(WebApplication app, string address) => (_app, Address) = (app, address);

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
        WebApplication app = builder.Build();
        Lookups.Map(app, host);
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new CommandFailure($"HTTP can't listen on {address} ({e.Message}): name another with --http H:P.");
        }
        return new HttpServer(app, new Uri(app.Urls.First()).Authority);
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
    }
}
