using System.Net;
using System.Text.RegularExpressions;
using Tests.Support;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>Snoozes on the console: written with who, until when and why, obeyed by the engine, and ended.</summary>
public sealed partial class SnoozePageTests
{
    private const string Page = "/console/snoozes";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_snoozed_reason_does_not_act_until_it_is_ended_and_the_click_tells_of_it()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using ConsoleVisitor anna = await lab.SignInAsync("anna");
        Assert.Equal($"{Page}?written", $"{(await anna.PostAsync(Page, Page, Snooze())).Headers.Location}");
        await LiveWait.UntilAsync("it is there", async () => (await anna.GetAsync(Page)).Contains("a fair"));
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Cancel);
        await ClickAsync(lab, "snoozed");
        Assert.DoesNotContain("list.crawler", await ReasonsAsync(lab, "snoozed"));
        string page = WebUtility.HtmlDecode(await anna.GetAsync("/console/clicks/snoozed"));
        Assert.Contains("Snoozed reasons", page);
        Assert.Contains("It doesn't count: snoozed for this publisher until 2099-12-31 00:00:00 UTC", page);
        Assert.Contains("a fair", page);

        string id = Id().Match(await anna.GetAsync(Page)).Groups[1].Value;
        await anna.PostAsync(Page, Page + "/end", new Dictionary<string, string> { ["id"] = id });
        await LiveWait.UntilAsync("it is ended", async () =>
            (await anna.GetAsync(Page)).Contains("Nothing is snoozed")
        );
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Cancel);
        await ClickAsync(lab, "awake");
        Assert.Contains("list.crawler", await ReasonsAsync(lab, "awake"));
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await anna.PostAsync(Page, Page + "/end", new Dictionary<string, string> { ["id"] = id })).StatusCode
        );
    }

    [Theory]
    [InlineData("reason", "confirmation.missed")]
    [InlineData("publisher", "a b")]
    [InlineData("until", "2020-01-01T00:00")]
    [InlineData("until", "tomorrow")]
    [InlineData("because", " ")]
    public async Task What_is_wrong_is_told_and_not_written(string field, string value)
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using ConsoleVisitor anna = await lab.SignInAsync("anna"),
            vera = await lab.SignInAsync("vera");
        Dictionary<string, string> snooze = Snooze();
        snooze[field] = value;
        Assert.Equal(HttpStatusCode.BadRequest, (await anna.PostAsync(Page, Page, snooze)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await vera.PostAsync("/console/rules", Page, Snooze())).StatusCode);
        Assert.DoesNotContain("Snooze it", await vera.GetAsync(Page));
    }

    /// <summary>A crawler's click, by its agent.</summary>
    private static async Task ClickAsync(ConsoleLab lab, string id) =>
        await lab.Lab.Log.SendAsync(
            LiveEvents.Click(
                id,
                LiveEvents.Now,
                "198.51.100.7",
                ""","ua":"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" """.TrimEnd()
            )
        );

    private static async Task<string> ReasonsAsync(ConsoleLab lab, string click) =>
        (await lab.Lab.VerdictAsync(click)).GetProperty("reasons").GetRawText();

    private static Dictionary<string, string> Snooze() =>
        new()
        {
            ["reason"] = "list.crawler",
            ["publisher"] = "pub-1",
            ["until"] = "2099-12-31T00:00",
            ["because"] = "a fair",
        };

    [GeneratedRegex("name=\"id\" value=\"(s-[^\"]*)\"")]
    private static partial Regex Id();
}
