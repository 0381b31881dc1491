using System.Net;
using System.Text;
using System.Text.Json;
using Engine.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Xunit;

namespace Workflows.Tests.Web;

/// <summary>Forms are read from our own pages only, and only so much of them.</summary>
public sealed class FormTests
{
    private static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/form", (Func<HttpContext, Task<IResult>>)(http => NameAsync(http, null)));
        app.MapPost("/signed", (Func<HttpContext, Task<IResult>>)(http => NameAsync(http, "s3cret")));
    }

    private static async Task<IResult> NameAsync(HttpContext http, string? secret) =>
        Results.Text((await Forms.ReadAsync(http, secret))["name"].ToString());

    private static FormUrlEncodedContent Form(string? secret = null) =>
        new(
            new Dictionary<string, string> { ["name"] = "Zoë & co", [Forms.SecretField] = secret ?? "" }.Where(field =>
                field.Key != Forms.SecretField || secret != null
            )
        );

    [Theory]
    [InlineData("Sec-Fetch-Site: same-origin", true)]
    [InlineData("Origin: own", true)]
    [InlineData("Sec-Fetch-Site: cross-site", false)]
    [InlineData("Sec-Fetch-Site: same-site", false)]
    [InlineData("Sec-Fetch-Site: none", false)]
    [InlineData("Origin: null", false)]
    [InlineData("Origin: https://elsewhere.example", false)]
    [InlineData("X-Nothing: said", false)]
    public async Task A_form_must_come_from_here(string header, bool taken)
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        HttpResponseMessage answer = await server.SendAsync(HttpMethod.Post, "/form", Form(), header);
        string body = await BodyAsync(answer);
        Assert.Equal(taken ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(taken ? "Zoë & co" : body, body);
        Assert.Equal(!taken, body.Contains("sent from another site"));
    }

    [Fact]
    public async Task Fetch_metadata_outweighs_the_origin()
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        HttpResponseMessage answer = await server.SendAsync(
            HttpMethod.Post,
            "/form",
            Form(),
            "Sec-Fetch-Site: cross-site",
            "Origin: own"
        );
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("s3cret", HttpStatusCode.OK)]
    [InlineData("s3cretx", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData(null, HttpStatusCode.BadRequest)]
    public async Task Where_somebody_is_signed_in_a_form_carries_the_sessions_secret(
        string? secret,
        HttpStatusCode status
    )
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        HttpResponseMessage answer = await server.SendAsync(HttpMethod.Post, "/signed", Form(secret), "Origin: own");
        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_form_has_a_bound_announced_or_not(bool chunked)
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        byte[] large = Encoding.ASCII.GetBytes("name=" + new string('x', Forms.MaxBytes));
        HttpContent content = chunked ? new StreamContent(new Unseekable(large)) : new ByteArrayContent(large);
        content.Headers.ContentType = new("application/x-www-form-urlencoded");
        HttpResponseMessage answer = await server.SendAsync(HttpMethod.Post, "/form", content, "Origin: own");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("body", await WhereAsync(answer));
    }

    [Fact]
    public async Task What_is_no_form_or_has_too_many_fields_is_refused()
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        HttpResponseMessage json = await server.SendAsync(
            HttpMethod.Post,
            "/form",
            new StringContent("{}", Encoding.UTF8, "application/json"),
            "Origin: own"
        );
        Assert.Equal((HttpStatusCode.BadRequest, HeaderNames.ContentType), (json.StatusCode, await WhereAsync(json)));
        HttpResponseMessage many = await server.SendAsync(
            HttpMethod.Post,
            "/form",
            new FormUrlEncodedContent(Enumerable.Range(0, 2000).Select(i => KeyValuePair.Create($"f{i}", "x"))),
            "Origin: own"
        );
        Assert.Equal((HttpStatusCode.BadRequest, "body"), (many.StatusCode, await WhereAsync(many)));
    }

    private static async Task<string?> WhereAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await BodyAsync(answer)).RootElement.GetProperty("where").GetString();

    private static Task<string> BodyAsync(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    /// <summary>A stream whose length nobody knows: it is sent in chunks.</summary>
    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
