using System.Net;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Integration.Tests.Access;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>Business processes on the console: defined, tried on what runs, stored, undone, overridden; and the engine
/// obeys.</summary>
public sealed class ProcessPageTests
{
    private const string Home = "/console/processes",
        New = Home + "/edit",
        Edit = New + "?id=review",
        One = Home + "/review";

    private const string Flat = """
        {"levels":[1,5],"default":1,"attributes":{"tier":"text"},"directives":[{"id":"none","table":{"attribute":"tier","levels":{}}}]}
        """;

    private const string Tiers = """
        {"levels":[1,5,10],"default":1,"attributes":{"tier":"text","lost":"integer"},
         "directives":[{"id":"tier","table":{"attribute":"tier","levels":{"gold":10}}},{"id":"big","rule":{"when":"context.lost > 5","level":5}}]}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_is_defined_tried_and_stored_in_a_browser_and_governs_what_runs()
    {
        Assert.SkipUnless(Browser.IsThere, "needs chromium on the path");
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await StartAsync(lab, "gold-1", """{"tier":"gold"}""");
        await StartAsync(lab, "big-1", """{"lost":9}""");
        await StartAsync(lab, "plain-1", "{}");
        await using Browser browser = await Browser.StartAsync();
        await browser.ScriptsAsync(run: false);
        await browser.GoAsync(lab.At(New));
        await browser.ClickAsync("#token");
        await browser.TypeAsync(TestUsers.TokenOf("ada"));
        await browser.FollowAsync("main button");

        await browser.ClickAsync("input[name=id]");
        await browser.TypeAsync("review");
        await FillAsync(browser, Tiers.Replace("context.lost >", "context.lots >"));
        await browser.FollowAsync("main form button");
        Assert.Contains("directive 2: rule: 'when' at line 1, column 1", await browser.TextAsync());

        await FillAsync(browser, Tiers);
        await LiveWait.UntilAsync("progress is committed", async () =>
        {
            await browser.FollowAsync("main form button");
            return (await TextAsync(browser)).Contains("3 instances run");
        });
        string tried = await TextAsync(browser);
        Assert.Contains("2 would be served sooner", tried);
        Assert.Contains("0 would wait longer", tried);
        await FitsAsync(browser, "process-tried");
        Assert.Equal(1, await LevelAsync(lab, "gold-1"));

        await browser.ClickAsync("input[name=because]");
        await browser.TypeAsync("Gold first.");
        await browser.FollowAsync("main form button + button");
        Assert.Contains("Process review is stored", await browser.TextAsync());
        await LiveWait.UntilAsync("the engine obeys", async () =>
            await LevelAsync(lab, "gold-1") == 10 && await LevelAsync(lab, "big-1") == 5
        );
        Assert.Equal(1, await LevelAsync(lab, "plain-1"));

        // By log time, its own clock, the engine changed over within the activation delay and a second.
        long stored =
                lab
                    .Lab.Log.ReadAll(Topics.Settings)
                    .Last(record => KeyOf(record) == "process/review")
                    .Message.Timestamp.UnixTimestampMs,
            changed = await ChangedAtAsync(lab, "gold-1");
        Assert.InRange(changed - stored, 2_000, 3_000);
        await browser.GoAsync(lab.At(One));
        Assert.Contains("Gold first.", await browser.TextAsync());
        await FitsAsync(browser, "process-review");
    }

    [Fact]
    public async Task A_stored_definition_is_undone_and_another_change_in_between_is_shown()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using ConsoleVisitor ada = await lab.SignInAsync("ada");
        await StoreAsync(ada, New, Flat, version: "");
        await LiveWait.UntilAsync("it is there", async () => (await ada.GetAsync(Home)).Contains("review\""));
        string first = VersionOf(await ada.GetAsync(Edit));
        await StoreAsync(ada, Edit, Tiers, first);
        await LiveWait.UntilAsync("it has changed", async () => VersionOf(await ada.GetAsync(Edit)) != first);

        // The form was opened before.
        HttpResponseMessage late = await PostAsync(ada, Edit, Flat, first);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Contains("In force now", await late.Content.ReadAsStringAsync(Cancel));

        string page = await ada.GetAsync(One),
            back = WebUtility.HtmlDecode(page.Split("&amp;from=")[1].Split('"')[0]);
        string undo = await ada.GetAsync($"{Edit}&from={back}");
        Assert.Contains($"back to {back}", undo);
        await StoreAsync(ada, $"{Edit}&from={back}", Flat, VersionOf(undo));
        await LiveWait.UntilAsync("it is undone", async () => VersionOf(await ada.GetAsync(Edit)) == first);
    }

    [Fact]
    public async Task An_admin_sets_the_level_of_an_instance_for_a_time_and_ends_it()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using ConsoleVisitor ada = await lab.SignInAsync("ada"),
            anna = await lab.SignInAsync("anna");
        await StoreAsync(ada, New, Tiers, version: "");
        await LiveWait.UntilAsync("it is there", async () => (await ada.GetAsync(Home)).Contains("review\""));
        await StartAsync(lab, "plain-1", "{}");
        Dictionary<string, string> set = new()
        {
            ["instance"] = "plain-1",
            ["level"] = "10",
            ["until"] = "2099-12-31T00:00",
            ["because"] = "The customer called.",
        };
        Assert.Equal(HttpStatusCode.Forbidden, (await anna.PostAsync(New, One + "/override", set)).StatusCode);
        foreach ((string field, string wrong) in new[] { ("instance", "nobody"), ("level", "7"), ("until", "soon") })
        {
            Dictionary<string, string> bad = new(set) { [field] = wrong };
            Assert.Equal(HttpStatusCode.BadRequest, (await ada.PostAsync(One, One + "/override", bad)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.SeeOther, (await ada.PostAsync(One, One + "/override", set)).StatusCode);
        await LiveWait.UntilAsync("it is set", async () => await LevelAsync(lab, "plain-1") == 10);
        Assert.Contains("2099-12-31 00:00:00 UTC", await ada.GetAsync(One));
        await ada.PostAsync(One, One + "/override/end", set);
        await LiveWait.UntilAsync("it is ended", async () => await LevelAsync(lab, "plain-1") == 1);
        Assert.Equal(HttpStatusCode.NotFound, (await ada.PostAsync(One, One + "/override/end", set)).StatusCode);
    }

    [Theory]
    [InlineData("""{"levels":[1],"default":1,"directives":[]}""", "'levels' has one; give two at least")]
    [InlineData("""{"levels":[1,2],"default":1}""", "'directives' is empty; give one at least")]
    [InlineData("{", "not JSON")]
    public async Task What_is_wrong_is_told(string json, string told)
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using ConsoleVisitor ada = await lab.SignInAsync("ada");
        HttpResponseMessage answer = await PostAsync(ada, New, json, "");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(told, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancel)));
    }

    private static async Task StoreAsync(ConsoleVisitor visitor, string page, string json, string version)
    {
        HttpResponseMessage stored = await PostAsync(visitor, page, json, version);
        Assert.Equal($"{Home}?stored=review", $"{stored.Headers.Location}");
    }

    private static Task<HttpResponseMessage> PostAsync(
        ConsoleVisitor visitor,
        string page,
        string json,
        string version
    ) =>
        visitor.PostAsync(
            page,
            Home + "/store",
            new Dictionary<string, string>
            {
                ["id"] = "review",
                ["json"] = json,
                ["version"] = version,
                ["because"] = "A try.",
            }
        );

    /// <summary>The text of a page in one line.</summary>
    private static async Task<string> TextAsync(Browser browser) =>
        string.Join(' ', (await browser.TextAsync()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static async Task FillAsync(Browser browser, string json)
    {
        await browser.EvaluateAsync("document.querySelector('textarea').value = ''");
        await browser.ClickAsync("textarea");
        await browser.TypeAsync(json);
    }

    /// <summary>On a phone and on a desk: nothing sticks out, and axe has nothing to say.</summary>
    private static async Task FitsAsync(Browser browser, string name)
    {
        // The pages have none; axe is one.
        await browser.ScriptsAsync(run: true);
        await PageLook.FitsAsync(browser, name);
        await browser.ScriptsAsync(run: false);
    }

    private static async Task StartAsync(ConsoleLab lab, string instance, string context)
    {
        await lab.Lab.Log.SendAsync(
            new LiveRecord(
                Topics.Processes,
                instance,
                $$"""{"type":"process-started","process":"review","instance":"{{instance}}","time":{{LiveEvents.Now}},"context":{{context}}}"""
            )
        );
        await LiveWait.UntilAsync("it waits", async () => await LevelAsync(lab, instance) == 1);
    }

    private static async Task<int?> LevelAsync(ConsoleLab lab, string instance) =>
        (int?)(await RecordAsync(lab, instance))?["level"];

    /// <summary>The log time of the record that changed an instance last.</summary>
    private static async Task<long> ChangedAtAsync(ConsoleLab lab, string instance)
    {
        string[] at = ((string)(await RecordAsync(lab, instance))!["at"]!).Split('-', '@');
        return lab
            .Lab.Log.ReadAll(Topics.Processes)
            .Single(record => record.Partition.Value == int.Parse(at[1]) && record.Offset.Value == long.Parse(at[2]))
            .Message.Timestamp.UnixTimestampMs;
    }

    private static async Task<JsonNode?> RecordAsync(ConsoleLab lab, string instance) =>
        (string?)await lab.Lab.Redis.Database.StringGetAsync($"priority:{{review}}:{instance}") is { } json
            ? JsonNode.Parse(json)
            : null;

    private static string VersionOf(string page) => page.Split("name=\"version\" value=\"")[1].Split('"')[0];

    private static string KeyOf(Confluent.Kafka.ConsumeResult<byte[], byte[]> record) =>
        System.Text.Encoding.UTF8.GetString(record.Message.Key);
}
