using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ingest.Confirmation.Pictures;
using Ingest.Confirmation.Tokens;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Links;

/// <summary>The whole way in a real browser: an ad, the movement to it, the click, its verdict, and where it leads.
/// Screenshots are kept if the variable SCREENSHOTS names a folder.</summary>
public sealed class LinkBrowserTests
{
    private const string Ad = "#ad",
        AdThatAsks = "#ad-confirm";

    [Fact]
    public async Task A_person_arrives_and_a_program_is_told_apart()
    {
        Assert.SkipUnless(Browser.IsThere, "no browser on the path");
        await using LinkLab links = await LinkLab.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        await browser.SizeAsync(1280, 800, phone: false);

        await browser.GoAsync(links.Address + "/demo");
        await PlayAsync(browser, Person(), Ad);
        await browser.PressAsync();
        await ArrivedAsync(browser);
        JsonElement person = await VerdictAsync(browser, links);
        Assert.True(person.GetProperty("action").GetString() == "accept", person.ToString());
        Assert.Equal("present", person.GetProperty("path").GetString());
        Assert.Equal(250_000, await CostAsync(links));

        await browser.GoAsync(links.Address + "/demo");
        await PlayAsync(browser, Straight(), Ad);
        await browser.PressAsync();
        await ArrivedAsync(browser);
        JsonElement program = await VerdictAsync(browser, links);
        Assert.NotEqual("valid", program.GetProperty("class").GetString());
        await browser.GoAsync(links.Address + "/demo");
        await LiveWait.UntilAsync("the page tells both", async () =>
            (await browser.TextAsync()).Contains("valid, accept", StringComparison.Ordinal)
        );
        await browser.PictureAsync("demo-1280");
        await browser.SizeAsync(400, 800, phone: true);
        await browser.GoAsync(links.Address + "/demo");
        await browser.PictureAsync("demo-400");
        Assert.Empty(await browser.ViolationsAsync());
        Assert.True((await browser.EvaluateAsync("document.documentElement.scrollWidth <= 400")).GetBoolean());
    }

    [Theory]
    [InlineData(1280, false)]
    [InlineData(320, true)]
    public async Task The_confirmation_page_takes_a_click_on_the_button(int width, bool phone)
    {
        Assert.SkipUnless(Browser.IsThere, "no browser on the path");
        await using LinkLab links = await LinkLab.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        await browser.SizeAsync(width, 800, phone);
        foreach (bool dark in new[] { false, true })
        {
            await browser.SchemeAsync(dark);
            await browser.GoAsync(links.Address + "/demo");
            await browser.FollowAsync(AdThatAsks);
            Assert.True(
                (await browser.AddressAsync()).StartsWith(links.Address + "/confirm/", StringComparison.Ordinal),
                await browser.TextAsync()
            );
            await browser.PictureAsync($"confirm-{width}-{(dark ? "dark" : "light")}");
            Assert.Empty(await browser.ViolationsAsync());
            Assert.True((await browser.EvaluateAsync($"document.documentElement.scrollWidth <= {width}")).GetBoolean());
            PictureSize size = phone ? PictureSize.Narrow : PictureSize.Wide;

            // A miss first: the next attempt has another picture.
            (double x, double y) = await PlaceAsync(links, browser, size);
            // Beside the button, but in the picture, which lies in the middle of the window.
            await browser.MouseAsync("mouseMoved", x, y < 400 ? y + size.ButtonHeight : y - size.ButtonHeight);
            await browser.PressAsync();
            await LiveWait.UntilAsync("the second attempt", async () =>
                (await browser.TextAsync()).Contains("attempt 2 of 3", StringComparison.Ordinal)
            );
            await Task.Delay(400, TestContext.Current.CancellationToken); // sooner, it would be a program's
            (x, y) = await PlaceAsync(links, browser, size);
            await browser.MouseAsync("mouseMoved", x, y);
            await browser.PressAsync();
            await ArrivedAsync(browser);
            string click = await LastClickAsync(browser, links);
            await LiveWait.UntilAsync("the verdict is confirmed", async () =>
                (bool)JsonNode.Parse((await links.Lab.VerdictAsync(click)).GetRawText())!["billable"]!
            );
        }
    }

    [Fact]
    public async Task Without_seeing_the_picture_the_keyboard_is_enough()
    {
        Assert.SkipUnless(Browser.IsThere, "no browser on the path");
        await using LinkLab links = await LinkLab.StartAsync();
        await using Browser browser = await Browser.StartAsync();
        await browser.SizeAsync(1280, 800, phone: false);
        await browser.GoAsync(links.Address + "/demo");
        await browser.FollowAsync(AdThatAsks);
        int tabs = 0;
        do
        {
            await browser.KeyAsync("Tab");
            Assert.True(++tabs <= 3, "the accessible way takes more than three tabs");
        } while (!(await browser.EvaluateAsync("document.activeElement.name === 'accessible'")).GetBoolean());

        await browser.KeyAsync("Enter");
        await LiveWait.UntilAsync("the code is shown", async () =>
            (await browser.EvaluateAsync("document.getElementById('code') !== null")).GetBoolean()
        );
        await browser.PictureAsync("confirm-accessible");
        Assert.Empty(await browser.ViolationsAsync());
        string words = (
            await browser.EvaluateAsync("document.querySelector('#words strong').textContent")
        ).GetString()!;
        await browser.EvaluateAsync("document.getElementById('code').focus()");
        await browser.TypeAsync(words);
        await browser.KeyAsync("Enter");
        await ArrivedAsync(browser);
    }

