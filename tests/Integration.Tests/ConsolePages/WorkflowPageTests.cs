using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.TaggedContent.Events;
using Integration.Tests.Access;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>What workflows did, on the console: meetings, messages, items, sponsors and bookmarks.</summary>
public sealed class WorkflowPageTests(WorkflowLab lab) : IClassFixture<WorkflowLab>
{
    private const string Evil = "<script>document.title='evil'</script>\u202e",
        MessageRules = "/console/message-rules";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_meeting_shows_who_is_missed_and_an_analyst_stops_and_resumes_its_notices()
    {
        await lab.SendAsync("/v1/meetings/m-1/events", Meeting("m-1", Evil));
        await lab.SendAsync(
            "/v1/meetings/m-1/events",
            new JsonObject
            {
                ["type"] = "attendance",
                ["id"] = "m-1-joined",
                ["meeting"] = "m-1",
                ["person"] = "p-2",
                ["session"] = "s-1",
                ["what"] = "joined",
            }
        );
        Assert.Contains("m-1", await lab.LookAsync("/console/meetings", "meetings"));
        string page = await lab.LookAsync("/console/meetings/m-1", "meeting");
        Assert.Contains("Present p-2", page);
        Assert.Contains("Absent p-3", page);
        Assert.Contains("\\u202e", page);

        Browser browser = lab.Browser!;
        await browser.ScriptsAsync(run: false);
        await browser.ClickAsync("input[name=because]");
        await browser.TypeAsync("The host asked by phone.");
        await browser.FollowAsync("main form button");
        page = await lab.LookAsync("/console/meetings/m-1", "meeting-stopped");
        Assert.Contains("Notices are stopped", page);
        Assert.Contains("user anna The host asked by phone.", page);
        Assert.True(await IsStoppedAsync("m-1"));

        await browser.ScriptsAsync(run: false);
        await browser.ClickAsync("input[name=because]");
        await browser.TypeAsync("It goes on.");
        await browser.FollowAsync("main form button");
        Assert.False(await IsStoppedAsync("m-1"));

        // Who did it, and why, is with the event.
        Confluent.Kafka.Headers headers = lab
            .Console.Lab.Log.ReadAll(Topics.Meetings)
            .Last(record => Encoding.UTF8.GetString(record.Message.Value).Contains("resume"))
            .Message.Headers;
        Assert.Equal("user anna", Encoding.UTF8.GetString(headers.GetLastBytes("by")));
        Assert.Equal("It goes on.", Encoding.UTF8.GetString(headers.GetLastBytes("because")));
    }

