using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Confluent.Kafka;
using Engine.Client;
using Engine.Client.Checks;
using Engine.Client.Provisioning;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Partitions;
using Engine.Web;
using Engine.Web.Accounts;
using Engine.Web.Hosting;
using Engine.Web.Settings;
using Engine.Workflows;
using Ingest.Confirmation;
using Ingest.Confirmation.Demo;
using Ingest.Confirmation.Tokens;
using Ingest.Http.Links;
using Ingest.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using StackExchange.Redis;
using Role = Engine.Contracts.Access.Role;

namespace Ingest.Http;

/// <summary>Serves <c>POST /v1/events</c>, <c>POST /v1/beacon</c>, <c>GET /beacon.js</c> and <c>GET /healthz</c>. Start
/// it, then dispose it.</summary>
public sealed class HttpServer : IAsyncDisposable
{
    private static readonly TimeSpan TopicsAgainAfter = TimeSpan.FromSeconds(10),
        UsersWithin = TimeSpan.FromSeconds(10),
        MomentForUsers = TimeSpan.FromSeconds(2);

    private readonly HttpServing _options;
    private readonly OpenTo _open;
    private readonly SendingConfig _config;
    private readonly CommandContext _context;
    private readonly EventPublisher _publisher;
    private readonly EventsEndpoint _events;
    private readonly UserAccounts _users;
    private readonly SettingsFollower _settings;
    private readonly Campaigns _campaigns = new();
    private readonly Meter _meter = new("Ingest");
    private readonly MeterProvider _metrics;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _topics;
    private ConnectionMultiplexer? _redis;
    private VerdictLookup? _verdicts;
    private VerdictChannel? _channel;
    private ConfirmationServer? _confirmation;
    private WebApplication? _app;

    private HttpServer(HttpServing options, SendingConfig config, OpenTo open, Account[] own, CommandContext context)
    {
        (_options, _config, _open, _context) = (options, config, open, context);
        _publisher = new EventPublisher(
            new PublisherOptions
            {
                Kafka = config.Kafka,
                ClientId = "ingest-http",
                Extra = config.Settings,
                GiveUpAfter = options.GiveUpAfter,
            }
        );
        _events = new EventsEndpoint(_publisher);
        _users = new UserAccounts(own);
        _settings = new SettingsFollower(config.Kafka, config.Settings, _users, _campaigns);
        _metrics = Sdk.CreateMeterProviderBuilder().AddMeter(_meter.Name).AddPrometheusExporter().Build();
        _topics = MakeTopicsAsync(_stop.Token);
    }

    /// <summary>The address it listens on, such as <c>http://127.0.0.1:8081</c>.</summary>
    public string Address => _app!.Urls.First();

    /// <summary>Fails if Kafka refuses the connection, which doesn't pass by itself; completes once it has
    /// topics.</summary>
    /// <exception cref="ConnectionException">Kafka refuses the connection.</exception>
    public Task HasTopics => _topics;

    /// <summary>Starts listening. Kafka may become available later, unless it must tell whether there are
    /// users.</summary>
    /// <exception cref="CommandException">The address is invalid, or other machines reach it and there are no users
    /// (exit code 2); it is in use (exit code 1).</exception>
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

        SendingConfig config = SendingConfig.Find(options.Kafka, options.Config);
        if (options is { Demo: true, Redis: null })
        {
            // As with Kafka: that of the engine that runs here.
            options = options with { Redis = config.Engine?.Redis, Prefix = config.Engine?.Prefix ?? "" };
        }

        Account[] own = options.TokenFile == null ? [] : [HolderOf(options.TokenFile)];
        if (options.Open && own.Length > 0)
        {
            throw new CommandException(
                "--open and --token-file exclude one another: with a token, events aren't open to everyone.",
                ExitCodes.WrongUse
            );
        }

        OpenTo open =
            options.Open ? OpenTo.Everyone
            : own.Length == 0 && IPAddress.IsLoopback(listen.Address) ? OpenTo.ThisMachine
            : OpenTo.Nobody;
        if (options.Demo && (!IPAddress.IsLoopback(listen.Address) || options.Redis == null))
        {
            throw new CommandException(
                "--demo needs the engine's Redis (--redis, or an engine that runs here), and --listen on 127.0.0.1, as "
                    + "it shows clicks to everyone who asks.",
                ExitCodes.WrongUse
            );
        }

