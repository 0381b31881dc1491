using System.Net;
using System.Text.RegularExpressions;
using Integration.Tests.Access;
using Tests.Support;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>Who sees the console, and how one signs in.</summary>
public sealed partial class ConsoleAccessTests
{
    [Fact]
    public async Task Every_page_is_for_viewers_and_above()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await lab.PlayAsync(clicks: 50);
        foreach ((string path, _) in ConsoleAddresses.Pages)
        {
            foreach (
                (string? who, HttpStatusCode expected) in new (string?, HttpStatusCode)[]
                {
                    (null, HttpStatusCode.Unauthorized),
                    ("news", HttpStatusCode.Forbidden),
                    ("vera", HttpStatusCode.OK),
                    ("anna", HttpStatusCode.OK),
                    ("ada", HttpStatusCode.OK),
                }
            )
            {
                Assert.Equal(
                    (path, who, expected),
                    (path, who, await TestUsers.StatusAsync(lab.Run.Http, "GET", path, who))
                );
            }
        }
    }

    [Fact]
    public async Task Where_there_are_no_users_it_is_open_to_this_machine_and_says_so()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync(users: false);
        using var http = new HttpClient();
        Assert.Contains("There are no users yet", await http.GetStringAsync(lab.At("/console"), Cancel));
    }

    [Fact]
    public async Task A_browser_signs_in_with_a_token_and_goes_on_where_it_wanted_to()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        browser.DefaultRequestHeaders.Add("Accept", "text/html");
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        HttpResponseMessage asked = await browser.GetAsync(lab.At("/console/campaigns?sort=name"), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, asked.StatusCode);
        string form = await asked.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("name=\"token\"", form);
        string next = WebUtility.HtmlDecode(NextField().Match(form).Groups[1].Value);
        Assert.Equal("/console/campaigns?sort=name", next);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(browser, lab, "wrong", next)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await SignInAsync(browser, lab, TestUsers.TokenOf("news"), next)).StatusCode
        );
        HttpResponseMessage signedIn = await SignInAsync(browser, lab, TestUsers.TokenOf("vera"), next);
        Assert.Equal(next, signedIn.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(lab.At(next), Cancel)).StatusCode);

        // A removed user's session ends.
        await lab.Lab.Log.SendAsync(TestUsers.Removal("vera"));
        await LiveWait.UntilAsync("the session is over", async () =>
            (await browser.GetAsync(lab.At("/console"), Cancel)).StatusCode == HttpStatusCode.Unauthorized
        );
    }

    [Fact]
    public async Task A_link_with_a_token_signs_in_unless_another_site_has_it()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        foreach (
            (string site, string token, HttpStatusCode expected) in new[]
            {
                ("none", TestUsers.TokenOf("vera"), HttpStatusCode.Found),
                ("none", "wrong", HttpStatusCode.Unauthorized),
                ("cross-site", TestUsers.TokenOf("vera"), HttpStatusCode.OK),
            }
        )
        {
            using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
            browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);
            HttpResponseMessage answer = await browser.GetAsync(lab.At($"/console/sign-in?token={token}"), Cancel);
            Assert.Equal(expected, answer.StatusCode);
            Assert.Equal(expected == HttpStatusCode.Found, answer.Headers.Contains("Set-Cookie"));
        }
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/console")]
    [InlineData("/console\\..\\..\\evil")]
    [InlineData("/consoles")]
    [InlineData("/console/\r\nX: y")]
    public async Task Signing_in_leads_nowhere_but_to_the_console(string next)
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        HttpResponseMessage answer = await SignInAsync(browser, lab, TestUsers.TokenOf("ada"), next);
        Assert.Equal("/console", answer.Headers.Location?.OriginalString);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task<HttpResponseMessage> SignInAsync(HttpClient http, ConsoleLab lab, string token, string next) =>
        http.PostAsync(
            lab.At("/console/sign-in"),
            new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token, ["next"] = next }),
            Cancel
        );

    [GeneratedRegex("name=\"next\" value=\"([^\"]*)\"")]
    private static partial Regex NextField();
}
