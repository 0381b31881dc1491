using System.Net;
using System.Text.Json;
using Engine.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using Xunit;

namespace Workflows.Tests.Web;

/// <summary>Errors are pages for people and JSON for programs, and what is ours to mend is logged.</summary>
public sealed class ErrorAnswerTests
{
    private static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/refused/{status:int}", IResult (int status) =>
            throw new RefusedException(status, "Say <b>please</b>.", "magic") { Next = ("/home", "Go home") }
        );
        app.MapGet("/status/{status:int}", (int status) => Results.StatusCode(status));
        app.MapGet("/ids/{id}/more", (HttpContext http) => RoutePart.Id(http, "id"));
        app.MapGet("/own", () => Answers.Error(StatusCodes.Status404NotFound, "there is no such click"));
        foreach (string under in new[] { "", "/v1" })
        {
            app.MapGet(under + "/broken", IResult () => throw new InvalidOperationException("a secret"));
            app.MapGet(under + "/redis", IResult () => throw new RedisException("10.0.0.7"));
            app.MapGet(under + "/kafka", IResult () => throw new EventNotTakenException("the queue is full"));
        }

        app.MapGet("/half", async (HttpContext http) =>
        {
            await http.Response.WriteAsync("half of ");
            await http.Response.Body.FlushAsync();
            throw new InvalidOperationException("a secret");
        });
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("a%20b", null)]
    [InlineData("%7Bx%7D", null)]
    public async Task Whoever_looks_up_what_is_no_identifier_is_told_so(string part, string? id)
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        HttpResponseMessage answer = await server.GetAsync($"/ids/{part}/more", "*/*");
        Assert.Equal(id == null ? HttpStatusCode.BadRequest : HttpStatusCode.OK, answer.StatusCode);
        if (id != null)
        {
            Assert.Equal(id, await BodyAsync(answer));
        }
    }

    [Fact]
    public async Task HEAD_is_answered_as_GET_is_without_a_body()
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        HttpResponseMessage answer = await server.SendAsync(HttpMethod.Head, "/ids/a/more");
        Assert.Equal((HttpStatusCode.OK, ""), (answer.StatusCode, await BodyAsync(answer)));
        Assert.Equal(HttpStatusCode.NotFound, (await server.SendAsync(HttpMethod.Head, "/nowhere")).StatusCode);
    }

    [Theory]
    [InlineData("/nowhere", 404, "Page not found")]
    [InlineData("/refused/400", 400, "Invalid request")]
    [InlineData("/refused/401", 401, "Sign-in required")]
    [InlineData("/refused/403", 403, "Access denied")]
    [InlineData("/refused/413", 413, "Too much data")]
    [InlineData("/refused/503", 503, "Temporarily unavailable")]
    [InlineData("/status/403", 403, "Access denied")]
    [InlineData("/status/418", 418, "Error 418")]
    [InlineData("/broken", 500, "Something went wrong")]
    [InlineData("/redis", 503, "Temporarily unavailable")]
    [InlineData("/kafka", 503, "Temporarily unavailable")]
    public async Task People_get_a_page_and_programs_JSON(string path, int status, string title)
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        HttpResponseMessage page = await server.GetAsync(path, KitServer.Html);
        string html = await BodyAsync(page);
        Assert.Equal((status, "text/html"), ((int)page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Contains($"<h1>{title}</h1>", html);
        Assert.DoesNotContain("<b>", html);

        foreach (string accept in new[] { "*/*", "application/json", "application/json, text/html;q=0.9" })
        {
            HttpResponseMessage answer = await server.GetAsync(path, accept);
            JsonElement json = JsonDocument.Parse(await BodyAsync(answer)).RootElement;
            Assert.Equal(
                (status, "application/json"),
                ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType)
            );
            Assert.NotEmpty(json.GetProperty("error").GetString()!);
            Assert.Equal(
                path.StartsWith("/refused", StringComparison.Ordinal) ? "magic" : path,
                json.GetProperty("where").GetString()
            );
            Assert.Equal(status == 503, answer.Headers.Contains("Retry-After"));
            Assert.Equal(status == 401, answer.Headers.Contains("WWW-Authenticate"));
            Assert.Contains("Accept", answer.Headers.Vary);
        }
    }

    [Theory]
    [InlineData("/v1/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/v1/broken", HttpStatusCode.InternalServerError)]
    [InlineData("/v1/redis", HttpStatusCode.ServiceUnavailable)]
    public async Task Paths_for_programs_answer_JSON_to_a_browser_too(string path, HttpStatusCode status)
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        HttpResponseMessage answer = await server.GetAsync(path, KitServer.Html);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(path, JsonDocument.Parse(await BodyAsync(answer)).RootElement.GetProperty("where").GetString());
    }

    [Theory]
    [InlineData("/broken", "a secret")]
    [InlineData("/redis", "10.0.0.7")]
    public async Task What_the_server_is_made_of_is_not_told(string path, string secret)
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        Assert.DoesNotContain(secret, await BodyAsync(await server.GetAsync(path, KitServer.Html)));
        Assert.DoesNotContain(secret, await BodyAsync(await server.GetAsync(path, "*/*")));
    }

    [Fact]
    public async Task An_unexpected_exception_is_logged_each_time()
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        await server.GetAsync("/broken", "*/*");
        await server.GetAsync("/broken", KitServer.Html);
        Assert.Equal(2, server.Log.All.Count);
        Assert.All(server.Log.All, line =>
        {
            Assert.Equal((LogLevel.Error, "HTTP GET /broken failed"), (line.Level, line.Text));
            Assert.Equal("a secret", line.Problem!.Message);
        });
    }

    [Fact]
    public async Task While_Redis_is_away_a_line_is_enough()
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        await server.GetAsync("/redis", "*/*");
        await server.GetAsync("/kafka", "*/*");
        (LogLevel level, string text, _) = Assert.Single(server.Log.All);
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith("HTTP GET /redis answered 503 (10.0.0.7)", text);
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/refused/403")]
    [InlineData("/own")]
    public async Task The_senders_faults_are_not_logged(string path)
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        await server.GetAsync(path, KitServer.Html);
        Assert.Empty(server.Log.All);
    }

    [Fact]
    public async Task An_endpoints_own_answer_stays_as_it_is()
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        Assert.Equal(
            """{"error":"there is no such click"}""",
            await BodyAsync(await server.GetAsync("/own", KitServer.Html))
        );
    }

    [Fact]
    public async Task A_wrong_method_is_answered_too()
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        HttpResponseMessage answer = await server.SendAsync(HttpMethod.Delete, "/own");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Contains("\"where\":\"/own\"", await BodyAsync(answer));
    }

    [Fact]
    public async Task A_page_says_where_to_go_and_encodes_what_it_says()
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        string html = await BodyAsync(await server.GetAsync("/refused/403", KitServer.Html));
        Assert.Contains("Say &lt;b&gt;please&lt;/b&gt;.", html);
        Assert.Contains("""href="/home">Go home</a>""", html);
    }

    [Fact]
    public async Task Half_an_answer_is_cut_off_and_logged()
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.GetAsync("/half", KitServer.Html));
        Assert.Single(server.Log.All);
    }

    private static Task<string> BodyAsync(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
