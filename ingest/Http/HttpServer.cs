using System.Net;
using Confluent.Kafka;
using Engine.Client;
using Engine.Client.Provisioning;
using Engine.CommandLine;
using Engine.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ingest.Http;

/// <summary>Serves <c>POST /v1/events</c>, <c>POST /v1/beacon</c>, <c>GET /beacon.js</c> and <c>GET /healthz</c>. Start
/// it, then dispose it.</summary>
public sealed class HttpServer : IAsyncDisposable
{
    /// <summary>Load balancers ask with HEAD.</summary>
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    private static readonly TimeSpan TopicsAgainAfter = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly EventPublisher _publisher;
    private readonly EventsEndpoint _events;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _topics;

    private HttpServer(
        WebApplication app,
        EventPublisher publisher,
        EventsEndpoint events,
        string kafka,
        CommandContext context
    )
    {
        (_app, _publisher, _events) = (app, publisher, events);
        _topics = MakeTopicsAsync(kafka, context, _stop.Token);
    }

    /// <summary>The address it listens on, such as <c>http://127.0.0.1:8081</c>.</summary>
    public string Address => _app.Urls.First();

    /// <summary>Starts listening. Kafka may become available later.</summary>
    /// <exception cref="CommandException">The address is invalid (exit code 2) or in use (exit code 1).</exception>
    public static async Task<HttpServer> StartAsync(
        HttpServing options,
        CommandContext context,
        CancellationToken cancel
    )
    {
        if (!IPEndPoint.TryParse(options.Listen.Replace("localhost", "127.0.0.1"), out IPEndPoint? listen))
        {
            throw new CommandException(
                $"--listen '{options.Listen}' isn't ADDRESS:PORT, such as 127.0.0.1:8081.",
                ExitCodes.WrongUse
            );
        }
        string kafka = RunningEngine.KafkaOr(options.Kafka);
        var publisher = new EventPublisher(
            new PublisherOptions
            {
                Kafka = kafka,
                ClientId = "ingest-http",
                GiveUpAfter = options.GiveUpAfter,
            }
        );
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(listen);
            kestrel.Limits.MaxRequestBodySize = EventsEndpoint.MaxBody;
            kestrel.AddServerHeader = false;
        });
        WebApplication app = builder.Build();
        var events = new EventsEndpoint(publisher);
        Map(app, events, options, context.Time);
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            events.Dispose();
            publisher.Dispose();
            throw new CommandException(
                $"Can't listen on {options.Listen}: {error.Message} Give another address with --listen."
            );
        }
        return new HttpServer(app, publisher, events, kafka, context);
    }

    private static void Map(WebApplication app, EventsEndpoint events, HttpServing options, TimeProvider time)
    {
        var beacon = new BeaconEndpoint(events, options.BehindProxy, time);
        byte[] script = Script();
        // Without the cast to RequestDelegate, the handlers would be minimal-API methods.
        app.MapPost("/v1/events", (RequestDelegate)events.HandleAsync);
        app.MapPost("/v1/beacon", (RequestDelegate)beacon.HandleAsync);
        app.MapMethods("/healthz", ReadMethods, (RequestDelegate)(context => context.Response.WriteAsync("ok\n")));
        app.MapMethods(
            "/beacon.js",
            ReadMethods,
            (RequestDelegate)(
                context =>
                {
                    context.Response.ContentType = "text/javascript; charset=utf-8";
                    context.Response.Headers.CacheControl = "public, max-age=3600";
                    return context.Response.Body.WriteAsync(script).AsTask();
                }
            )
        );
    }

    private static byte[] Script()
    {
        using Stream stream = typeof(HttpServer).Assembly.GetManifestResourceStream("beacon.js")!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    /// <summary>Creates the topics with LogAppendTime: the broker stamps events of browsers and servers.</summary>
    private static async Task MakeTopicsAsync(string kafka, CommandContext context, CancellationToken cancel)
    {
        for (bool reported = false; !cancel.IsCancellationRequested; reported = true)
        {
            try
            {
                await new TopicProvisioner(kafka)
                    .EnsureAsync(WorkflowEvents.All.Holds.Keys, TopicTimestamps.LogAppendTime, cancel: cancel)
                    .ConfigureAwait(false);
                return;
            }
            catch (KafkaException error)
            {
                if (!reported)
                {
                    context.Error.WriteLine(
                        $"Kafka at {kafka} is unavailable; events get the answer 503 until it is back: "
                            + $"{error.Error.Reason}"
                    );
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(TopicsAgainAfter, context.Time, cancel)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        await _topics.ConfigureAwait(false);
        await _publisher.DisposeAsync().ConfigureAwait(false);
        _events.Dispose();
        _stop.Dispose();
    }
}
