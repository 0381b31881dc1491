using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Engine.Web;
using Engine.Web.Components;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Workflows.Tests.Web;

/// <summary>Every answer in HTML has the same headers, whoever made it.</summary>
public sealed class PageHeaderTests
{
    private static readonly InlineAsset Script = InlineAsset.Read(
        typeof(global::Engine.Workflows.WorkflowModules).Assembly,
        "scan.js"
    );

    private static void Map(IEndpointRouteBuilder app)
    {
        object page = new { Title = "Hello", Text = "there" };
        app.MapGet("/page", () => Page.Show<ErrorPage>(page));
        app.MapGet("/camera", () =>
            Page.Show<ErrorPage>(page, needs: new PageNeeds { Script = Script, Camera = true })
        );
        app.MapGet("/text", () => Results.Text("<p>by hand</p>", "text/html"));
        app.MapGet("/json", () => Results.Text("{}", "application/json"));
        app.MapGet("/broken", IResult () => throw new InvalidOperationException("secret"));
        app.MapGet("/broken-camera", (HttpContext http) =>
        {
            http.Features.Set(new PageNeeds { Camera = true });
            throw new InvalidOperationException("secret");
        });
    }

    [Theory]
    [InlineData("/page")]
    [InlineData("/text")]
    [InlineData("/nowhere")]
    [InlineData("/broken")]
    [InlineData("/broken-camera")]
    public async Task A_page_fetches_runs_frames_and_keeps_nothing(string path)
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        HttpResponseMessage answer = await server.GetAsync(path, KitServer.Html);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        string policy = Header(answer, "Content-Security-Policy");
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy);
        Assert.Contains("form-action 'self'; base-uri 'none'; frame-ancestors 'none'", policy);
        Assert.DoesNotContain("script-src", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.StartsWith("camera=()", Header(answer, "Permissions-Policy"));
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("DENY", Header(answer, "X-Frame-Options"));
        Assert.Equal("no-store", Header(answer, "Cache-Control"));
        // no-referrer would make browsers send forms with "Origin: null".
        Assert.Equal("same-origin", Header(answer, "Referrer-Policy"));
    }

    [Fact]
    public async Task The_policy_allows_the_style_of_the_page_by_its_hash()
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        HttpResponseMessage answer = await server.GetAsync("/page", KitServer.Html);
        string html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            style = Regex.Match(html, "<style>(.*)</style>", RegexOptions.Singleline).Groups[1].Value;
        Assert.NotEmpty(style);
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.Contains($"style-src 'sha256-{hash}'", Header(answer, "Content-Security-Policy"));
    }

    [Fact]
    public async Task A_page_that_needs_a_script_and_the_camera_gets_them()
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        HttpResponseMessage answer = await server.GetAsync("/camera", KitServer.Html);
        Assert.Contains($"script-src {Script.Source}; media-src blob:", Header(answer, "Content-Security-Policy"));
        Assert.StartsWith("camera=(self)", Header(answer, "Permissions-Policy"));
    }

    [Fact]
    public async Task Json_keeps_its_own_headers()
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        Assert.False((await server.GetAsync("/json", "*/*")).Headers.Contains("Content-Security-Policy"));
    }

    [Theory]
    [InlineData(true, "https", true)]
    [InlineData(true, "http", false)]
    [InlineData(true, null, false)]
    // Without a proxy anybody could say so.
    [InlineData(false, "https", false)]
    public async Task Browsers_are_held_to_TLS_only_where_it_is_used(bool behindProxy, string? proto, bool held)
    {
        await using KitServer server = await KitServer.StartAsync(Map, behindProxy: behindProxy);
        using HttpResponseMessage answer = await server.SendAsync(
            HttpMethod.Get,
            "/page",
            null,
            proto == null ? [] : [$"X-Forwarded-Proto: {proto}"]
        );
        Assert.Equal(held, answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Theory]
    [InlineData("/json")]
    [InlineData("/text")]
    [InlineData("/nowhere")]
    public async Task No_answer_is_taken_for_another_type(string path)
    {
        await using KitServer server = await KitServer.StartAsync(Map);
        Assert.Equal("nosniff", Header(await server.GetAsync(path, "*/*"), "X-Content-Type-Options"));
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        string.Join(", ", answer.Headers.GetValues(name));
}
