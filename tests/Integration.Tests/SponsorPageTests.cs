using System.Net;
using System.Text;
using System.Text.Json;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>Sponsors' pages in a real browser, and what they refuse.</summary>
public class SponsorPageTests
{
    private const string Evil = "<script>document.title='evil'</script>";

    private static async Task<(Lab, EngineRun, HttpClient)> WithRequestsAsync()
    {
        (Lab lab, EngineRun run, HttpClient http) = await ContentRequestTests.StartAsync();
        void Send(string ids, int count, string unit, string sizes, string parameters) =>
            lab.Log.SendAll(
                Enumerable
                    .Range(0, count)
                    .Select(i => new LiveRecord(
                        Topics.ContentRequests,
                        "sp-1",
                        ContentRequestTests.Request($"{ids}-{i}", unit, sizes, parameters, time: LiveEvents.Now),
                        LiveEvents.Now
                    ))
            );
        Send("a", 41, "news/front/top", "[[320,50],[320,100]]", """{"color":"green"}""");
        Send("b", 17, "news/front/top", "[[320,50]]", "{}");
        Send("c", 12, "news/front/side", "[[160,600]]", JsonSerializer.Serialize(new { label = Evil }));
        Send("d", 9, "weather", "[[1,1]]", "{}");
        await LiveWait.UntilAsync("all are counted", async () =>
            (await lab.Redis.HashesAsync("suggestions:sp-1:")).Sum(type =>
                JsonDocument.Parse(type.Value).RootElement.GetProperty("requests").GetInt64()
            ) == 79
        );
        return (lab, run, http);
    }

    [Fact]
    public async Task A_sponsor_signs_in_sees_what_is_invalid_and_why_accepts_and_takes_back()
    {
        Assert.SkipUnless(Browser.IsThere, "needs chromium on the path");
        (Lab lab, EngineRun run, HttpClient http) = await WithRequestsAsync();
        await using Lab disposeLab = lab;
        await using EngineRun disposeRun = run;
        await using Browser browser = await Browser.StartAsync();

        await browser.GoAsync($"http://{run.Http}/sponsors/sp-1");
        Assert.Contains("Sign in", await browser.TextAsync());
        await browser.PictureAsync("sponsor-sign-in");
        await browser.ClickAsync("#token");
        await browser.TypeAsync("wrong");
        await browser.FollowAsync("main button");
        Assert.Contains("This token isn't valid.", await browser.TextAsync());
        await browser.ClickAsync("#token");
        await browser.TypeAsync(ContentRequestTests.Token);
        await browser.FollowAsync("main button");

        Assert.EndsWith("/sponsors/sp-1", await browser.AddressAsync());
        string text = await browser.TextAsync();
        Assert.Contains("News <b>& Co</b>", text);
        Assert.Contains("320 × 50, 320 × 100", text);
        Assert.Contains("The ad unit is defined, but none of these sizes and not every parameter value.", text);
        Assert.Contains("invalid-unit — The ad unit isn't defined.", text);
        Assert.Contains($"label = {Evil}", text);
        Assert.Contains("Example: request a-40 from https://news.example/a", text);
        Assert.DoesNotContain("weather", text);
        Assert.DoesNotContain("evil", (await browser.EvaluateAsync("document.title")).GetString());
        // The chart's last bar is today's, and stands on the line.
        Assert.Equal(24, (await browser.EvaluateAsync("document.querySelectorAll('svg rect').length")).GetInt32());
        Assert.Equal(
            "41",
            (
                await browser.EvaluateAsync(
                    "[...document.querySelector('svg').querySelectorAll('rect title')].at(-1).textContent.split(' "
                        + "').at(-1)"
                )
            ).GetString()
        );
        Assert.Equal("", (await browser.EvaluateAsync("document.cookie")).GetString());
        await browser.PictureAsync("sponsor-suggestions");

        // One: what it changes, and accepting it for ever.
        await browser.FollowAsync("a.preview");
        text = await browser.TextAsync();
        Assert.Contains("Accept this type of request?", text);
        Assert.Equal(2, (await browser.EvaluateAsync("document.querySelectorAll('tbody tr').length")).GetInt32());
        Assert.Equal(2, (await browser.EvaluateAsync("document.querySelectorAll('tbody .good').length")).GetInt32());
        await browser.PictureAsync("sponsor-preview");
        await browser.FollowAsync("main form button");
        text = await browser.TextAsync();
        Assert.Contains("Accepted 1 type. In 2 seconds, requests like this become valid.", text);
        // What fits into the accepted one, 320 x 50, is valid with it.
        Assert.DoesNotContain("320 × 50", text);
        await browser.PictureAsync("sponsor-accepted");

        // History, and taking back.
        await browser.FollowAsync("nav a:nth-of-type(2)");
        Assert.Contains("Accepted by token", await browser.TextAsync());
        await browser.FollowAsync("td form button");
        text = await browser.TextAsync();
        Assert.Contains("Undone.", text);
        Assert.Contains("No longer in force", text);
        await browser.PictureAsync("sponsor-history");

        // Several, on a phone.
        await browser.SizeAsync(390, 844, phone: true);
        await browser.GoAsync($"http://{run.Http}/sponsors/sp-1");
        await browser.PictureAsync("sponsor-phone");
        Assert.True(
            (await browser.EvaluateAsync("document.documentElement.scrollWidth <= innerWidth")).GetBoolean(),
            "the page is wider than the phone"
        );
        await browser.ClickAsync("input[type=checkbox]");
        await browser.ClickAsync(".card:nth-last-of-type(2) input[type=checkbox]");
        await browser.FollowAsync("main form button.plain");
        Assert.Contains("Accept these 2 types of requests?", await browser.TextAsync());
        await browser.PictureAsync("sponsor-phone-preview");
        await browser.FollowAsync("main form button");
        Assert.Contains("Accepted 2 types.", await browser.TextAsync());
        await LiveWait.UntilAsync("side's requests are valid", async () =>
            (
                await ContentRequestTests.AskAsync(
                    http,
                    ContentRequestTests.Request(
                        $"s-{LiveEvents.Now}",
                        "news/front/side",
                        "[[160,600]]",
                        JsonSerializer.Serialize(new { label = Evil })
                    )
                )
            ).Body.Contains("\"validity\":\"valid\"")
        );

        // Another's page isn't shown, and after signing out its own neither.
        await browser.GoAsync($"http://{run.Http}/sponsors/sp-2");
        Assert.Contains("This page belongs to another sponsor.", await browser.TextAsync());
        await browser.GoAsync($"http://{run.Http}/sponsors/sp-1");
        await browser.FollowAsync("header button");
        await browser.GoAsync($"http://{run.Http}/sponsors/sp-1");
        Assert.Contains("Sign in", await browser.TextAsync());
    }

