using System.Net;
using Engine.Web;
using Engine.Web.Accounts;
using Engine.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Workflows.Tests.Web;

/// <summary>A server with the web kit and endpoints of a test, as a module would map them.</summary>
internal sealed class KitServer : IAsyncDisposable
{
    public const string Html = "text/html,application/xhtml+xml,*/*;q=0.8",
        Own = "own";

    private readonly WebApplication _app;

    private KitServer(WebApplication app, Lines log)
    {
        (_app, Log) = (app, log);
        Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(app.Urls.First()),
        };
    }

    public HttpClient Client { get; }

    /// <summary>What was logged.</summary>
    public Lines Log { get; }

    /// <summary>Starts a server whose endpoints are for everyone unless they say otherwise.</summary>
    public static async Task<KitServer> StartAsync(
        Action<IEndpointRouteBuilder> map,
        Visitors? visitors = null,
        OpenTo open = OpenTo.Nobody,
        RequestLimits? limits = null,
        bool behindProxy = false
    )
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddWebKit();
        WebApplication app = builder.Build();
        var log = new Lines();
        app.UseWebKit(
            new WebKit
            {
                Log = log,
                Clock = TimeProvider.System,
                Visitors = visitors ?? new Visitors(new NoAccounts(), null),
                Open = open,
                Limits = limits ?? new RequestLimits(),
                BehindProxy = behindProxy,
            }
        );
        map(app.MapGroup("").ForEveryone());
        app.RequireAccessDeclarations();
        await app.StartAsync();
        return new KitServer(app, log);
    }

    /// <summary>Sends a request; headers are <c>Name: value</c>.</summary>
    /// <param name="form">The body of a form, or null for none.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? form = null,
        params string[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = form };
        foreach (string[] header in headers.Select(header => header.Split(": ", 2)))
        {
            string value = header[1] == Own ? Client.BaseAddress!.GetLeftPart(UriPartial.Authority) : header[1];
            request.Headers.TryAddWithoutValidation(header[0], value);
        }

        return await Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetAsync(string path, string accept) =>
        SendAsync(HttpMethod.Get, path, null, $"Accept: {accept}");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class NoAccounts : IAccounts
    {
        public AccountList Current { get; } = new([], hasUsers: false, usersWereThere: false);
    }

    /// <summary>Log lines with their exceptions.</summary>
    internal sealed class Lines : ILogger
    {
        public List<(LogLevel Level, string Text, Exception? Problem)> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            lock (All)
            {
                All.Add((logLevel, formatter(state, exception), exception));
            }
        }
    }
}
