using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.TaggedContent.Events;
using Integration.Tests.Bindings;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.TaggedContent;

/// <summary>Bookmarks from Kafka, found over HTTP, on a page and on the command line.</summary>
public sealed class TaggedContentTests
{
    private const string Text = "Cookie stuffing and click fraud:\nmore <b>click FRAUD</b>, in the Strasse.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Programs_get_what_people_have_bookmarked()
    {
        await using Lab lab = await StartAsync();
        await using EngineRun engine = await lab.StartAsync();
        await BookmarkAsync(lab);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{engine.Http}") };

        JsonNode tagged = await TagAsync(http, new JsonObject { ["text"] = Text });
        Assert.Equal(["cookie stuffing", "click fraud", "click fraud", "Straße"], PhrasesOf(tagged));
        Assert.StartsWith(
            "<mark class=\"depth-2\" tabindex=\"0\" title=\"cookie stuffing: 3 people; tags: fraud; source: case-9\">"
                + "Cookie stuffing</mark> and <mark",
            (string?)tagged["html"]
        );
        Assert.Contains("more &lt;b&gt;<mark", (string?)tagged["html"]);
        JsonNode match = tagged["matches"]![3]!;
        Assert.Equal((65, 7, 1), ((int)match["start"]!, (int)match["length"]!, (int)match["persons"]!));
        Assert.Equal(BookmarkKey.OfPhrase("strasse"), (string?)match["bookmark"]);
        JsonNode record = JsonNode.Parse(
            (await lab.Redis.Database.StringGetAsync($"bookmark:{match["bookmark"]}")).ToString()
        )!;
        Assert.Equal(("Straße", 1), ((string?)record["phrase"], (int)record["persons"]!));
        Assert.Null(await lab.Redis.Database.KeyTimeToLiveAsync($"bookmark:{match["bookmark"]}"));

        tagged = await TagAsync(
            http,
            new JsonObject
            {
                ["html"] = "<p onclick=f()>Click <i>fraud</i><script>x</script>",
                ["tags"] = new JsonArray("web"),
            }
        );
        Assert.StartsWith("<p><mark class=\"depth-1\" tabindex=\"0\"", (string?)tagged["html"]);
        Assert.DoesNotContain("script", (string?)tagged["html"]);
        Assert.Equal(
            ["Straße"],
            PhrasesOf(await TagAsync(http, new JsonObject { ["text"] = Text, ["vocabulary"] = "streets" }))
        );

        // One given up, and one more.
        Send(lab, "bookmark-removed", "p-1", "straße");
        Send(lab, "bookmark", "p-1", "more");
        await LiveWait.UntilAsync("what is new is found", async () =>
            PhrasesOf(await TagAsync(http, new JsonObject { ["text"] = Text }))
                .SequenceEqual(["cookie stuffing", "click fraud", "more", "click fraud"])
        );

        foreach (
            (string body, string where) in new[]
            {
                ("{}", "text"),
                ("""{"text":"a","html":"b"}""", "html"),
                ("""{"text":1}""", "text"),
                ("""{"text":"a","tags":"b"}""", "tags"),
                ("""{"text":"a","vocabulary":"none"}""", "vocabulary"),
                ("""{"text":"\ud800"}""", "body"),
                ("[", "body"),
                ($"{{\"html\":\"{string.Concat(Enumerable.Repeat("<div>", 50_000))}\"}}", "html"),
            }
        )
        {
            using HttpResponseMessage refused = await http.PostAsync(
                "/v1/tagged-content",
                new StringContent(body),
                Cancel
            );
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Equal(where, (string?)JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancel))!["where"]);
        }

        string file = lab.Folder.Write("a.txt", Text);
        CommandRun told = await Programs.EngineAsync(
            "tag",
            file,
            "--text",
            "--json",
            "--redis",
            lab.Redis.Address,
            "--config",
            lab.Config
        );
        Assert.True(told.ExitCode == 0, told.ToString());
        Assert.Equal(4, PhrasesOf(JsonNode.Parse(told.Out)!).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task People_paste_a_text_and_switch_tags(bool scripts)
    {
        Assert.SkipUnless(Rig.Browser.IsThere, "needs chromium on the path");
        await using Lab lab = await StartAsync();
        await using EngineRun engine = await lab.StartAsync();
        await BookmarkAsync(lab);
        await using Rig.Browser browser = await Rig.Browser.StartAsync();
        await browser.ScriptsAsync(scripts);
        await browser.GoAsync($"http://{engine.Http}/tagged-content");
        await FitsAsync(browser, scripts, "tagged-content-empty");
        await browser.ClickAsync("textarea");
        await browser.TypeAsync(Text);
        await browser.FollowAsync("form > button");
        await FitsAsync(browser, scripts, "tagged-content");
        Assert.Equal("Cookie stuffing|click fraud|click FRAUD|Strasse", await MarksAsync(browser));
        Assert.Contains("more <b>click FRAUD</b>, in the Strasse.", await browser.TextAsync());
        Assert.Equal("\"none\"", await AboutAsync(browser, "mark", "none"));

        // By the mouse, and by the keyboard: each match is a stop.
        await browser.ClickAsync("mark.depth-2");
        Assert.Equal(
            "\"cookie stuffing: 3 people; tags: fraud; source: case-9\"",
            await AboutAsync(browser, "mark:hover", "")
        );
        await browser.MouseAsync("mouseMoved", 1, 1);
        await browser.KeyAsync("Tab");
        Assert.Equal("\"click fraud: 1 person; tags: fraud, web\"", await AboutAsync(browser, "mark:focus", ""));
        await FitsAsync(browser, scripts, "tagged-content-focus");

        // What has another tag stays.
        await SwitchAsync(browser, scripts, "fraud");
        Assert.Equal("click fraud|click FRAUD|Strasse", await MarksAsync(browser));
        await SwitchAsync(browser, scripts, "web");
        Assert.Equal("Strasse", await MarksAsync(browser));
        await SwitchAsync(browser, scripts, "fraud");
        Assert.Equal("Cookie stuffing|click fraud|click FRAUD|Strasse", await MarksAsync(browser));
        await FitsAsync(browser, scripts, "tagged-content-switched");

        await browser.ClickAsync("input[value=html]");
        await browser.ClickAsync("input[name=vocabulary][value=streets]");
        await browser.FollowAsync("form > button");
        Assert.Equal("Strasse", await MarksAsync(browser));
        Assert.Equal("click FRAUD", await EvaluateAsync(browser, "document.querySelector('.tagged b').textContent"));
    }

    private static async Task<Lab> StartAsync()
    {
        Lab lab = await BindingLab.StartAsync(Redises.Any);
        lab.Folder.Write("settings/vocabularies.yaml", "vocabulary/streets: { tags: [street] }\n");
        return lab;
    }

    private static async Task BookmarkAsync(Lab lab)
    {
        Send(lab, "bookmark", "p-1", "cookie stuffing", ""","tags":["fraud"],"source":"case-9" """);
        Send(lab, "bookmark", "p-2", "COOKIE STUFFING", ""","tags":["fraud"]""");
        Send(lab, "bookmark", "p-3", "Cookie Stuffing", ""","tags":["fraud"]""");
        Send(lab, "bookmark", "p-1", "click fraud", ""","tags":["fraud","web"]""");
        Send(lab, "bookmark", "p-1", "Straße", ""","tags":["street"]""");
        await LiveWait.UntilAsync("the bookmarks are decided", async () =>
            (await lab.Redis.StringsAsync("bookmark:")).Count == 3
            && (await lab.Redis.HashesAsync("state:")).Count(field =>
                field.Key.Contains("bookmarks", StringComparison.Ordinal)
            ) == 5
        );
    }

    private static void Send(Lab lab, string type, string person, string phrase, string more = "") =>
        lab.Log.SendAll([
            new LiveRecord(
                Topics.Bookmarks,
                BookmarkKey.OfPhrase(phrase),
                $$"""{"type":"{{type}}","id":"k-{{Guid.NewGuid():n}}","time":{{LiveEvents.Now}},"person":"{{person}}","phrase":"{{phrase}}"{{more}}}"""
            ),
        ]);

    private static async Task<JsonNode> TagAsync(HttpClient http, JsonObject request)
    {
        using HttpResponseMessage answer = await http.PostAsync(
            "/v1/tagged-content",
            new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json"),
            Cancel
        );
        string body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, body);
        return JsonNode.Parse(body)!;
    }

    private static string[] PhrasesOf(JsonNode tagged) =>
        [.. tagged["matches"]!.AsArray().Select(match => (string)match!["phrase"]!)];

    private static Task<string> MarksAsync(Rig.Browser browser) =>
        EvaluateAsync(browser, "[...document.querySelectorAll('mark')].map(mark => mark.textContent).join('|')");

    /// <summary>What is shown of the selected element.</summary>
    private static async Task<string> AboutAsync(Rig.Browser browser, string selector, string none)
    {
        string shown = await EvaluateAsync(
            browser,
            $"getComputedStyle(document.querySelector({JsonSerializer.Serialize(selector)}), '::after').content"
        );
        return none.Length > 0 ? $"\"{shown}\"" : shown;
    }

    private static async Task<string> EvaluateAsync(Rig.Browser browser, string expression) =>
        (await browser.EvaluateAsync(expression)).GetString()!;

    private static async Task SwitchAsync(Rig.Browser browser, bool scripts, string tag)
    {
        string box = $"input[name=on][value={tag}]";
        if (scripts)
        {
            await browser.FollowAsync(box);
            return;
        }

        await browser.ClickAsync(box);
        await browser.FollowAsync(".switches button");
    }

    private static async Task FitsAsync(Rig.Browser browser, bool scripts, string name)
    {
        foreach ((int width, bool phone) in new[] { (400, true), (1280, false) })
        {
            await browser.SizeAsync(width, 800, phone);
            foreach (bool dark in new[] { false, true })
            {
                await browser.SchemeAsync(dark);
                await browser.PictureAsync($"{name}-{(scripts ? "" : "plain-")}{width}-{(dark ? "dark" : "light")}");
                if (scripts)
                {
                    Assert.Empty(await browser.ViolationsAsync());
                }
            }

            Assert.Equal(width, (await browser.EvaluateAsync("document.documentElement.scrollWidth")).GetInt32());
        }

        await browser.SchemeAsync(dark: false);
    }
}
