using System.Text.Json;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>Labels in the log judge later clicks, with where their click was made and without.</summary>
public class LabelTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Labels_judge_the_clicks_of_later_minutes(bool placed)
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        await ShowAsync(lab, placed);
    }

    /// <summary>
    /// Twelve clicks of a publisher, of which labels say afterwards that they were invalid; then others of the same
    /// publisher.
    /// </summary>
    internal static async Task ShowAsync(Lab lab, bool placed)
    {
        long start = LiveEvents.Now - 600_000;
        await using (EngineRun run = await lab.StartAsync())
        {
            lab.Log.SendAll(
                Enumerable.Range(0, 12).Select(i => LiveEvents.Click($"bad-{i}", start + i, $"198.51.{i}.9"))
            );
            for (int i = 0; i < 12; i++)
            {
                await lab.VerdictAsync($"bad-{i}");
            }

            string publisher = placed ? ",\"publisher\":\"pub-1\"" : "";
            lab.Log.SendAll(
                Enumerable
                    .Range(0, 12)
                    .Select(i => new LiveRecord(
                        Topics.Labels,
                        $"bad-{i}",
                        $$"""{"type":"label","click":"bad-{{i}}","time":{{start + 1_000}},"valid":false,"source":"analyst"{{publisher}}}""",
                        start + 1_000
                    ))
            );
            lab.Log.SendAll([
                new LiveRecord(
                    Topics.Labels,
                    "nobody",
                    $$"""{"type":"label","click":"nobody","time":{{start + 1_000}},"valid":true,"source":"analyst"}""",
                    start + 1_000
                ),
            ]);
            JsonElement evidence = default;
            int asked = 0;
            await LiveWait.UntilAsync("labels are known", async () =>
            {
                // A label without publisher counts from the minute after its next one on, whatever second it comes in.
                await lab.Log.SendAsync(LiveEvents.Click($"later-{asked}", start + 180_000 + asked, "203.0.113.9"));
                JsonElement verdict = await lab.VerdictAsync($"later-{asked++}");
                return verdict.TryGetProperty("evidence", out JsonElement reasons)
                    && reasons.TryGetProperty("history", out evidence)
                    && evidence.GetProperty("clicks").GetDouble() > 11.5;
            });
            Assert.True(evidence.GetProperty("share").GetDouble() > 0.9);
            await run.StopAsync();
        }
        // Who starts anew knows them before its first verdict; so does who scores the log again, as far as they had
        // come by then.
        await using EngineRun again = await lab.StartAsync();
        await lab.Log.SendAsync(LiveEvents.Click("after", start + 240_000, "203.0.113.9"));
        Assert.Equal(
            12,
            (await lab.VerdictAsync("after"))
                .GetProperty("evidence")
                .GetProperty("history")
                .GetProperty("clicks")
                .GetDouble(),
            1
        );
        await again.StopAsync();
        string file = lab.Folder.File("again.jsonl");
        CommandRun scored = await Programs.EngineAsync(
            "rescore",
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            lab.Config,
            "--out",
            file
        );
        Assert.True(scored.ExitCode == 0, scored.ToString());
        // Other lines are workflows' results: what these clicks lost may have asked for a review.
        JsonElement line = (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))
            .Select(text => JsonDocument.Parse(text).RootElement)
            .Single(result => result.TryGetProperty("click", out JsonElement click) && click.GetString() == "after");
        Assert.Equal(12, line.GetProperty("evidence").GetProperty("history").GetProperty("clicks").GetDouble(), 1);
    }
}