    [Fact]
    public async Task A_form_counts_only_from_its_own_session()
    {
        (Lab lab, EngineRun run, _) = await WithRequestsAsync();
        await using Lab disposeLab = lab;
        await using EngineRun disposeRun = run;
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false };
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"http://{run.Http}") };
        async Task<HttpResponseMessage> SendAsync(
            HttpMethod method,
            string path,
            string? cookie,
            Dictionary<string, string>? form = null,
            string? site = null
        )
        {
            using var request = new HttpRequestMessage(method, path);
            if (cookie != null)
            {
                request.Headers.Add("Cookie", cookie);
            }

            if (site != null)
            {
                request.Headers.Add("Sec-Fetch-Site", site);
            }

            if (form != null)
            {
                request.Content = new FormUrlEncodedContent(form);
                // As a browser does that knows no Sec-Fetch-Site.
                if (site == null)
                {
                    request.Headers.Add("Origin", $"http://{run.Http}");
                }
            }

            return await http.SendAsync(request);
        }

        Dictionary<string, string> token = new() { ["token"] = ContentRequestTests.Token };
        foreach (string elsewhere in new[] { "cross-site", "same-site", "none" })
        {
            Assert.Equal(
                HttpStatusCode.Forbidden,
                (await SendAsync(HttpMethod.Post, "/sponsors/sign-in", null, token, elsewhere)).StatusCode
            );
        }

        HttpResponseMessage signedIn = await SendAsync(
            HttpMethod.Post,
            "/sponsors/sign-in",
            null,
            token,
            "same-origin"
        );
        string set = Assert.Single(signedIn.Headers.GetValues("Set-Cookie")),
            cookie = set.Split(';')[0];
        Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", set, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(ContentRequestTests.Token, set);
        Assert.DoesNotContain(
            cookie.Split('=')[1],
            string.Concat((await lab.Redis.StringsAsync("session:")).Select(entry => entry.Key + entry.Value))
        );

        HttpResponseMessage page = await SendAsync(HttpMethod.Get, "/sponsors/sp-1", cookie);
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single());
        string html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string secret =
                System.Text.RegularExpressions.Regex.Match(html, "name=\"secret\" value=\"([^\"]+)\"").Groups[1].Value,
            type = System.Text.RegularExpressions.Regex.Match(html, "name=\"type\" value=\"([^\"]+)\"").Groups[1].Value;
        Assert.DoesNotContain("<script", html);
        foreach (string? wrong in new[] { null, "", "x", secret + "x" })
        {
            Dictionary<string, string> forged = new() { ["type"] = type };
            if (wrong != null)
            {
                forged["secret"] = wrong;
            }

            Assert.Equal(
                HttpStatusCode.BadRequest,
                (await SendAsync(HttpMethod.Post, "/sponsors/sp-1/accept", cookie, forged)).StatusCode
            );
        }
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (
                await SendAsync(
                    HttpMethod.Post,
                    "/sponsors/sp-1/accept",
                    null,
                    new() { ["type"] = type, ["secret"] = secret }
                )
            ).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (
                await SendAsync(
                    HttpMethod.Post,
                    "/sponsors/sp-2/accept",
                    cookie,
                    new() { ["type"] = type, ["secret"] = secret }
                )
            ).StatusCode
        );
        Assert.Empty(lab.Log.ReadAll(Topics.Settings));
        Assert.Equal(
            HttpStatusCode.Redirect,
            (
                await SendAsync(
                    HttpMethod.Post,
                    "/sponsors/sp-1/accept",
                    cookie,
                    new() { ["type"] = type, ["secret"] = secret }
                )
            ).StatusCode
        );
        Assert.Single(lab.Log.ReadAll(Topics.Settings));

        // A token that the sponsor has no more ends its sessions.
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/sponsors/sp-1/history", cookie)).StatusCode);
        await lab.Log.SendAsync(
            new LiveRecord(
                Topics.Settings,
                "sponsor/sp-1",
                Encoding.UTF8.GetBytes("""{"resources":["https://news.example/"]}""")
            )
        );
        await LiveWait.UntilAsync("the session has ended", async () =>
            (await SendAsync(HttpMethod.Get, "/sponsors/sp-1/history", cookie)).StatusCode
            == HttpStatusCode.Unauthorized
        );
    }
}
