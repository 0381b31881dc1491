using System.Net;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.Web.Accounts;
using Engine.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tests.Support;
using Xunit;

namespace Workflows.Tests.Web;

/// <summary>Who may use an endpoint: by role, by sponsor, by session, and while there are no users.</summary>
public sealed class AccessTests
{
    private static readonly Account[] Everybody =
    [
        Of("user vera", Role.Viewer, null, "viewer-token"),
        Of("user anna", Role.Analyst, null, "analyst-token"),
        Of("user ada", Role.Admin, null, "admin-token"),
        Of("token 12345678", Role.Sponsor, "sp-1", "sponsor-token"),
        Of("user news", Role.Sponsor, "a/b", "other-token"),
    ];

    private static Account Of(string name, Role role, string? sponsor, string token) =>
        new(name, role, sponsor, AccessToken.HashOf(token)!);

    private sealed class Users(AccountList accounts) : IAccounts
    {
        public AccountList Current { get; set; } = accounts;

        public static Users Known => new(new AccountList(Everybody, hasUsers: true, usersWereThere: true));

        public static Users Never => new(new AccountList([], hasUsers: false, usersWereThere: false));
    }

    private static void Map(IEndpointRouteBuilder app)
    {
        static string Who(HttpContext http) => Caller.Of(http)?.Account.Name ?? "nobody";
        app.MapGet("/open", Who);
        app.MapGet("/view", Who).ForRole(Role.Viewer);
        app.MapPost("/send", Who).ForRole(Role.Analyst);
        app.MapDelete("/rule", Who).ForRole(Role.Admin);
        app.MapGet("/own/{sponsor}", Who).ForSponsor();
        app.MapGet("/page/{sponsor}", Who)
            .ForSponsor(new SignIn("/home", _ => Results.Text("<p>sign in</p>", "text/html", null, 401)));
    }

    private static Task<KitServer> StartAsync(Users users, OpenTo open = OpenTo.Nobody) =>
        KitServer.StartAsync(Map, new Visitors(users, null), open);

