using System.Net;
using Engine.Contracts;
using Tests.Support;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>Rules on clicks: written by a form, checked, guarded against another's change, and in force.</summary>
public sealed class RulePageTests
{
    private const string New = "/console/rules/edit",
        Edit = "/console/rules/edit?id=midnight";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rule_is_written_in_shadow_promoted_and_decides()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using ConsoleVisitor anna = await lab.SignInAsync("anna");
        HttpResponseMessage wrong = await anna.PostAsync(New, New, Rule("click.publishr == 'pub-1'"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        string told = WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync(Cancel));
        Assert.Contains("'when' at line 1, column 1", told);
        Assert.Contains("click.publishr == 'pub-1'", told);

        Dictionary<string, string> rule = Rule("click.publisher == 'pub-1'");
        HttpResponseMessage written = await anna.PostAsync(New, New, rule);
        Assert.Equal("/console/rules?written=midnight", $"{written.Headers.Location}");
        await LiveWait.UntilAsync("it is there", async () =>
            (await anna.GetAsync("/console/rules")).Contains("click.publisher == &#x27;pub-1&#x27;")
        );
        string page = WebUtility.HtmlDecode(await anna.GetAsync(Edit));
        Assert.Contains("user anna", page);
        Assert.Contains("They asked for it.", page);

        // An analyst's may not act.
        rule["version"] = VersionOf(page);
        rule["shadow"] = "false";
        Assert.Equal(HttpStatusCode.Forbidden, (await anna.PostAsync(Edit, New, rule)).StatusCode);
        using ConsoleVisitor ada = await lab.SignInAsync("ada");
        Assert.Equal(HttpStatusCode.SeeOther, (await ada.PostAsync(Edit, New, rule)).StatusCode);
        await LiveWait.UntilAsync("it acts", async () =>
            !(await ada.GetAsync("/console/rules")).Contains(">in shadow<")
        );
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Cancel);
        await lab.Lab.Log.SendAsync(LiveEvents.Click("later", LiveEvents.Now));
        Assert.Equal("rule.midnight", (await lab.Lab.VerdictAsync("later")).GetProperty("reasons")[0].GetString());
    }

    [Fact]
    public async Task Another_change_in_between_is_shown_and_not_overwritten()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using ConsoleVisitor ada = await lab.SignInAsync("ada");
        Dictionary<string, string> first = Rule("click.publisher == 'pub-1'");
        await ada.PostAsync(New, New, first);
        await LiveWait.UntilAsync("it is there", async () =>
            (await ada.GetAsync("/console/rules")).Contains("midnight")
        );
        // The form of a new rule, opened before the other was written.
        HttpResponseMessage refused = await ada.PostAsync(New, New, Rule("click.publisher == 'pub-2'"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        string both = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync(Cancel));
        Assert.Contains("\"when\": \"click.publisher == 'pub-1'\"", both);
        Assert.Contains("\"when\": \"click.publisher == 'pub-2'\"", both);
        Assert.Single(lab.Lab.Log.ReadAll(Topics.Settings), record => $"{KeyOf(record)}" == "rule/midnight");
    }

    [Fact]
    public async Task Viewers_read_rules_and_write_none()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using ConsoleVisitor vera = await lab.SignInAsync("vera");
        Assert.DoesNotContain("Write a rule", await vera.GetAsync("/console/rules"));
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await vera.PostAsync("/console/rules", New, Rule("click.publisher == 'x'"))).StatusCode
        );
        using ConsoleVisitor ada = await lab.SignInAsync("ada");
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await ada.PostAsync(null, New, Rule("click.publisher == 'x'"))).StatusCode
        );
    }

    private static string KeyOf(Confluent.Kafka.ConsumeResult<byte[], byte[]> record) =>
        System.Text.Encoding.UTF8.GetString(record.Message.Key);

    private static string VersionOf(string page) => page.Split("name=\"version\" value=\"")[1].Split('"')[0];

    private static Dictionary<string, string> Rule(string when) =>
        new()
        {
            ["id"] = "midnight",
            ["when"] = when,
            ["class"] = "sivt",
            ["order"] = "10",
            ["shadow"] = "true",
            ["version"] = "",
            ["because"] = "They asked for it.",
        };
}
