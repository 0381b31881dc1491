using System.Text.Json;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary><c>engine backtest</c>: what a draft of settings would change about the recorded log.</summary>
public sealed class BacktestTests
{
    private const int Clicks = 600;

    [Fact]
    public async Task A_draft_tells_which_clicks_and_how_much_money_move()
    {
        await using Lab lab = await Lab.EmbeddedAsync(
            Redises.Any,
            new EngineYaml { SessionMs = 3000, Complete = true }
        );
        await using EngineRun run = await lab.StartAsync();
        long start = LiveEvents.Now - Clicks * 1_000;
        lab.Log.SendAll(LiveEvents.Mixed(Clicks, start, 1_000));
        await lab.IsDecidedAsync();
        lab.Log.SendAll([Label("m-8", valid: false), Label("m-1", valid: true), Label("m-2", valid: false)]);

        // What is in force, again: nothing changes.
        JsonElement same = await BacktestAsync(lab, "bands/default: { review: 0.5, challenge: 0.7, block: 0.9 }");
        Assert.Equal((0, 0), (Long(same, "changed"), Long(same.GetProperty("newly_denied"), "clicks")));
        Assert.Equal(LiveEvents.MixedCounts(Clicks).Verdicts, Long(same, "clicks"));

        // A rule that denies a campaign: of its clicks, those that are paid for now. It leaves classes alone, and so
        // what is known of visitors and networks.
        (int clicks, long cost) = await PaidAsync(lab, campaign: 1);
        JsonElement denies = await BacktestAsync(
            lab,
            """
            rule/draft:
              when: click.campaign == 'cmp-1'
              then: { class: none, action: deny, billable: false }
            """
        );
        JsonElement denied = denies.GetProperty("newly_denied");
        Assert.True(clicks > 0);
        Assert.Equal((clicks, cost), (Long(denied, "clicks"), Long(denied, "cost_micros")));
        Assert.Equal(0, Long(denies.GetProperty("freed"), "clicks"));
        JsonElement labels = denied.GetProperty("labels");
        Assert.Equal((1, 1, clicks - 2), (Long(labels, "invalid"), Long(labels, "valid"), Long(labels, "unknown")));
        JsonElement example = denied.GetProperty("examples")[0];
        Assert.Contains(" deny (rule.draft", example.GetProperty("after").GetString());
        Assert.Equal(20, denied.GetProperty("examples").GetArrayLength());

        // Bands so high that the score alone denies nobody.
        JsonElement frees = await BacktestAsync(lab, "bands/default: { review: 1, challenge: 1, block: 1 }");
        Assert.True(Long(frees.GetProperty("freed"), "clicks") > 0);
        Assert.Equal(0, Long(frees.GetProperty("newly_denied"), "clicks"));

        // Nothing was written.
        Assert.Equal((clicks, cost), await PaidAsync(lab, campaign: 1));
    }

    [Theory]
    [InlineData("rule/r: { when: click.publishr == 'x', then: { class: sivt } }", "'when' at line 1")]
    [InlineData("process/p: { levels: [1, 2] }", "decides nothing about clicks")]
    [InlineData("rule/r: [", "draft.yaml, line")]
    [InlineData("{}", "holds no settings")]
    public async Task A_bad_draft_is_refused_with_its_place(string draft, string told)
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        await lab.RunUntilIdleAsync(lab.Redis);
        CommandRun run = await RunAsync(lab, draft);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(told, run.Error);
    }

    /// <summary>The clicks of a campaign that are paid for, by their verdicts.</summary>
    private static async Task<(int Clicks, long Cost)> PaidAsync(Lab lab, int campaign)
    {
        int clicks = 0;
        long cost = 0;
        for (int i = 0; i < Clicks; i++)
        {
            if (i % 7 != campaign)
            {
                continue;
            }

            string stored = (await lab.Redis.Database.StringGetAsync($"verdict:m-{i}")).ToString();
            if (JsonDocument.Parse(stored).RootElement.GetProperty("billable").GetBoolean())
            {
                clicks++;
                cost += 1000 + i % 13;
            }
        }

        return (clicks, cost);
    }

    private static async Task<JsonElement> BacktestAsync(Lab lab, string draft)
    {
        CommandRun run = await RunAsync(lab, draft, "--json");
        Assert.True(run.ExitCode == 0, run.ToString());
        return JsonDocument.Parse(run.Out).RootElement;
    }

    private static Task<CommandRun> RunAsync(Lab lab, string draft, params string[] more) =>
        Programs.EngineAsync([
            "backtest",
            "--with",
            lab.Folder.Write("draft.yaml", draft),
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            lab.Config,
            .. more,
        ]);

    private static LiveRecord Label(string click, bool valid) =>
        new(
            Topics.Labels,
            click,
            $$"""{"type":"label","click":"{{click}}","time":{{LiveEvents.Now}},"valid":{{(valid ? "true" : "false")}},"source":"analyst"}""",
            LiveEvents.Now
        );

    private static long Long(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
