using System.Text.Json;
using Engine.Contracts;
using Integration.Tests.Access;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>
/// Every page in a browser, on a phone and on a desk, light and dark: nothing sticks out, and what is touched is large
/// enough. The pictures stay where the variable SCREENSHOTS names a folder.
/// </summary>
public sealed class PagePictureTests : IDisposable
{
    private const string Page =
        """page/poster-7: { title: Tip the barista, operations: { pay: { prompt: { amount_micros: { type: integer, min: 10000, max: 50000000 }, remark: { type: text, max: 300, optional: true } } }, check-in: { prompt: {} } } }""";

    private readonly LiveFolder _settings = new();

    [Fact]
    public async Task Sponsors_pages_fit()
    {
        Assert.SkipUnless(Browser.IsThere, "needs chromium on the path");
        await using Lab lab = await StartLabAsync();
        lab.AddUsers(("ada", "admin"));
        await using EngineRun run = await lab.StartAsync();
        await CountAsync(lab);
        await using Browser browser = await Browser.StartAsync();
        string sponsors = $"http://{run.Http}/sponsors";
        await browser.GoAsync(sponsors);
        await ShowAsync(browser, "sponsor-sign-in");
        await SignInAsync(browser, "wrong");
        await ShowAsync(browser, "sponsor-sign-in-failed");
        await SignInAsync(browser, ContentRequestTests.OtherToken);
        await ShowAsync(browser, "sponsor-suggestions-of-no-definition");
        await browser.FollowAsync("a.preview");
        await ShowAsync(browser, "sponsor-preview-asks-for-item");
        await browser.GoAsync($"{sponsors}/sp-2/history");
        await ShowAsync(browser, "sponsor-history-empty");
        await browser.GoAsync($"{sponsors}/sp-1");
        await ShowAsync(browser, "error-403");
        await browser.GoAsync($"{sponsors}/sp-2/preview?type=00");
        await ShowAsync(browser, "error-gone");
        await browser.GoAsync($"{sponsors}/sp-2");
        await browser.FollowAsync("header button");
        await SignInAsync(browser, ContentRequestTests.Token);
        await ShowAsync(browser, "sponsor-suggestions");
        await browser.FollowAsync("main form button.plain");
        await ShowAsync(browser, "sponsor-nothing-selected");
        await browser.FollowAsync("a.preview");
        await ShowAsync(browser, "sponsor-preview");
        await browser.FollowAsync("main form button");
        await ShowAsync(browser, "sponsor-accepted");
        await browser.FollowAsync("a.preview");
        await browser.FollowAsync("main form button");
        await ShowAsync(browser, "sponsor-suggestions-empty");
        await browser.GoAsync($"{sponsors}/sp-1/history");
        await browser.FollowAsync("td form button");
        await ShowAsync(browser, "sponsor-history");
        await browser.EvaluateAsync("document.querySelector('input[name=secret]').value = 'x'");
        await browser.FollowAsync("header button");
        await ShowAsync(browser, "error-form-out-of-date");
        await browser.GoAsync($"{sponsors}/sp-1");
        await browser.FollowAsync("header button");
        await SignInAsync(browser, TestUsers.TokenOf("ada"));
        await ShowAsync(browser, "sponsor-choice");
        await browser.FollowAsync("td a");
        Assert.EndsWith("/sponsors/sp-1", await browser.AddressAsync());
        await browser.GoAsync(sponsors);
        await browser.FollowAsync("header button");
        Assert.Contains("Sponsor sign-in", await browser.TextAsync());
    }

