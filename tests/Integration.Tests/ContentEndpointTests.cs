using System.Net;
using System.Text.Json;
using Integration.Tests.Rig;
using Xunit;

namespace Integration.Tests;

/// <summary>An engine for tests that change nothing in it.</summary>
public sealed class ContentEngine : IAsyncLifetime
{
    private Lab? _lab;
    private EngineRun? _run;

    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync() => (_lab, _run, Http) = await ContentRequestTests.StartAsync();

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (_run != null)
        {
            await _run.DisposeAsync();
        }

        if (_lab != null)
        {
            await _lab.DisposeAsync();
        }
    }
}

/// <summary>What the HTTP endpoint of content requests refuses.</summary>
public class ContentEndpointTests(ContentEngine engine) : IClassFixture<ContentEngine>
{
    [Fact]
    public async Task The_server_describes_its_endpoints()
    {
        using JsonDocument document = JsonDocument.Parse(
            await engine.Http.GetStringAsync("/openapi.json", TestContext.Current.CancellationToken)
        );
        Assert.Equal("3.0.3", document.RootElement.GetProperty("openapi").GetString());
        JsonElement paths = document.RootElement.GetProperty("paths");
        Assert.Equal(
            [
                "/b/{page}",
                "/console/bookmarks",
                "/console/bookmarks/{id}",
                "/console/campaigns/{campaign}/credit.csv",
                "/console/credit.csv",
                "/console/items",
                "/console/items/{item}",
                "/console/items/{item}/associations/{id}",
                "/console/meetings",
                "/console/meetings/{id}",
                "/console/message-rules",
                "/console/messages",
                "/console/messages/{id}",
                "/console/sponsors",
                "/console/sponsors/{id}",
                "/healthz",
                "/i/{item}",
                "/m/{id}",
                "/metrics",
                "/openapi.json",
                "/readyz",
                "/tagged-content",
                "/v1/associations",
                "/v1/associations/{id}",
                "/v1/associations/{id}/chain",
                "/v1/bindings",
                "/v1/bindings/codes",
                "/v1/bindings/{id}",
                "/v1/campaigns/{campaign}/credit",
                "/v1/content-requests",
                "/v1/items/{item}/associations",
                "/v1/meetings/{id}",
                "/v1/meetings/{id}/events",
                "/v1/messages",
                "/v1/messages/{id}",
                "/v1/people/{id}/message-rules",
                "/v1/people/{id}/message-rules/suggestions",
                "/v1/people/{id}/message-rules/suggestions/{suggestion}/accept",
                "/v1/people/{id}/message-rules/suggestions/{suggestion}/decline",
                "/v1/quality",
                "/v1/sponsors/{sponsor}/acceptances",
                "/v1/sponsors/{sponsor}/acceptances/{id}",
                "/v1/sponsors/{sponsor}/suggestions",
                "/v1/sponsors/{sponsor}/suggestions/{type}/accept",
                "/v1/tagged-content",
                "/v1/verdicts/{click}",
            ],
            paths.EnumerateObject().Select(path => path.Name)
        );
        JsonElement undo = paths.GetProperty("/v1/sponsors/{sponsor}/acceptances/{id}").GetProperty("delete");
        Assert.Equal(
            ["sponsor", "id"],
            undo.GetProperty("parameters").EnumerateArray().Select(one => one.GetProperty("name").GetString())
        );
    }

    [Fact]
    public async Task Metrics_are_served_in_the_text_format_of_Prometheus()
    {
        using HttpResponseMessage answer = await engine.Http.GetAsync(
            "/metrics",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        string[] lines = (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n');
        Assert.Contains(lines, line =>
            line.StartsWith("# TYPE engine_verdicts_total counter", StringComparison.Ordinal)
        );
        Assert.Contains(lines, line => line.StartsWith("engine_verdicts_total{", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("engine_lag{", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("dotnet_gc_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_path_is_told_in_JSON()
    {
        using HttpResponseMessage answer = await engine.Http.GetAsync(
            "/v1/nowhere",
            TestContext.Current.CancellationToken
        );
        using JsonDocument problem = JsonDocument.Parse(
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("/v1/nowhere", problem.RootElement.GetProperty("where").GetString());
    }

    [Theory]
    [InlineData("nonsense", "malformed", "")]
    [InlineData("[]", "malformed", "not one JSON object")]
    [InlineData("""{"type":"click","id":"r"}""", "unknown-type", "type")]
    [InlineData(
        """{"type":"content-request","id":"r","time":1,"sponsor":"sp-1","sizes":[[1,1]]}""",
        "missing-field",
        "unit"
    )]
    [InlineData(
        """{"type":"content-request","id":"r","time":1,"sponsor":"sp-1","unit":"u","sizes":[[1,-1]]}""",
        "out-of-range",
        "sizes"
    )]
    [InlineData(
        """{"type":"content-request","id":"r","time":1,"sponsor":7,"unit":"u","sizes":[[1,1]]}""",
        "wrong-type",
        "sponsor"
    )]
    public async Task Bad_input_is_answered_with_what_and_where(string body, string error, string where)
    {
        HttpClient http = engine.Http;
        (HttpStatusCode status, string answer) = await ContentRequestTests.AskAsync(http, body);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        JsonElement problem = JsonDocument.Parse(answer).RootElement;
        Assert.Equal(error, problem.GetProperty("error").GetString());
        Assert.StartsWith(where, problem.GetProperty("where").GetString());
    }

    [Fact]
    public async Task Too_much_input_is_bad_input()
    {
        (HttpStatusCode status, string answer) = await ContentRequestTests.AskAsync(
            engine.Http,
            ContentRequestTests.Request("r", resource: new string('a', 300_000))
        );
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, true), (status, answer.Contains("262,144 bytes")));
    }

    [Theory]
    [InlineData("GET", "suggestions")]
    [InlineData("POST", "suggestions/00/accept")]
    [InlineData("GET", "acceptances")]
    [InlineData("DELETE", "acceptances/x")]
    public async Task A_sponsors_ends_ask_for_its_token(string method, string path)
    {
        HttpClient http = engine.Http;
        async Task<HttpStatusCode> Status(string sponsor, string? token) =>
            (
                await ContentRequestTests.SponsorAsync(
                    http,
                    new HttpMethod(method),
                    $"/v1/sponsors/{sponsor}/{path}",
                    token
                )
            ).Status;
        Assert.Equal(HttpStatusCode.Unauthorized, await Status("sp-1", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status("sp-1", "guessed"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status("sp-9", null));
        Assert.Equal(HttpStatusCode.Forbidden, await Status("sp-1", ContentRequestTests.OtherToken));
        Assert.Equal(HttpStatusCode.Forbidden, await Status("sp-9", ContentRequestTests.OtherToken));
        Assert.Contains(
            await Status("sp-1", ContentRequestTests.Token),
            (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NotFound]
        );
    }
}