        var server = new HttpServer(options, config, open, own, context);
        try
        {
            await server
                .WaitForUsersAsync(required: open == OpenTo.Nobody && own.Length == 0, cancel)
                .ConfigureAwait(false);
            await server.ConnectAsync().ConfigureAwait(false);
            await server.ListenAsync(listen, cancel).ConfigureAwait(false);
            if (options.Demo)
            {
                await server.PrepareDemoAsync(cancel).ConfigureAwait(false);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static Account HolderOf(string tokenFile) =>
        AccessToken.HashOf(TokenFile.Read(tokenFile)) is { } hash
            ? new Account("the token file's holder", Role.Analyst, null, hash)
            : throw new CommandException($"--token-file: {tokenFile} holds too much for a token.", ExitCodes.WrongUse);

    /// <summary>Waits for the users a moment, so that the first requests needn't.</summary>
    /// <param name="required">Whether there must be any.</param>
    private async Task WaitForUsersAsync(bool required, CancellationToken cancel)
    {
        try
        {
            await _settings
                .Known.WaitAsync(required ? UsersWithin : MomentForUsers, _context.Time, cancel)
                .ConfigureAwait(false);
        }
        catch (TimeoutException) when (!required)
        {
            return;
        }
        catch (TimeoutException)
        {
            throw new CommandException(
                $"Can't read from Kafka at {_config.Kafka} whether there are users, without whom {_options.Listen} "
                    + "would be open to other machines. Start it, or give a token with --token-file."
            );
        }

        if (required && !_users.Current.HasUsers)
        {
            throw new CommandException(
                $"{_options.Listen} can be reached from other machines, and there are no users: add one with 'engine "
                    + "user add NAME --role analyst', give a token with --token-file, listen on 127.0.0.1, or take "
                    + "events from everyone with --open.",
                ExitCodes.WrongUse
            );
        }
    }

    /// <summary>Connects to the Redis with the verdicts. It may come later: without it, clicks are undecided.</summary>
    private async Task ConnectAsync()
    {
        if (_options.Redis != null)
        {
            RedisServers servers =
                _config.Engine is { OwnsRedis: true } engine && engine.Redis == _options.Redis
                    ? _config.RedisOf(engine)
                    : _config.RedisAt(_options.Redis);
            _redis = await servers.ConnectAsync(options => options.AbortOnConnectFail = false).ConfigureAwait(false);
            _verdicts = new VerdictLookup(_redis, _options.Prefix, _context.Time);
            await RefuseHiddenVerdictsAsync(_verdicts).ConfigureAwait(false);
            _channel = await VerdictChannel.OpenAsync(_redis, _options.Prefix, _context.Time).ConfigureAwait(false);
            _confirmation = new ConfirmationServer(
                new ConfirmationOptions
                {
                    TargetOf = campaign => _campaigns.Of(campaign)?.Target,
                    SendAsync = SendAsync,
                    AddressOf = AddressOf,
                    Clock = _context.Time,
                    Meter = _meter,
                    Mode = _options.Confirmation,
                },
                new ConfirmationKeys(Secrets(_redis.GetDatabase())),
                _redis,
                _options.Prefix
            );
        }
    }

    /// <summary>Refuses to serve ads' links whose plain verdicts nobody would ever tell. If Redis is away, it is
    /// taken that somebody does.</summary>
    private static async Task RefuseHiddenVerdictsAsync(VerdictLookup verdicts)
    {
        try
        {
            if (await verdicts.HidesPlainAsync().ConfigureAwait(false))
            {
                throw new CommandException(
                    "The engine doesn't write plain verdicts (deliver.verdicts: noteworthy), so that every valid click "
                        + "on an ad's link would wait in vain: set deliver.verdicts_channel: true in its engine.yaml, "
                        + "and restart it, or leave --redis out.",
                    ExitCodes.WrongUse
                );
            }
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // The links work once it is back.
        }
    }

    /// <summary>The secrets of the engines' group, which all front ends share.</summary>
    private IReadOnlyList<byte[]> Secrets(IDatabase redis)
    {
        try
        {
            return SigningSecrets.FindOrMake(redis, new RedisKeys(_options.Prefix, ""), _config.SigningKeys);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            throw new CommandException(
                $"Redis at {_options.Redis} doesn't answer, and engine.yaml names no signing_keys: {e.Message}"
            );
        }
    }

    /// <summary>Sends the settings of the demo's ads, once the topic is there.</summary>
    private async Task PrepareDemoAsync(CancellationToken cancel)
    {
        await HasTopics.WaitAsync(cancel).ConfigureAwait(false);
        foreach ((string key, string json) in DemoAds.SettingsFor(Address))
        {
            await _publisher
                .SendAsync(new OutgoingRecord(Topics.Settings, key, Encoding.UTF8.GetBytes(json)), cancel)
                .ConfigureAwait(false);
        }
    }

    private Task<Acknowledged> SendAsync(byte[] json)
    {
        CheckedEvent found = EventCheck.Inspect(json, WorkflowEvents.All);
        return _publisher.SendAsync(new OutgoingRecord(found.Topic!, found.Key!, json), _stop.Token);
    }

    private string AddressOf(HttpContext http) =>
        ClientAddress.Of(
            http.Connection.RemoteIpAddress,
            http.Request.Headers["X-Forwarded-For"].ToString(),
            _options.BehindProxy
        );

    private async Task ListenAsync(IPEndPoint listen, CancellationToken cancel)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(listen);
            kestrel.Limits.MaxRequestBodySize = EventsEndpoint.MaxBody;
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddWebKit();
        _app = builder.Build();
        _app.UseWebKit(
            new WebKit
            {
                Log = _app.Logger,
                Clock = _context.Time,
                Visitors = new Visitors(_users, sessions: null),
                Open = _open,
                Limits = RequestLimits.Of(
                    _options.UnderWay,
                    _options.PerToken,
                    _options.PerAddress,
                    IPAddress.IsLoopback(listen.Address)
                ),
                BehindProxy = _options.BehindProxy,
            }
        );
        Map(_app);
        _app.RequireAccessDeclarations();
        try
        {
            await _app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new CommandException(
                $"Can't listen on {_options.Listen}: {error.Message} Give another address with --listen."
            );
        }
    }

    private void Map(WebApplication app)
    {
        var beacon = new BeaconEndpoint(_events, _campaigns, AddressOf, _context.Time);
        byte[] script = Script();
        // Without the cast to RequestDelegate, the handlers would be minimal-API methods.
        app.MapPost("/v1/events", (RequestDelegate)_events.HandleAsync).ForRole(Role.Analyst);
        app.MapPost("/v1/beacon", (RequestDelegate)beacon.HandleAsync).ForEveryone();
        if (_redis != null)
        {
            var click = new ClickEndpoint(
                _campaigns,
                _publisher,
                new VerdictWait(_verdicts!, _channel!, _context.Time),
                _config.DecideWithin,
                AddressOf,
                _confirmation!,
                new LinkCounts(_meter),
                _context.Time
            );
            // A person who clicks arrives, however much is under way.
            app.MapGet("/click", (RequestDelegate)click.HandleAsync).ForEveryone().WithoutLimits();
            _confirmation!.Map(app);
            if (_options.Demo)
            {
                DemoAds.Map(app, _redis, _options.Prefix);
            }
        }

        app.MapPrometheusScrapingEndpoint("/metrics", _metrics, configureBranchedPipeline: null, optionsName: null)
            .ForRole(Role.Viewer);
        app.MapGet("/healthz", (RequestDelegate)(context => context.Response.WriteAsync("ok\n")))
            .ForEveryone()
            .WithoutLimits();
        app.MapGet(
                "/beacon.js",
                (RequestDelegate)(
                    context =>
                    {
                        context.Response.ContentType = "text/javascript; charset=utf-8";
                        context.Response.Headers.CacheControl = "public, max-age=3600";
                        // Pages of any site load it, also as a module and where they are isolated.
                        context.Response.Headers.AccessControlAllowOrigin = "*";
                        context.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
                        return context.Response.Body.WriteAsync(script).AsTask();
                    }
                )
            )
            .ForEveryone();
    }

    private static byte[] Script()
    {
        using Stream stream = typeof(HttpServer).Assembly.GetManifestResourceStream("beacon.js")!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    /// <summary>Creates the topics with LogAppendTime: the broker stamps events of browsers and servers.</summary>
    private async Task MakeTopicsAsync(CancellationToken cancel)
    {
        for (bool reported = false; !cancel.IsCancellationRequested; reported = true)
        {
            try
            {
                await _config.CheckAsync(cancel).ConfigureAwait(false);
                await new TopicProvisioner(_config.Kafka, _config.Settings)
                    .EnsureAsync(
                        [.. WorkflowEvents.All.Holds.Keys, Topics.Settings],
                        TopicTimestamps.LogAppendTime,
                        cancel: cancel
                    )
                    .ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (error is KafkaException or ConnectionException { IsRefused: false })
            {
                if (!reported)
                {
                    _context.Error.WriteLine(
                        $"Kafka at {_config.Kafka} is unavailable; events get the answer 503 until it is back: "
                            + $"{error.Message}"
                    );
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(TopicsAgainAfter, _context.Time, cancel)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_app != null)
        {
            await _app.StopAsync().ConfigureAwait(false);
            await _app.DisposeAsync().ConfigureAwait(false);
        }

        if (_confirmation != null)
        {
            await _confirmation.DisposeAsync().ConfigureAwait(false);
        }

        await _topics.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _publisher.DisposeAsync().ConfigureAwait(false);
        if (_redis != null)
        {
            await _redis.DisposeAsync().ConfigureAwait(false);
        }

        _metrics.Dispose();
        _meter.Dispose();
        _settings.Dispose();
        _stop.Dispose();
    }
}
