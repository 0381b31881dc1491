using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.Web.Accounts;
using Engine.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Workflows.Tests.Web;

/// <summary>What is too much is refused before it is read, and nobody's too much is another's.</summary>
public sealed class BoundsTests
{
    private sealed class Users : IAccounts
    {
        public AccountList Current { get; } =
            new(
                [
                    new Account("user ada", Role.Admin, null, AccessToken.HashOf("ada-token")!),
                    new Account("user vera", Role.Viewer, null, AccessToken.HashOf("vera-token")!),
                ],
                hasUsers: true,
                usersWereThere: true
            );
    }

    private static Task<KitServer> StartAsync(
        Action<IEndpointRouteBuilder> map,
        RequestLimits limits,
        bool behindProxy = false
    ) => KitServer.StartAsync(map, new Visitors(new Users(), null), OpenTo.Nobody, limits, behindProxy);

    private static Task<HttpResponseMessage> AskAsync(KitServer server, string path, params string[] headers) =>
        server.SendAsync(HttpMethod.Get, path, null, headers);

    [Fact]
    public async Task A_rate_is_each_tokens_and_each_addresss_own()
    {
        static void Map(IEndpointRouteBuilder app)
        {
            app.MapGet("/open", () => "open");
            app.MapGet("/health", () => "ok").WithoutLimits();
            app.MapGet("/view", () => "seen").ForRole(Role.Viewer);
        }

        var limits = new RequestLimits { PerToken = 3, PerAddress = 1 };
        await using KitServer server = await StartAsync(Map, limits, behindProxy: true);
        // More than any burst and what is replenished meanwhile, which a slow machine makes more of.
        async Task<bool> IsHeldAsync(string path, params string[] headers)
        {
            for (int sent = 0; sent < 200; sent++)
            {
                using HttpResponseMessage answer = await AskAsync(server, path, headers);
                if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
                    using JsonDocument error = JsonDocument.Parse(
                        await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
                    );
                    Assert.Contains("requests a second", error.RootElement.GetProperty("error").GetString());
                    return true;
                }
            }

            return false;
        }

        Assert.True(await IsHeldAsync("/view", "Authorization: Bearer ada-token"));
        using (HttpResponseMessage vera = await AskAsync(server, "/view", "Authorization: Bearer vera-token"))
        {
            Assert.Equal(HttpStatusCode.OK, vera.StatusCode);
        }