    [Fact]
    public async Task Bindings_pages_fit()
    {
        Assert.SkipUnless(Browser.IsThere, "needs chromium on the path");
        await using Lab lab = await StartLabAsync();
        await using EngineRun run = await lab.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        string poster = $"http://{run.Http}/b/poster-7";
        await browser.GoAsync(poster);
        await ShowAsync(browser, "poster");
        await browser.ClickAsync("input[type=radio]");
        await TypeAsync(browser, "input[name=account]", "a b");
        await browser.FollowAsync("form button");
        await ShowAsync(browser, "poster-fault");
        await browser.EvaluateAsync("document.querySelector('input[name=account]').value = ''");
        await TypeAsync(browser, "input[name=account]", "acc-1");
        await browser.FollowAsync("form button");
        await ShowAsync(browser, "code");
        await browser.ClickAsync("summary");
        await ShowAsync(browser, "code-as-text");
        string code = (await browser.EvaluateAsync("document.getElementById('code').textContent")).GetString()!;
        await browser.GoAsync(poster + "/bind");
        await ShowAsync(browser, "scan");
        await SendCodeAsync(browser, code[..^1]);
        await ShowAsync(browser, "scan-fault");
        await browser.GoAsync(poster + "/bind");
        await SendCodeAsync(browser, code);
        await ShowAsync(browser, "prompt");
        await TypeAsync(browser, "input[name=account]", "a b");
        await TypeAsync(browser, "input[name=f0]", "2.5");
        await browser.FollowAsync("form button");
        await ShowAsync(browser, "prompt-fault");
        await browser.EvaluateAsync("document.querySelector('input[name=account]').value = 'acc-2'");
        await browser.FollowAsync("form button");
        await OutcomeAsync(browser);
        await ShowAsync(browser, "outcome-counted");
        await browser.GoAsync(poster + "/bind");
        await SendCodeAsync(browser, code);
        await TypeAsync(browser, "input[name=account]", "acc-3");
        await TypeAsync(browser, "input[name=f0]", "2.5");
        await browser.FollowAsync("form button");
        await OutcomeAsync(browser);
        await ShowAsync(browser, "outcome-refused");
        await browser.GoAsync(poster + "/bindings/b-none");
        await ShowAsync(browser, "outcome-awaited");
        await browser.GoAsync($"http://{run.Http}/b/nowhere");
        await ShowAsync(browser, "error-no-poster");
        await browser.GoAsync($"http://{run.Http}/nowhere");
        await ShowAsync(browser, "error-404");
    }

    public void Dispose() => _settings.Dispose();

    private Task<Lab> StartLabAsync() =>
        Lab.EmbeddedAsync(
            Redises.Any,
            new EngineYaml { SessionMs = 3000, Settings = ContentRequestTests.SettingsIn(_settings, Page) }
        );

    private static async Task CountAsync(Lab lab)
    {
        void Send(string ids, int count, string unit, string sizes, string parameters, string sponsor = "sp-1") =>
            lab.Log.SendAll(
                Enumerable
                    .Range(0, count)
                    .Select(i => new LiveRecord(
                        Topics.ContentRequests,
                        sponsor,
                        ContentRequestTests.Request(
                            $"{ids}-{i}",
                            unit,
                            sizes,
                            parameters,
                            sponsor,
                            sponsor == "sp-1" ? "https://news.example/a" : "https://other.example/",
                            // One a second: sp-2 may send two.
                            LiveEvents.Now
                                - 1000 * i
                        ),
                        LiveEvents.Now - 1000 * i
                    ))
                    .Reverse()
            );
        Send("a", 41, "news/front/top", "[[320,50],[320,100]]", """{"color":"green","section":"politics"}""");
        Send("b", 17, "news/front/side", "[[160,600]]", "{}");
        Send("c", 12, "weather/top", "[[970,250]]", "{}", "sp-2");
        await LiveWait.UntilAsync("all are counted", async () =>
            (await lab.Redis.HashesAsync("suggestions:"))
                .Where(type => type.Value.StartsWith('{'))
                .Sum(type => JsonDocument.Parse(type.Value).RootElement.GetProperty("requests").GetInt64()) == 70
        );
    }

    private static async Task SignInAsync(Browser browser, string token)
    {
        await TypeAsync(browser, "#token", token);
        await browser.FollowAsync("main button");
    }

    private static async Task SendCodeAsync(Browser browser, string code)
    {
        await TypeAsync(browser, "#code", code);
        await browser.FollowAsync("form button:not([type=button])");
    }

    private static Task OutcomeAsync(Browser browser) => LiveWait.UntilAsync("there is an outcome", async () =>
        {
            try
            {
                return (await browser.EvaluateAsync("!!document.getElementById('outcome')")).GetBoolean();
            }
            catch (InvalidOperationException)
            {
                return false; // between two pages
            }
        });

    private static async Task TypeAsync(Browser browser, string selector, string text)
    {
        await browser.ClickAsync(selector);
        await browser.TypeAsync(text);
    }

    private static async Task ShowAsync(Browser browser, string name)
    {
        foreach ((int width, bool phone) in new[] { (400, true), (1280, false) })
        {
            await browser.SizeAsync(width, 800, phone);
            foreach (bool dark in new[] { false, true })
            {
                await browser.SchemeAsync(dark);
                await browser.PictureAsync($"{name}-{width}-{(dark ? "dark" : "light")}");
            }

            Assert.Equal(width, (await browser.EvaluateAsync("document.documentElement.scrollWidth")).GetInt32());
            Assert.Equal(
                "[]",
                (
                    await browser.EvaluateAsync(
                        "JSON.stringify([...document.querySelectorAll('button, .button, input:not([type=hidden]), "
                            + "textarea, nav a, summary')].map(e => e.closest('label.tick, label.choice') ?? e)"
                            + ".filter(e => e.offsetParent && e.offsetHeight < 44).map(e => e.outerHTML))"
                    )
                ).GetString()
            );
        }
    }
}
