using System.Net;
using System.Text.RegularExpressions;
using Engine.Contracts;
using Integration.Tests.Access;
using Integration.Tests.Rig;
using StackExchange.Redis;
using Tests.Support;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>Back-tests on the console: a rule is tried on the recorded clicks, and put into force by what it
/// did.</summary>
public sealed partial class BacktestPageTests
{
    private const string Rules = "/console/rules",
        New = Rules + "/edit",
        Edit = New + "?id=tried",
        Jobs = "/console/backtests";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rule_is_tried_and_promoted_and_the_promotion_names_its_back_test()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await lab.PlayAsync();
        using ConsoleVisitor anna = await lab.SignInAsync("anna"),
            ada = await lab.SignInAsync("ada");
        await anna.PostAsync(New, New, Rule());
        await LiveWait.UntilAsync("it is there", async () => (await anna.GetAsync(Rules)).Contains("tried"));

        string job = await TryAsync(anna, Edit, Rule());
        string page = await OverAsync(anna, job);
        // Every seventh of the mixed clicks is of the campaign, and what is paid for of them isn't any more.
        int clicks = int.Parse(Denied().Match(page).Groups[1].Value);
        Assert.InRange(clicks, 1, 86);
        Assert.Contains("An admin can let it act from here.", page);
        Assert.DoesNotContain("Let the rule act", page);
        Assert.Contains($"{clicks} clicks newly denied", await anna.GetAsync(Jobs));

        // An analyst may not.
        Dictionary<string, string> why = new() { ["because"] = "It held for a week." };
        Assert.Equal(HttpStatusCode.Forbidden, (await anna.PostAsync(job, job + "/promote", why)).StatusCode);

        HttpResponseMessage promoted = await ada.PostAsync(job, job + "/promote", why);
        Assert.Equal("/console/rules?written=tried", $"{promoted.Headers.Location}");
        await LiveWait.UntilAsync("it acts", async () => !(await ada.GetAsync(Rules)).Contains(">in shadow<"));
        string history = WebUtility.HtmlDecode(await ada.GetAsync(Edit));
        Assert.Contains($"It held for a week. (back-test {job[(Jobs.Length + 1)..]}: {clicks} clicks newly", history);