        Assert.True(await IsHeldAsync("/open", "X-Forwarded-For: 203.0.113.9"));
        // Guessed tokens count by address.
        Assert.True(await IsHeldAsync("/view", "X-Forwarded-For: 203.0.113.10", "Authorization: Bearer guessed"));
        // A home's IPv6 addresses are one.
        Assert.True(await IsHeldAsync("/open", "X-Forwarded-For: 2001:db8:0:1::1"));
        using HttpResponseMessage neighbour = await AskAsync(server, "/open", "X-Forwarded-For: 2001:db8:1:1::1");
        Assert.Equal(HttpStatusCode.OK, neighbour.StatusCode);
        Assert.False(await IsHeldAsync("/health", "X-Forwarded-For: 203.0.113.9"));
    }

    [Theory]
    [InlineData(true, 0, 0)]
    [InlineData(false, RequestLimits.DefaultPerToken, RequestLimits.DefaultPerAddress)]
    public void Loopback_has_no_rates_by_default(bool isLoopback, int perToken, int perAddress)
    {
        RequestLimits limits = RequestLimits.Of(7, null, null, isLoopback);
        Assert.Equal((7, perToken, perAddress), (limits.UnderWay, limits.PerToken, limits.PerAddress));
        Assert.Equal(
            (5, 0),
            (RequestLimits.Of(7, 5, 0, isLoopback).PerToken, RequestLimits.Of(7, 5, 0, false).PerAddress)
        );
    }

    [Fact]
    public async Task Requests_beyond_those_under_way_are_sent_away_and_strangers_keep_out_no_user()
    {
        var release = new TaskCompletionSource();
        var entered = new SemaphoreSlim(0);
        async Task<string> WaitAsync()
        {
            entered.Release();
            await release.Task;
            return "done";
        }

        await using KitServer server = await StartAsync(
            app =>
            {
                app.MapGet("/open", WaitAsync);
                app.MapGet("/view", WaitAsync).ForRole(Role.Viewer);
                app.MapGet("/health", () => "ok").WithoutLimits();
            },
            new RequestLimits { UnderWay = 2 }
        );
        var underWay = new List<Task<HttpResponseMessage>>();
        foreach (string path in (string[])["/open", "/open"])
        {
            underWay.Add(AskAsync(server, path));
            Assert.True(await entered.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        }

        using (HttpResponseMessage refused = await AskAsync(server, "/open"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        using (HttpResponseMessage health = await AskAsync(server, "/health"))
        {
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }

        underWay.Add(AskAsync(server, "/view", "Authorization: Bearer vera-token"));
        Assert.True(await entered.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        release.SetResult();
        foreach (Task<HttpResponseMessage> request in underWay)
        {
            using HttpResponseMessage answer = await request;
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using HttpResponseMessage after = await AskAsync(server, "/open");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    /// <summary>The sender says a length and sends nothing: whoever read first would wait.</summary>
    [Fact]
    public async Task A_body_that_says_it_is_too_long_is_refused_before_it_is_read()
    {
        await using KitServer server = await StartAsync(
            app => app.MapPost("/take", async (HttpContext http) => (await Bodies.ReadAsync(http.Request, 10)).Length),
            new RequestLimits()
        );
        Uri address = server.Client.BaseAddress!;
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST /take HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: 11\r\n\r\n"),
            TestContext.Current.CancellationToken
        );
        using var reader = new StreamReader(stream);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        Assert.StartsWith("HTTP/1.1 413 ", await reader.ReadLineAsync(patience.Token));
    }

    [Fact]
    public async Task A_body_that_turns_out_too_long_is_refused()
    {
        await using KitServer server = await StartAsync(
            app => app.MapPost("/take", async (HttpContext http) => (await Bodies.ReadAsync(http.Request, 10)).Length),
            new RequestLimits()
        );
        using var body = new StreamContent(new MemoryStream(new byte[100_000]));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/take") { Content = body };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage answer = await server.Client.SendAsync(
            request,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("gzip", 1_000, HttpStatusCode.OK)]
    [InlineData("br", 1_000, HttpStatusCode.OK)]
    [InlineData("deflate", 1_000, HttpStatusCode.OK)]
    [InlineData("identity", 1_000, HttpStatusCode.OK)]
    [InlineData("gzip", 1_001, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("zstd", 10, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("gzip, br", 10, HttpStatusCode.UnsupportedMediaType)]
    public async Task A_compressed_body_is_read_within_the_bound_of_a_plain_one(
        string encoding,
        int length,
        HttpStatusCode status
    )
    {
        await using KitServer server = await StartReaderAsync();
        using HttpResponseMessage answer = await server.SendAsync(
            HttpMethod.Post,
            "/read",
            Encoded(encoding, new byte[length])
        );
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == status, text);
        if (status == HttpStatusCode.OK)
        {
            Assert.Equal($"{length}", text);
        }
    }

    [Fact]
    public async Task A_body_that_is_not_compressed_as_it_says_is_a_bad_request()
    {
        await using KitServer server = await StartReaderAsync();
        using var body = new ByteArrayContent("not gzip"u8.ToArray());
        body.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage answer = await server.SendAsync(HttpMethod.Post, "/read", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            "Content-Encoding",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
    }

    private static Task<KitServer> StartReaderAsync() =>
        StartAsync(
            app => app.MapPost("/read", async http =>
            {
                byte[] body = await Bodies.ReadAsync(http.Request, maxBytes: 1_000);
                await http.Response.WriteAsync($"{body.Length}");
            }),
            new RequestLimits()
        );

    private static ByteArrayContent Encoded(string encoding, byte[] plain)
    {
        using var memory = new MemoryStream();
        using (
            Stream stream = encoding switch
            {
                "gzip" => new GZipStream(memory, CompressionMode.Compress, leaveOpen: true),
                "br" => new BrotliStream(memory, CompressionMode.Compress, leaveOpen: true),
                "deflate" => new ZLibStream(memory, CompressionMode.Compress, leaveOpen: true),
                _ => new BufferedStream(new MemoryStream()),
            }
        )
        {
            stream.Write(plain);
        }

        var body = new ByteArrayContent(memory.Length > 0 ? memory.ToArray() : plain);
        body.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return body;
    }
}
