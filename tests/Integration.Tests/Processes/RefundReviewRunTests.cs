using System.Text.Json.Nodes;
using Engine.Contracts;
using Integration.Tests.Bindings;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Processes;

/// <summary>
/// Verdicts feed priority: what a campaign loses opens its refund review and goes on moving that, by an engine that
/// runs.
/// </summary>
public sealed class RefundReviewRunTests
{
    [Fact]
    public async Task A_campaigns_losses_open_its_review_and_raise_it_and_a_second_group_adds_no_events()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        lab.Folder.Write("settings/campaigns.yaml", "campaign/cmp-1: { review_above: { lost_micros: 5000 } }\n");
        lab.Folder.Write(
            "settings/processes.yaml",
            """
            process/refund-review: { levels: [1, 3, 10], default: 3, attributes: { lost_micros: integer }, directives: [ { id: big, rule: { when: "context.lost_micros > 20000", level: 10 } } ] }

            """
        );
        long start = LiveEvents.Now - 400_000;
        await using (EngineRun run = await lab.StartAsync())
        {
            lab.Log.SendAll(Invalid(start, 0, 15));
            await LiveWait.UntilAsync("the review is open", async () => (await ReviewsAsync(lab)).Length == 1);
            JsonNode open = Assert.Single(await ReviewsAsync(lab));
            Assert.Equal(
                (3, "default", "waiting"),
                ((int)open["level"]!, (string)open["directive"]!, (string)open["state"]!)
            );
            lab.Log.SendAll(Invalid(start, 15, 60));
            await LiveWait.UntilAsync("the review is urgent", async () =>
                (int)(await ReviewsAsync(lab))[0]["level"]! == 10
            );
            Assert.Equal("big", (string?)Assert.Single(await ReviewsAsync(lab))["directive"]);
            Assert.Equal(
                (string)open["instance"]!,
                (await lab.Redis.Database.SortedSetRangeByRankAsync("priority:queue:{refund-review}"))
                    .Single()
                    .ToString()
            );
            await run.StopAsync();
        }
        int events = Sent(lab);
        Assert.True(events >= 3, $"{events} events were sent");

        LiveResults other = await lab.AnotherRedisAsync(Redises.Any);
        await lab.RunUntilIdleAsync(other, "--group", "second", "--prefix", Lab.Second);
        Assert.Equal(events, Sent(lab));
        Assert.Single(other.Keys($"{Lab.Second}priority:{{refund-review}}:"));
    }

    /// <summary>Clicks of declared crawlers, a thousand micros each, five seconds apart.</summary>
    private static IEnumerable<LiveRecord> Invalid(long start, int from, int to) =>
        Enumerable
            .Range(from, to - from)
            .Select(i =>
                LiveEvents.Click(
                    $"bad-{i}",
                    start + i * 5_000,
                    $"198.51.{i % 3}.7",
                    ""","ua":"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" """.TrimEnd()
                )
            );

    private static async Task<JsonNode[]> ReviewsAsync(Lab lab) =>
        [
            .. (await lab.Redis.StringsAsync("priority:{refund-review}:rr-cmp-1-")).Values.Select(json =>
                JsonNode.Parse(json)!
            ),
        ];

    private static int Sent(Lab lab) => lab.Log.ReadAll(Topics.Processes).Count(record => record.Message.Key != null);
}
