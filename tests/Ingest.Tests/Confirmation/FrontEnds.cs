using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Engine.CommandLine;
using Ingest.Confirmation;
using Ingest.Confirmation.Pictures;
using Ingest.Confirmation.Tokens;
using Ingest.Http;
using Ingest.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Ingest.Tests.Confirmation;

/// <summary>Front ends that share Kafka and Redis, with a campaign whose clicks are to be confirmed. Their clock can be
/// put forward. A click's verdict is there before it: engines have their own tests.</summary>
internal sealed class FrontEnds : IAsyncDisposable
{
    public const string Target = "https://shop.example/p/1";

    private readonly InProcessCluster _kafka;
    private readonly List<HttpServer> _servers = [];
    private readonly ShiftedClock _clock = new();
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });

    private FrontEnds(InProcessCluster kafka, LiveRedisServer redis) => (_kafka, Redis) = (kafka, redis);

    public LiveRedisServer Redis { get; }

    public IReadOnlyList<HttpServer> Servers => _servers;

    public static async Task<FrontEnds> StartAsync(int count = 2, ConfirmationMode mode = ConfirmationMode.Real)
    {
        Assert.SkipUnless(LiveRedisServer.IsThere, "no redis-server on the path");
        var rig = new FrontEnds(new InProcessCluster(), await LiveRedisServer.StartAsync());
        await rig._kafka.AppendAsync("settings", "campaign/cmp-7", $$"""{"target":"{{Target}}"}""");
        for (int i = 0; i < count; i++)
        {
            rig._servers.Add(
                await HttpServer.StartAsync(
                    new HttpServing
                    {
                        Listen = "127.0.0.1:0",
                        Kafka = rig._kafka.Address,
                        Redis = rig.Redis.Address,
                        BehindProxy = true,
                        Confirmation = mode,
                        UnderWay = 200,
                    },
                    new CommandContext(TextWriter.Null, TextWriter.Null, rig._clock, false),
                    TestContext.Current.CancellationToken
                )
            );
        }

        return rig;
    }

    /// <summary>Clicks an ad whose verdict says to confirm it. Returns the path of its page.</summary>
    public async Task<string> ClickAsync(string click, string ip = "203.0.113.9", int server = 0)
    {
        await DecideAsync(click, "confirm");
        using HttpResponseMessage answer = await SendAsync(
            HttpMethod.Get,
            $"/click?campaign=cmp-7&publisher=pub-12&id={click}",
            ip,
            server: server
        );
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    /// <summary>Writes a click's verdict.</summary>
    public Task DecideAsync(string click, string action) =>
        Redis.Database.StringSetAsync(
            "verdict:" + click,
            $$"""{"class":"suspect","band":"challenge","action":"{{action}}","billable":false,"score":0.7,"model":"m","settings":"s-1"}"""
        );

    public Task<HttpResponseMessage> GetAsync(string path, string ip = "203.0.113.9", int server = 0) =>
        SendAsync(HttpMethod.Get, path, ip, server: server);

    public Task<HttpResponseMessage> PostAsync(string path, string form, string ip = "203.0.113.9", int server = 0) =>
        SendAsync(HttpMethod.Post, path, ip, form, server);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string ip,
        string? form = null,
        int server = 0,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, _servers[server].Address + path);
        request.Headers.Add("X-Forwarded-For", ip);
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        if (form != null)
        {
            request.Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        }

        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Looks at a page's picture for as long as a person does, and returns the form of a hit.</summary>
    public async Task<string> LookAsync(string page)
    {
        (await GetAsync(page + ".png?size=wide")).Dispose();
        Forward(TimeSpan.FromMilliseconds(400));
        (int x, int y) = PictureSize.Wide.PlaceOf((await ReadAsync(page)).Seed);
        return $"wide.x={x + 5}&wide.y={y + 5}";
    }

    /// <summary>The form of a miss.</summary>
    public async Task<string> MissAsync(string page)
    {
        (int x, int y) = PictureSize.Wide.PlaceOf((await ReadAsync(page)).Seed);
        return $"wide.x={(x + 200) % 600}&wide.y={y + 1}";
    }

    /// <summary>Reads a page's token with the secret that the front ends share.</summary>
    public async Task<SignedToken> ReadAsync(string page)
    {
        string secret = (await Redis.Database.StringGetAsync("signing-key")).ToString();
        return new ConfirmationKeys([Encoding.ASCII.GetBytes(secret)]).Read(page["/confirm/".Length..])!;
    }

    public void Forward(TimeSpan time) => _clock.Offset += time;

    /// <summary>Stops a front end as a crash would for its pages: another one goes on with them.</summary>
    public async Task StopAsync(int server)
    {
        await _servers[server].DisposeAsync();
        _servers[server] = _servers[(server + 1) % _servers.Count];
    }

    /// <summary>The state of a click's page, as the contract has it.</summary>
    public async Task<JsonNode> StateAsync(string click) =>
        JsonNode.Parse((await Redis.Database.StringGetAsync("confirm:" + click)).ToString())!;

    /// <summary>The confirmations in Kafka, once there are so many, and a moment later no more.</summary>
    public async Task<List<(string Key, JsonNode Event)>> ConfirmationsAsync(int count)
    {
        await LiveWait.UntilAsync("no page waits", async () =>
            await Redis.Database.SortedSetLengthAsync("confirm-pending") == 0
        );
        List<(string, JsonNode)> events =
        [
            .. _kafka
                .Read((int)_kafka.Count())
                .Select(record => (Encoding.UTF8.GetString(record.Message.Key), JsonNode.Parse(record.Message.Value)!))
                .Where(record => (string?)record.Item2["type"] == "confirmation"),
        ];
        Assert.Equal(count, events.Count);
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (HttpServer server in _servers.Distinct())
        {
            await server.DisposeAsync();
        }

        _http.Dispose();
        await Redis.DisposeAsync();
        _kafka.Dispose();
    }

    /// <summary>The system's clock, put forward.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        private long _ticks;

        public TimeSpan Offset
        {
            get => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));
            set => Interlocked.Exchange(ref _ticks, value.Ticks);
        }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