    private static Task ArrivedAsync(Browser browser) =>
        LiveWait.UntilAsync("the visitor arrives", async () =>
            (await browser.EvaluateAsync("document.getElementById('arrived') !== null")).GetBoolean()
        );

    /// <summary>The id of the last click on the demo page, which keeps it.</summary>
    private static async Task<string> LastClickAsync(Browser browser, LinkLab links)
    {
        await browser.GoAsync(links.Address + "/demo");
        return (await browser.EvaluateAsync("JSON.parse(sessionStorage.getItem('demo-clicks'))[0]")).GetString()!;
    }

    private static async Task<JsonElement> VerdictAsync(Browser browser, LinkLab links) =>
        await links.Lab.VerdictAsync(await LastClickAsync(browser, links));

    /// <summary>What the last click in the log costs: the campaign says it, not the page.</summary>
    private static Task<long> CostAsync(LinkLab links)
    {
        JsonNode click = links
            .Lab.Log.ReadAll("interactions")
            .Where(record => record.Message.Value != null)
            .Select(record => JsonNode.Parse(record.Message.Value)!)
            .Last(e => (string?)e["type"] == "click" && (string?)e["campaign"] == "demo");
        return Task.FromResult((long)click["cost_micros"]!);
    }

    /// <summary>The middle of the button in the page's picture.</summary>
    private static async Task<(double X, double Y)> PlaceAsync(LinkLab links, Browser browser, PictureSize size)
    {
        string secret = (await links.Lab.Redis.Database.StringGetAsync("signing-key")).ToString();
        string token = (await browser.AddressAsync()).Split('/')[^1];
        (int x, int y) = size.PlaceOf(new ConfirmationKeys([Encoding.ASCII.GetBytes(secret)]).Read(token)!.Seed);
        JsonElement at = await browser.EvaluateAsync(
            $"(() => {{ const e = document.querySelector('input[name={size.Name}]'); "
                + "e.scrollIntoView({block:'center'}); const r = e.getBoundingClientRect(); "
                + "return [r.left, r.top]; })()"
        );
        // The picture has a frame of a pixel.
        return (at[0].GetDouble() + 1 + x + size.ButtonWidth / 2, at[1].GetDouble() + 1 + y + size.ButtonHeight / 2);
    }

    /// <summary>Moves the mouse along a path that ends on the selected element, with its times.</summary>
    private static async Task PlayAsync(Browser browser, double[][] path, string selector)
    {
        JsonElement at = await browser.EvaluateAsync(
            $"(() => {{ const r = document.querySelector('{selector}').getBoundingClientRect(); "
                + "return [r.left + r.width / 2, r.top + r.height / 2]; })()"
        );
        (double dx, double dy) = (at[0].GetDouble() - path[^1][1], at[1].GetDouble() - path[^1][2]);
        long since = TimeProvider.System.GetTimestamp();
        foreach (double[] point in path)
        {
            TimeSpan left =
                TimeSpan.FromMilliseconds(point[0] - path[0][0]) - TimeProvider.System.GetElapsedTime(since);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, TestContext.Current.CancellationToken);
            }

            await browser.MouseAsync("mouseMoved", Math.Max(0, point[1] + dx), Math.Max(0, point[2] + dy));
        }
    }

    /// <summary>A recorded person's path: the last two seconds before a click, within a window.</summary>
    private static double[][] Person()
    {
        string? file = SharedData.Find("paths/sapimouse.jsonl.gz");
        Assert.SkipWhen(file == null, "the shared data's paths are not there");
        using var lines = new StreamReader(new GZipStream(File.OpenRead(file!), CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
        {
            double[][] points =
            [
                .. JsonNode.Parse(line)!["points"]!
                    .AsArray()
                    .Select(point => point!.AsArray().Select(value => (double)value!).ToArray()),
            ];
            double[][] last = [.. points.Where(point => point[0] > points[^1][0] - 2_000)];
            if (
                last.Length > 40
                && last.All(point => Math.Abs(point[1] - last[^1][1]) < 180 && point[2] > last[^1][2] - 150)
            )
            {
                return last;
            }
        }

        throw new InvalidOperationException("no path fits into the window");
    }

    /// <summary>A program's path: even steps on a straight line.</summary>
    private static double[][] Straight() =>
        [.. Enumerable.Range(0, 60).Select(i => new[] { i * 16.0, 40 + i * 5.0, 60 + i * 3.0 })];
}
