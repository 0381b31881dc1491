using Integration.Tests.Access;
using Integration.Tests.Rig;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>The console's pages in a real browser.</summary>
public sealed class ConsolePageTests
{
    [Fact]
    public async Task Pages_fit_and_are_accessible()
    {
        Assert.SkipUnless(Browser.IsThere, "needs chromium on the path");
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await lab.PlayAsync();
        await using Browser browser = await Browser.StartAsync();
        await browser.GoAsync(lab.At("/console/campaigns"));
        await ShowAsync(browser, "sign-in");
        await SignInAsync(browser, "wrong");
        await ShowAsync(browser, "sign-in-failed");
        await SignInAsync(browser, TestUsers.TokenOf("ada"));
        Assert.EndsWith("/console/campaigns", await browser.AddressAsync());
        foreach (
            (string path, string name) in (IEnumerable<(string, string)>)
                [.. ConsoleAddresses.Pages, ("/console/publishers?from=x", "bad-query")]
        )
        {
            await browser.GoAsync(lab.At(path));
            await ShowAsync(browser, name);
        }

        await browser.GoAsync(lab.At("/console"));
        await browser.FollowAsync("header form button");
        Assert.Contains("Console sign-in", await browser.TextAsync());
        await browser.GoAsync(lab.At("/console"));
        Assert.Contains("Console sign-in", await browser.TextAsync());
    }

    private static async Task SignInAsync(Browser browser, string token)
    {
        await browser.ClickAsync("#token");
        await browser.TypeAsync(token);
        await browser.FollowAsync("main button");
    }

    /// <summary>On a phone and on a desk, light and dark: nothing sticks out, axe has nothing to say, what is touched
    /// is large enough, and nothing of an attacker's ran.</summary>
    private static async Task ShowAsync(Browser browser, string name)
    {
        foreach ((int width, bool phone) in new[] { (400, true), (1280, false) })
        {
            await browser.SizeAsync(width, 800, phone);
            foreach (bool dark in new[] { false, true })
            {
                await browser.SchemeAsync(dark);
                await browser.PictureAsync($"console-{name}-{width}-{(dark ? "dark" : "light")}");
                string[] violations = await browser.ViolationsAsync();
                Assert.True(violations.Length == 0, $"{name}, {width}: {string.Join('\n', violations)}");
            }

            int needed = (await browser.EvaluateAsync("document.documentElement.scrollWidth")).GetInt32();
            Assert.True(needed <= width, $"{name} needs {needed} pixels of {width}");
            Assert.Equal(
                "[]",
                (
                    await browser.EvaluateAsync(
                        "JSON.stringify([...document.querySelectorAll('button, .button, "
                            + "input:not([type=hidden], [type=radio], [type=checkbox]), "
                            + "label:has([type=radio], [type=checkbox]), textarea, nav a, summary')]"
                            + ".filter(e => e.offsetParent && e.offsetHeight < 44)"
                            + ".map(e => e.outerHTML))"
                    )
                ).GetString()
            );
            Assert.NotEqual("evil", (await browser.EvaluateAsync("document.title")).GetString());
        }
    }
}