    [Fact]
    public async Task Only_analysts_stop_notices_with_a_form_of_ours_and_a_reason()
    {
        await lab.SendAsync("/v1/meetings/m-2/events", Meeting("m-2", "Weekly"));
        const string Page = "/console/meetings/m-2",
            Action = Page + "/notices";
        Dictionary<string, string> stop = new() { ["what"] = "stop", ["because"] = "A try." };
        using ConsoleVisitor vera = await lab.Console.SignInAsync("vera"),
            anna = await lab.Console.SignInAsync("anna");
        Assert.DoesNotContain("<button>Stop", await vera.GetAsync(Page));
        Assert.Equal(HttpStatusCode.Forbidden, (await vera.PostAsync(null, Action, stop)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await anna.PostAsync(null, Action, stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await anna.PostAsync(Page, Action, stop, "cross-site")).StatusCode);
        foreach ((string field, string wrong) in new[] { ("because", " "), ("what", "send") })
        {
            Dictionary<string, string> bad = new(stop) { [field] = wrong };
            Assert.Equal(HttpStatusCode.BadRequest, (await anna.PostAsync(Page, Action, bad)).StatusCode);
        }

        Assert.False(await IsStoppedAsync("m-2"));
        await lab.SendAsync(
            "/v1/meetings/m-2/events",
            new JsonObject
            {
                ["type"] = "meeting-ended",
                ["id"] = "m-2-ended",
                ["meeting"] = "m-2",
            }
        );
        Assert.Equal(HttpStatusCode.Conflict, (await anna.PostAsync(Page, Action, stop)).StatusCode);
        Assert.DoesNotContain("Stop notices", await anna.GetAsync(Page));
    }

    [Fact]
    public async Task A_message_shows_what_rules_did_found_and_told()
    {
        await lab.Console.Lab.Log.SendAsync(
            new LiveRecord(
                Topics.Settings,
                "message-rule/everyone/free",
                """{"when":"message.link_count > 0","actions":[{"release":true}],"order":30}""",
                LiveEvents.Now
            )
        );
        await LiveWait.UntilAsync("the rule is in force", async () =>
            (await lab.Http.GetStringAsync("/v1/people/p-1/message-rules", Cancel)).Contains("everyone/free")
        );
        await lab.SendAsync(
            "/v1/messages",
            new JsonObject
            {
                ["type"] = "message",
                ["id"] = "msg-1",
                ["conversation"] = "c-1",
                ["sender"] = "p-1",
                ["recipients"] = new JsonArray("p-2"),
                ["text"] = $"{Evil} https://a.example https://b.example https://c.example 4111 1111 1111 1111",
            }
        );
        Assert.Contains("msg-1", await lab.LookAsync("/console/messages", "messages"));
        string page = await lab.LookAsync("/console/messages/msg-1", "message");
        Assert.Contains("Outcome held", page);
        Assert.Contains("Messages with many links wait for an analyst.", page);
        Assert.Contains("release everyone/links came before it", page);
        Assert.Contains("As people read it", page);
        Assert.Equal(
            "4111 1111 1111 1111",
            (await lab.Browser!.EvaluateAsync("[...document.querySelectorAll('mark')].at(-1).textContent")).GetString()
        );
    }

    [Fact]
    public async Task Rules_in_force_and_drafts_are_tried_on_a_text()
    {
        await lab.LookAsync(MessageRules, "message-rules");
        Browser browser = lab.Browser!;
        await FillAsync("text", "https://a.example https://b.example https://c.example 4111 1111 1111 1111");
        await browser.FollowAsync("main form button");
        string tried = await lab.TextAsync();
        Assert.Contains("Outcome held", tried);
        Assert.Contains("everyone/cards", tried);
        Assert.Equal(
            "4111 1111 1111 1111",
            (await browser.EvaluateAsync("[...document.querySelectorAll('mark')].at(-1).textContent")).GetString()
        );
        await PageLook.FitsAsync(browser, "message-rules-tried");

        await FillAsync("text", $"{Evil} A refund?");
        await FillAsync("context", """{"role":"analyst"}""");
        await FillAsync(
            "rules",
            """message-rule/everyone/refund: { when: "'refund' in message.words && context.role == 'analyst'", actions: [{ mark: refund }] }"""
        );
        await browser.FollowAsync("main form button");
        tried = await lab.TextAsync();
        Assert.Contains("Outcome delivered Marks refund", tried);
        Assert.Contains("1 rule of the draft", tried);
        Assert.NotEqual("evil", (await browser.EvaluateAsync("document.title")).GetString());
    }

    [Theory]
    [InlineData("message-rule/everyone/a: { when: nobody, actions: [{ hold: true }] }", "", "nobody")]
    [InlineData("rule/a: { when: 'true' }", "", "expected message-rule/")]
    [InlineData("message-rule/everyone/a: [", "", "column 1: While parsing")]
    [InlineData("message-rule/everyone/a:", "", "has no value")]
    [InlineData("", "[]", "the context isn't a JSON object")]
    [InlineData("", "{", "the context isn't JSON")]
    [InlineData("", """{"a":{}}""", "context")]
    public async Task What_can_t_be_tried_is_said(string rules, string context, string said)
    {
        using ConsoleVisitor vera = await lab.Console.SignInAsync("vera");
        HttpResponseMessage answer = await vera.PostAsync(
            MessageRules,
            MessageRules,
            new Dictionary<string, string>
            {
                ["text"] = "hello",
                ["sender"] = "p-1",
                ["rules"] = rules,
                ["context"] = context,
            }
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        string page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Contains(said, page.Split("role=\"alert\"")[1].Split("</div>")[0]);
    }

    [Fact]
    public async Task A_tried_message_is_judged_by_bookmarks_and_stored_nowhere()
    {
        const string Rule =
            "message-rule/everyone/tags: { when: \"'fraud' in message.tags\", actions: [{ mark: known }] }";
        lab.Console.Lab.Log.SendAll([Bookmark("p-9", "phantom clicks", "fraud")]);
        using ConsoleVisitor vera = await lab.Console.SignInAsync("vera");
        Dictionary<string, string> form = new()
        {
            ["text"] = "I saw Phantom Clicks again",
            ["sender"] = "p-1",
            ["rules"] = Rule,
        };
        await LiveWait.UntilAsync("the bookmark is known", async () =>
        {
            HttpResponseMessage answer = await vera.PostAsync(MessageRules, MessageRules, form);
            return (await answer.Content.ReadAsStringAsync(Cancel)).Contains("<dd>known</dd>");
        });
        Assert.False(await lab.Console.Lab.Redis.Database.KeyExistsAsync("message:trial"));
    }

    /// <summary>Fills a field of the form in place of what it holds.</summary>
    private async Task FillAsync(string field, string text)
    {
        await lab.Browser!.EvaluateAsync($"document.querySelector('[name={field}]').select()");
        await lab.Browser.TypeAsync(text);
    }

    [Fact]
    public async Task An_item_shows_who_brought_whom_and_what_was_suspect()
    {
        string first = (string)(await AssociateAsync("as-1", "acc-1", null))["code"]!,
            second = (string)(await AssociateAsync("as-2", "acc-2", first))["code"]!;
        await AssociateAsync("as-3", "acc-3", first);
        Assert.Equal("suspect", (string?)(await AssociateAsync("as-4", "ACC-1", second))["outcome"]);
        Assert.Contains("it-9", await lab.LookAsync("/console/items", "items"));
        string page = await LookUntilAsync("/console/items/it-9", "item", "ring suspect 1");
        Assert.Contains("acc-1 2 0", page);
        page = await lab.LookAsync("/console/items/it-9/associations/as-4", "association");
        Assert.Contains("Outcome suspect", page);
        Assert.Contains("acc-1, by as-1 acc-2, by as-2 ACC-1, by as-4", page);
        page = await lab.LookAsync("/console/items/it-9/associations/as-1", "association-first");
        Assert.Contains("none: a first scan", page);
    }

    [Fact]
    public async Task A_sponsor_shows_requests_and_suggestions()
    {
        for (int i = 0; i < 12; i++)
        {
            await lab.Http.PostAsync(
                "/v1/content-requests?wait=20000",
                new StringContent(
                    new JsonObject
                    {
                        ["type"] = "content-request",
                        ["id"] = $"r-{i}",
                        ["time"] = LiveEvents.Now,
                        ["sponsor"] = "sp-1",
                        ["resource"] = i == 0 ? Evil : "https://news.example/",
                        ["unit"] = "news/front/top",
                        ["sizes"] = new JsonArray(new JsonArray(300, 260)),
                    }.ToJsonString(),
                    Encoding.UTF8,
                    "application/json"
                ),
                Cancel
            );
        }

        Assert.Contains("sp-1", await lab.LookAsync("/console/sponsors", "sponsors"));
        string page = await LookUntilAsync("/console/sponsors/sp-1", "sponsor", "11 invalid-format");
        Assert.Contains("1 spam", page);
        Assert.Contains("news/front/top 300 × 260", page.Replace('\u00a0', ' '));
    }

    [Fact]
    public async Task A_bookmark_shows_its_people_and_tags_and_is_found_by_its_phrase()
    {
        lab.Console.Lab.Log.SendAll([Bookmark("p-1", Evil, "<b>fraud"), Bookmark("p-2", Evil, "<b>fraud")]);
        string key = BookmarkKey.OfPhrase(Evil)!,
            page = await LookUntilAsync($"/console/bookmarks/{key}", "bookmark", "2 people have it");
        Assert.Contains("<b>fraud 2", page);
        Assert.Contains("<b>fraud", await lab.LookAsync("/console/bookmarks", "bookmarks"));
        Assert.Contains(
            "Nobody has bookmarked <i>nothing",
            await lab.LookAsync("/console/bookmarks?text=%3Ci%3Enothing", "bookmark-none")
        );
        using HttpClient vera = lab.Console.As("vera");
        using HttpResponseMessage found = await vera.GetAsync(
            "/console/bookmarks?text=" + Uri.EscapeDataString(Evil),
            Cancel
        );
        Assert.Equal($"/console/bookmarks/{key}", found.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Pages_of_one_thing_are_for_viewers_and_above_and_unknown_things_are_told()
    {
        await lab.SendAsync("/v1/meetings/m-3/events", Meeting("m-3", "Monthly"));
        await lab.SendAsync("/v1/messages", Message("msg-3", "Hello."));
        await AssociateAsync("as-9", "acc-9", null);
        foreach (
            (string known, string unknown) in new[]
            {
                ("/console/meetings/m-3", "/console/meetings/unknown"),
                ("/console/messages/msg-3", "/console/messages/unknown"),
                ("/console/items/it-9", "/console/items/unknown"),
                ("/console/items/it-9/associations/as-9", "/console/items/other/associations/as-9"),
                ("/console/sponsors/sp-1", "/console/sponsors/unknown"),
                ("/console/bookmarks", "/console/bookmarks/unknown"),
            }
        )
        {
            foreach (
                (string? who, HttpStatusCode status) in new (string?, HttpStatusCode)[]
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
                    (known, who, status),
                    (known, who, await TestUsers.StatusAsync(lab.Console.Run.Http, "GET", known, who))
                );
            }

            Assert.Equal(
                (unknown, HttpStatusCode.NotFound),
                (unknown, await TestUsers.StatusAsync(lab.Console.Run.Http, "GET", unknown, "vera"))
            );
        }
    }

    [Fact]
    public async Task Attackers_text_is_text()
    {
        string file = SharedData.Find("clicks/bad/blns.json") ?? "";
        Assert.SkipUnless(file.Length > 0, "needs shared data");
        string[] texts =
        [
            .. JsonSerializer
                .Deserialize<string[]>(await File.ReadAllTextAsync(file, Cancel))!
                .Where(text => text.Contains('<') && text.Trim().Length > 3),
        ];
        Assert.True(texts.Length > 100);
        var paths = new List<string> { "/console/meetings", "/console/messages", "/console/bookmarks" };
        foreach ((int number, string text) in texts.Index())
        {
            string meeting = $"blns-{number}";
            await lab.SendAsync("/v1/messages", Message($"blns-{number}", text));
            paths.Add($"/console/messages/blns-{number}");
            if (Encoding.UTF8.GetByteCount(text) <= 200 && BookmarkKey.OfPhrase(text) is { } key)
            {
                await lab.SendAsync($"/v1/meetings/{meeting}/events", Meeting(meeting, text));
                paths.Add($"/console/meetings/{meeting}");
                lab.Console.Lab.Log.SendAll([Bookmark("p-3", text, text.Length <= 20 ? text : "long")]);
            }
        }

        using HttpClient http = lab.Console.As("vera");
        foreach (string path in paths)
        {
            string page = await http.GetStringAsync(path, Cancel);
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.Null(texts.FirstOrDefault(text => page.Contains(text, StringComparison.Ordinal)));
        }
    }

    /// <summary>Looks at a page as soon as it has a text: counts are committed a moment after the results.</summary>
    private async Task<string> LookUntilAsync(string path, string name, string text)
    {
        Assert.SkipUnless(lab.Browser != null, "needs chromium on the path");
        await LiveWait.UntilAsync($"{path} has {text}", async () =>
        {
            await lab.Browser.GoAsync(lab.Console.At(path));
            return (await lab.TextAsync()).Contains(text);
        });
        return await lab.LookAsync(path, name);
    }

    private async Task<JsonNode> AssociateAsync(string id, string account, string? code)
    {
        var e = new JsonObject
        {
            ["type"] = "association",
            ["id"] = id,
            ["item"] = "it-9",
            ["account"] = account,
        };
        if (code != null)
        {
            e["code"] = code;
        }

        return await lab.SendAsync("/v1/associations", e);
    }

    private static JsonObject Message(string id, string text) =>
        new()
        {
            ["type"] = "message",
            ["id"] = id,
            ["conversation"] = "c-" + id,
            ["sender"] = "p-1",
            ["text"] = text,
        };

    private static LiveRecord Bookmark(string person, string phrase, string tag)
    {
        string json = new JsonObject
        {
            ["type"] = "bookmark",
            ["id"] = $"{person}-{BookmarkKey.OfPhrase(phrase)}",
            ["time"] = LiveEvents.Now,
            ["person"] = person,
            ["phrase"] = phrase,
            ["tags"] = new JsonArray(tag),
        }.ToJsonString();
        return new LiveRecord(Topics.Bookmarks, BookmarkKey.OfPhrase(phrase)!, json, LiveEvents.Now);
    }

    private static JsonObject Meeting(string id, string title) =>
        new()
        {
            ["type"] = "meeting-scheduled",
            ["id"] = id + "-scheduled",
            ["meeting"] = id,
            ["title"] = title,
            ["start"] = LiveEvents.Now + 600_000,
            ["host"] = "p-1",
            ["rules"] = new JsonArray("default"),
            ["invitees"] = new JsonArray(
                new JsonObject { ["person"] = "p-2" },
                new JsonObject { ["person"] = "p-3", ["channels"] = new JsonArray(new JsonObject { ["chat"] = "u-3" }) }
            ),
        };

    private async Task<bool> IsStoppedAsync(string meeting) =>
        (bool)JsonNode.Parse(await lab.Http.GetStringAsync($"/v1/meetings/{meeting}", Cancel))!["stopped"]!;
}
