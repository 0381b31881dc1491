using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>
/// What an engine does that finds itself overtaken in Redis while Kafka still assigns it the partitions.
/// </summary>
public class OwnershipTests
{
    [Fact]
    public async Task Who_fails_on_the_owner_stops_at_once_and_takes_over_anew_a_session_later()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Garnet);
        var disturbed = new Disturbed(lab, 12_000);
        await using EngineRun run = await lab.StartAsync();
        lab.Log.SendAll(disturbed.Records[..3000]);
        await lab.IsDecidedAsync();
        long[] raised =
        [
            .. await Task.WhenAll(
                Enumerable
                    .Range(0, 4)
                    .Select(i => lab.Redis.Database.StringIncrementAsync($"owner:engine:{{interactions-{i}}}"))
            ),
        ];
        lab.Log.SendAll(disturbed.Records[3000..]);
        await LiveWait.UntilAsync("it leaves all partitions alone", () =>
            Enumerable
                .Range(0, 4)
                .All(i =>
                    run.Process.Error.Contains(
                        $"interactions-{i}: another instance owns it now",
                        StringComparison.Ordinal
                    )
                )
        );
        await lab.IsDecidedAsync();
        for (int i = 0; i < 4; i++)
        {
            Assert.True(
                (long)await lab.Redis.Database.StringGetAsync($"owner:engine:{{interactions-{i}}}") > raised[i]
            );
        }

        await run.StopAsync();
        await disturbed.AgreesAsync();
    }

    /// <summary>A former owner that writes late finds what its successor has written.</summary>
    [Theory]
    [InlineData(Redises.Server)]
    [InlineData(Redises.Garnet)]
    public async Task A_confirmed_verdict_and_a_later_standing_are_kept(string redis)
    {
        await using Lab lab = await Lab.EmbeddedAsync(redis);
        await using EngineRun run = await lab.StartAsync();
        long now = LiveEvents.Now;
        await lab.Log.SendAsync(
            new LiveRecord(Topics.Settings, "rule/ask", """{"when":"true","then":{"action":"confirm"}}""", now - 60_000)
        );
        await run.Process.SaysAsync("rule/ask changed");
        const string Confirmed = """{"click":"early","reasons":["confirmation.confirmed"]}""";
        string network = $"network:{LiveEvents.KeyOf("203.0.113.9")}";
        await lab.Redis.Database.StringSetAsync("verdict:early", Confirmed);
        await lab.Redis.Database.HashSetAsync(network, [new("score", "0.5"), new("last", now + 3_600_000)]);

        await lab.Log.SendAsync(LiveEvents.Click("early", now, "203.0.113.9"));
        await lab.Log.SendAsync(LiveEvents.Click("other", now + 2_000, "203.0.113.9"));
        Assert.Equal("confirm", (await lab.VerdictAsync("other")).GetProperty("action").GetString());
        await run.StopAsync();

        Assert.Equal(Confirmed, (await lab.Redis.Database.StringGetAsync("verdict:early")).ToString());
        Assert.Equal("0.5", (await lab.Redis.Database.HashGetAsync(network, "score")).ToString());
    }

    [Fact]
    public async Task Who_fails_on_the_offset_reads_progress_again_and_goes_on_from_there()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        var disturbed = new Disturbed(lab, 6000);
        await using EngineRun run = await lab.StartAsync();
        lab.Log.SendAll(disturbed.Records[..2000]);
        await lab.IsDecidedAsync();
        // The same offset in other words: nothing is lost and nothing done, but it isn't what this instance left there.
        for (int i = 0; i < 4; i++)
        {
            string key = $"progress:engine:{{interactions-{i}}}";
            await LiveWait.UntilAsync($"{key} is changed between two steps", async () =>
            {
                string progress = (await lab.Redis.Database.StringGetAsync(key)).ToString();
                string[] parts = progress.Split(' ');
                return (int)
                        await lab.Redis.Database.ScriptEvaluateAsync(
                            "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end redis.call('SET', KEYS[1], "
                                + "ARGV[2]) return 1",
                            [key],
                            [progress, $"{parts[0]} {long.Parse(parts[1]) - 1}"]
                        ) == 1;
            });
        }
        lab.Log.SendAll(disturbed.Records[2000..]);
        await lab.IsDecidedAsync();
        Assert.Contains("its progress is not where this instance left it", run.Process.Error);
        await run.StopAsync();
        await disturbed.AgreesAsync();
    }
}