        // What was promoted once isn't promoted again.
        Assert.Equal(HttpStatusCode.Conflict, (await ada.PostAsync(New, job + "/promote", why)).StatusCode);
    }

    [Fact]
    public async Task A_promotion_is_refused_if_settings_changed_since_the_back_test()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await lab.PlayAsync(clicks: 50);
        using ConsoleVisitor ada = await lab.SignInAsync("ada");
        await ada.PostAsync(New, New, Rule());
        await LiveWait.UntilAsync("it is there", async () => (await ada.GetAsync(Rules)).Contains("tried"));
        string job = await TryAsync(ada, Edit, Rule());
        Assert.Contains("Let the rule act", await OverAsync(ada, job));

        // A user decides about no clicks, a limit does.
        await SetAsync(lab, "user/new", $$"""{"token":"{{new string('a', 64)}}","role":"viewer"}""");
        await LiveWait.UntilAsync("the user is there", async () =>
            (await ada.GetAsync("/console/users")).Contains("new")
        );
        Assert.Contains("Let the rule act", await ada.GetAsync(job));
        await SetAsync(lab, "reason/rate.ip", """{"limit":61}""");
        await LiveWait.UntilAsync("it is told", async () => !(await ada.GetAsync(job)).Contains("Let the rule act"));
        HttpResponseMessage refused = await ada.PostAsync(
            New,
            job + "/promote",
            new Dictionary<string, string> { ["because"] = "It held." }
        );
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains(
            "Settings that decide about clicks have changed since",
            await refused.Content.ReadAsStringAsync(Cancel)
        );
        Assert.Contains("in shadow", await ada.GetAsync(Rules));
    }

    /// <summary>Its pages with results, and those of a rule that acts, on a phone and on a desk.</summary>
    [Fact]
    public async Task Results_fit_and_are_accessible()
    {
        Assert.SkipUnless(Browser.IsThere, "needs chromium on the path");
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await lab.PlayAsync();
        using ConsoleVisitor ada = await lab.SignInAsync("ada");
        await ada.PostAsync(New, New, Rule());
        await LiveWait.UntilAsync("it is there", async () => (await ada.GetAsync(Rules)).Contains("tried"));
        await ada.PostAsync(
            "/console/snoozes",
            "/console/snoozes",
            new Dictionary<string, string>
            {
                ["reason"] = "rate.visitor",
                ["publisher"] = ConsoleLab.EvilNames[0],
                ["until"] = "2099-12-31T00:00",
                ["because"] = ConsoleLab.EvilNames[1],
            }
        );
        string job = await TryAsync(ada, Edit, Rule());
        await OverAsync(ada, job);
        await using Browser browser = await Browser.StartAsync();
        await browser.GoAsync(lab.At(job));
        await browser.ClickAsync("#token");
        await browser.TypeAsync(TestUsers.TokenOf("ada"));
        await browser.FollowAsync("main button");
        foreach (
            (string path, string name) in new[]
            {
                (job, "backtest"),
                (Jobs, "backtests-filled"),
                (Rules, "rules-filled"),
                (Edit, "rule-edit"),
                ("/console/snoozes", "snoozes-filled"),
            }
        )
        {
            await browser.GoAsync(lab.At(path));
            await PageLook.FitsAsync(browser, name);
            Assert.NotEqual("evil", (await browser.EvaluateAsync("document.title")).GetString());
        }
    }

    /// <summary>The proof that a back-test rests on: what is in force reproduces the recorded verdicts byte for byte,
    /// so an empty draft changes nothing.</summary>
    [Fact]
    public async Task What_is_in_force_differs_from_itself_in_nothing_and_reproduces_every_verdict()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await lab.PlayAsync();
        using ConsoleVisitor anna = await lab.SignInAsync("anna");
        HttpResponseMessage started = await anna.PostAsync(Jobs, Jobs, new Dictionary<string, string>());
        string page = await OverAsync(anna, $"{started.Headers.Location}");
        Assert.Contains("What is in force decides every click again as before.", page);
        Assert.Contains("0 would be decided otherwise", page);

        string again = Path.Combine(lab.Lab.Folder.Path, "again.jsonl");
        CommandRun rescored = await Programs.EngineAsync([
            "rescore",
            "--kafka",
            lab.Lab.Brokers,
            "--redis",
            lab.Lab.Redis.Address,
            "--config",
            lab.Lab.Config,
            "--out",
            again,
        ]);
        Assert.True(rescored.ExitCode == 0, rescored.ToString());
        IDatabase redis = lab.Lab.Redis.Database;
        int equal = 0;
        foreach (
            string line in (await File.ReadAllLinesAsync(again, Cancel)).Where(line => line.StartsWith("{\"click\""))
        )
        {
            string click = System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("click").GetString()!;
            Assert.Equal((await redis.StringGetAsync($"verdict:{click}")).ToString(), line);
            equal++;
        }

        Assert.True(equal > 600, $"{equal} verdicts");
    }

    [Fact]
    public async Task One_runs_at_a_time_and_can_be_cancelled()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await lab.PlayAsync(clicks: 40_000);
        using ConsoleVisitor anna = await lab.SignInAsync("anna");
        string job = await TryAsync(anna, New, Rule());
        HttpResponseMessage second = await anna.PostAsync(New, Rules + "/backtest", Rule());
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Contains("busy with a back-test of rule tried", await second.Content.ReadAsStringAsync(Cancel));
        string running = await anna.GetAsync(job);
        Assert.Contains("http-equiv=\"refresh\"", running);
        Assert.Equal(
            HttpStatusCode.SeeOther,
            (await anna.PostAsync(job, job + "/cancel", new Dictionary<string, string>())).StatusCode
        );
        Assert.Contains("It was cancelled", await OverAsync(anna, job));

        // The next one may begin.
        Assert.StartsWith(Jobs, await TryAsync(anna, New, Rule()));
    }

    [Fact]
    public async Task Results_are_bounded_and_a_bad_rule_is_refused_with_its_place()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        IDatabase redis = lab.Lab.Redis.Database;
        using ConsoleVisitor anna = await lab.SignInAsync("anna");
        Dictionary<string, string> wrong = Rule();
        wrong["when"] = "click.publishr == 'x'";
        HttpResponseMessage refused = await anna.PostAsync(New, Rules + "/backtest", wrong);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("line 1, column 1", await refused.Content.ReadAsStringAsync(Cancel));

        string list = $"backtests:engine";
        for (int i = 0; i < 55; i++)
        {
            await redis.ListLeftPushAsync(list, $"old-{i}");
            await redis.StringSetAsync($"backtest:engine:old-{i}", "{}");
        }

        string job = await TryAsync(anna, New, Rule());
        await LiveWait.UntilAsync("it is kept", async () => await redis.ListLengthAsync(list) == 50);
        Assert.False(await redis.KeyExistsAsync($"backtest:engine:old-0"));
        Assert.True(await redis.KeyExistsAsync($"backtest:engine:old-54"));
        Assert.NotNull(await redis.KeyTimeToLiveAsync($"backtest:engine:{job[(Jobs.Length + 1)..]}"));
    }

    [Fact]
    public async Task A_rule_is_deleted_with_who_and_why()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using ConsoleVisitor anna = await lab.SignInAsync("anna"),
            ada = await lab.SignInAsync("ada");
        Dictionary<string, string> rule = Rule();
        rule["shadow"] = "false";
        await ada.PostAsync(New, New, rule);
        await LiveWait.UntilAsync("it is there", async () => (await ada.GetAsync(Rules)).Contains("tried"));
        Dictionary<string, string> delete = new()
        {
            ["id"] = "tried",
            ["version"] = "another",
            ["because"] = "It is no use.",
        };
        // An analyst may not, as it acts; and nobody may who has seen another version.
        Assert.DoesNotContain("Delete rule tried", await anna.GetAsync(Edit));
        Assert.Equal(HttpStatusCode.Forbidden, (await anna.PostAsync(Edit, Rules + "/delete", delete)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await ada.PostAsync(Edit, Rules + "/delete", delete)).StatusCode);
        delete["version"] = Version().Match(await ada.GetAsync(Edit)).Groups[1].Value;
        Assert.Equal(
            "/console/rules?deleted=tried",
            $"{(await ada.PostAsync(Edit, Rules + "/delete", delete)).Headers.Location}"
        );
        await LiveWait.UntilAsync("it is gone", async () => !(await ada.GetAsync(Rules)).Contains("tried"));
        Confluent.Kafka.Message<byte[], byte[]> record = lab
            .Lab.Log.ReadAll(Topics.Settings)
            .Last(one => System.Text.Encoding.UTF8.GetString(one.Message.Key) == "rule/tried")
            .Message;
        Assert.True(record.Value is null or []);
        Assert.Equal("It is no use.", System.Text.Encoding.UTF8.GetString(record.Headers.GetLastBytes("because")));
        Assert.Equal("user ada", System.Text.Encoding.UTF8.GetString(record.Headers.GetLastBytes("by")));
    }

    /// <summary>Starts a back-test from a rule's form, and returns the address of its page.</summary>
    private static async Task<string> TryAsync(ConsoleVisitor visitor, string page, Dictionary<string, string> rule)
    {
        HttpResponseMessage started = await visitor.PostAsync(page, Rules + "/backtest", rule);
        Assert.Equal(HttpStatusCode.SeeOther, started.StatusCode);
        return $"{started.Headers.Location}";
    }

    /// <summary>The page of a back-test that is over.</summary>
    private static async Task<string> OverAsync(ConsoleVisitor visitor, string job)
    {
        string page = "";
        await LiveWait.UntilAsync("the back-test is over", async () =>
            !(page = await visitor.GetAsync(job)).Contains("http-equiv=\"refresh\"")
        );
        return WebUtility.HtmlDecode(page);
    }

    private static async Task SetAsync(ConsoleLab lab, string key, string json) =>
        await lab.Lab.Log.SendAsync(new LiveRecord(Topics.Settings, key, json, LiveEvents.Now));

    private static Dictionary<string, string> Rule() =>
        new()
        {
            ["id"] = "tried",
            ["when"] = "click.campaign == 'cmp-1'",
            ["class"] = "none",
            ["action"] = "deny",
            ["billable"] = "false",
            ["order"] = "10",
            ["shadow"] = "true",
            ["version"] = "",
            ["because"] = "They asked for it.",
        };

    [GeneratedRegex("<b>([0-9]+)</b> <span>clicks newly denied")]
    private static partial Regex Denied();

    [GeneratedRegex("name=\"version\" value=\"([^\"]*)\"")]
    private static partial Regex Version();
}
