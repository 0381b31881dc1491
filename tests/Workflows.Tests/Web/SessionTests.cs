using System.Net;
using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tests.Support;
using Xunit;

namespace Workflows.Tests.Web;

/// <summary>Sessions on a real Redis: who signed in, for how long, and what a thief of Redis would find.</summary>
public sealed class SessionTests
{
    private static readonly byte[] Credential = AccessToken.HashOf("a token")!;

    [Fact]
    public async Task A_session_is_known_by_its_cookie_until_it_is_signed_out()
    {
        Assert.SkipUnless(LiveRedisServer.IsThere, "no redis-server on the path");
        await using LiveRedisServer redis = await LiveRedisServer.StartAsync();
        var sessions = new Sessions(redis.Connection, new RedisKeys("test-", "g"));
        await using KitServer server = await KitServer.StartAsync(app => Map(app, sessions));
        Assert.Equal("nobody", await WhoAsync(server, null));

        using HttpResponseMessage signedIn = await server.SendAsync(HttpMethod.Post, "/in");
        string set = Assert.Single(signedIn.Headers.GetValues("Set-Cookie")),
            cookie = set.Split(';')[0];
        Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", set, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith($"{Convert.ToHexString(Credential)} ", await WhoAsync(server, cookie));
        Assert.Equal(await WhoAsync(server, cookie), await WhoAsync(server, cookie));

        // 256 bits, of which Redis knows a hash for as long as the session lasts.
        string secret = cookie.Split('=')[1],
            key = Assert.Single(redis.Keys("test-session:"));
        Assert.Equal(43, secret.Length);
        Assert.DoesNotContain(secret, key + await redis.Database.StringGetAsync(key));
        Assert.InRange(
            (await redis.Database.KeyTimeToLiveAsync(key))!.Value,
            Sessions.Lifetime - TimeSpan.FromMinutes(1),
            Sessions.Lifetime
        );

        Assert.Equal("nobody", await WhoAsync(server, cookie[..^1] + (cookie[^1] == 'A' ? 'B' : 'A')));
        Assert.Equal("nobody", await WhoAsync(server, $"{Sessions.Cookie}=x"));
        using HttpResponseMessage signedOut = await server.SendAsync(
            HttpMethod.Post,
            "/out",
            null,
            $"Cookie: {cookie}"
        );
        Assert.Equal(HttpStatusCode.OK, signedOut.StatusCode);
        Assert.Equal("nobody", await WhoAsync(server, cookie));
        Assert.Empty(redis.Keys("test-session:"));
    }

    [Fact]
    public async Task Forms_of_two_sessions_carry_different_secrets()
    {
        Assert.SkipUnless(LiveRedisServer.IsThere, "no redis-server on the path");
        await using LiveRedisServer redis = await LiveRedisServer.StartAsync();
        var sessions = new Sessions(redis.Connection, new RedisKeys("", "g"));
        await using KitServer server = await KitServer.StartAsync(app => Map(app, sessions));
        var seen = new HashSet<string>();
        foreach (int _ in Enumerable.Range(0, 3))
        {
            using HttpResponseMessage signedIn = await server.SendAsync(HttpMethod.Post, "/in");
            string cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
            string who = await WhoAsync(server, cookie);
            Assert.DoesNotContain(cookie.Split('=')[1], who);
            Assert.True(seen.Add(who));
        }
    }

    private static void Map(IEndpointRouteBuilder app, Sessions sessions)
    {
        app.MapPost("/in", (HttpContext http) => sessions.OpenAsync(http, Credential));
        app.MapPost("/out", (HttpContext http) => sessions.EndAsync(http));
        app.MapGet("/who", async (HttpContext http) =>
        {
            Session? session = await sessions.FindAsync(http);
            await http.Response.WriteAsync(
                session == null ? "nobody" : $"{Convert.ToHexString(session.Credential)} {session.FormSecret}"
            );
        });
    }

    private static async Task<string> WhoAsync(KitServer server, string? cookie)
    {
        using HttpResponseMessage answer = await server.SendAsync(
            HttpMethod.Get,
            "/who",
            null,
            cookie == null ? [] : [$"Cookie: {cookie}"]
        );
        return await answer.Content.ReadAsStringAsync();
    }
}