    private static async Task<(HttpStatusCode Status, string Answer)> AskAsync(
        KitServer server,
        string method,
        string path,
        string? token,
        params string[] headers
    )
    {
        using HttpResponseMessage answer = await server.SendAsync(
            new HttpMethod(method),
            path,
            null,
            [.. headers, .. token == null ? (string[])[] : [$"Authorization: Bearer {token}"]]
        );
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET", "/open", "viewer,analyst,admin,sponsor,other", "")]
    [InlineData("GET", "/view", "viewer,analyst,admin", "sponsor,other")]
    [InlineData("HEAD", "/view", "viewer,analyst,admin", "sponsor,other")]
    [InlineData("POST", "/send", "analyst,admin", "viewer,sponsor,other")]
    [InlineData("DELETE", "/rule", "admin", "viewer,analyst,sponsor,other")]
    [InlineData("GET", "/own/sp-1", "sponsor,admin", "viewer,analyst,other")]
    [InlineData("GET", "/own/a%2Fb", "other,admin", "viewer,analyst,sponsor")]
    [InlineData("GET", "/own/sp-9", "admin", "viewer,analyst,sponsor,other")]
    [InlineData("GET", "/page/sp-1", "sponsor,admin", "viewer,analyst,other")]
    public async Task A_role_reaches_what_it_may(string method, string path, string may, string mayNot)
    {
        await using KitServer server = await StartAsync(Users.Known, OpenTo.Everyone);
        foreach (string who in may.Split(','))
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(server, method, path, who + "-token")).Status);
        }

        foreach (string who in mayNot.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            (HttpStatusCode status, string answer) = await AskAsync(server, method, path, who + "-token");
            Assert.Equal(HttpStatusCode.Forbidden, status);
            if (method != "HEAD")
            {
                IsError(answer);
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("guessed")]
    [InlineData("viewer-token2")]
    public async Task Who_is_not_known_is_told_how_to_say_who_they_are(string? token)
    {
        await using KitServer server = await StartAsync(Users.Known, OpenTo.Everyone);
        foreach (string path in (string[])["/view", "/own/sp-1", "/page/sp-1"])
        {
            using HttpResponseMessage answer = await server.SendAsync(
                HttpMethod.Get,
                path,
                null,
                token == null ? [] : [$"Authorization: Bearer {token}"]
            );
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
            string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Equal("Authorization", IsError(text));
        }

        Assert.Equal((HttpStatusCode.OK, "nobody"), await AskAsync(server, "GET", "/open", token));
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(server, "GET", "/nowhere", token)).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await AskAsync(server, "PUT", "/view", token)).Status);
    }

    [Fact]
    public async Task A_browser_gets_the_page_to_sign_in_at()
    {
        await using KitServer server = await StartAsync(Users.Known);
        using HttpResponseMessage answer = await server.GetAsync("/page/sp-1", KitServer.Html);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
        Assert.Contains("sign in", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        (HttpStatusCode status, string refused) = await AskAsync(
            server,
            "GET",
            "/page/sp-1",
            "other-token",
            $"Accept: {KitServer.Html}"
        );
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("href=\"/home\"", refused);
    }

    [Theory]
    [InlineData(OpenTo.Nobody, null, false)]
    [InlineData(OpenTo.ThisMachine, null, true)]
    [InlineData(OpenTo.ThisMachine, "localhost", true)]
    [InlineData(OpenTo.ThisMachine, "[::1]:8080", true)]
    [InlineData(OpenTo.ThisMachine, "rebound.example", false)]
    [InlineData(OpenTo.Everyone, "engine.example", true)]
    public async Task Until_there_was_a_user_endpoints_are_open_to_whom_the_server_listens(
        OpenTo open,
        string? host,
        bool may
    )
    {
        string[] headers = host == null ? [] : [$"Host: {host}"];
        var users = Users.Never;
        await using KitServer server = await StartAsync(users, open);
        Assert.Equal(
            may ? HttpStatusCode.OK : HttpStatusCode.Unauthorized,
            (await AskAsync(server, "DELETE", "/rule", null, headers)).Status
        );
        if (open == OpenTo.ThisMachine)
        {
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await AskAsync(server, "DELETE", "/rule", null, [.. headers, "Sec-Fetch-Site: cross-site"])).Status
            );
        }

        // Sponsors' are never open, nor is anything after the last user has gone.
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(server, "GET", "/own/sp-1", null, headers)).Status);
        users.Current = new AccountList([], hasUsers: false, usersWereThere: true);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(server, "DELETE", "/rule", null, headers)).Status);
    }

    [Fact]
    public async Task While_users_are_not_read_yet_they_are_told_to_wait()
    {
        Account own = Of("the token file's holder", Role.Viewer, null, "own-token");
        var unknown = new AccountList([own], hasUsers: false, usersWereThere: false) { AreUsersKnown = false };
        await using KitServer server = await StartAsync(new Users(unknown), OpenTo.Everyone);
        foreach (string? token in (string?[])[null, "admin-token"])
        {
            using HttpResponseMessage answer = await server.SendAsync(
                HttpMethod.Get,
                "/view",
                null,
                token == null ? [] : [$"Authorization: Bearer {token}"]
            );
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(server, "GET", "/open", null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(server, "GET", "/view", "own-token")).Status);
    }

    /// <summary>Browsers send the cookie along with whatever another site makes them send.</summary>
    [Fact]
    public async Task A_session_lets_in_until_its_token_is_removed_and_only_from_our_own_pages()
    {
        Assert.SkipUnless(LiveRedisServer.IsThere, "no redis-server on the path");
        await using LiveRedisServer redis = await LiveRedisServer.StartAsync();
        var users = Users.Known;
        var visitors = new Visitors(users, new Sessions(redis.Connection, new RedisKeys("", "g")));
        await using KitServer server = await KitServer.StartAsync(
            app =>
            {
                Map(app);
                app.MapPost("/in/{token}", async (HttpContext http, string token) =>
                    await visitors.SignInAsync(http, token, visitor => visitor.As(Role.Viewer) != null)
                        ? Results.Ok()
                        : Results.BadRequest()
                );
            },
            visitors
        );
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(server, "POST", "/in/guessed", null)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(server, "POST", "/in/sponsor-token", null)).Status);
        using HttpResponseMessage signedIn = await server.SendAsync(HttpMethod.Post, "/in/analyst-token");
        string cookie = "Cookie: " + signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        Assert.Equal((HttpStatusCode.OK, "user anna"), await AskAsync(server, "GET", "/view", null, cookie));
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(server, "DELETE", "/rule", null, cookie)).Status);
        Assert.Equal(
            (HttpStatusCode.OK, "user anna"),
            await AskAsync(server, "POST", "/send", null, cookie, $"Origin: {KitServer.Own}")
        );
        foreach (string from in (string[])["Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "X: y"])
        {
            Assert.Equal(
                HttpStatusCode.Forbidden,
                (await AskAsync(server, "POST", "/send", null, cookie, from)).Status
            );
        }

        users.Current = new AccountList(
            Everybody.Where(account => account.Name != "user anna"),
            hasUsers: true,
            usersWereThere: true
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(server, "GET", "/view", null, cookie)).Status);
    }

    [Fact]
    public async Task A_server_does_not_start_with_an_endpoint_that_does_not_say_for_whom_it_is()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddWebKit();
        await using WebApplication app = builder.Build();
        app.MapGet("/said", () => "").ForEveryone();
        app.RequireAccessDeclarations();
        app.MapGet("/forgotten", () => "");
        Assert.Contains("/forgotten", Assert.Throws<InvalidOperationException>(app.RequireAccessDeclarations).Message);
    }

    /// <summary>Returns where.</summary>
    private static string? IsError(string answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        Assert.NotEmpty(document.RootElement.GetProperty("error").GetString()!);
        return document.RootElement.GetProperty("where").GetString();
    }
}
