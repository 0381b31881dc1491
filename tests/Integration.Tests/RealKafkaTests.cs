using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>On Apache Kafka: what the in-process cluster can't show, or shows only in part.</summary>
[Collection(RealKafka.Tests)]
public class RealKafkaEndToEndTests(RealKafka kafka)
{
    [Fact]
    public async Task A_click_that_waits_is_decided_by_ticks_though_nothing_else_comes()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Garnet, new EngineYaml { Timestamps = "append" });
        await using EngineRun run = await lab.StartAsync();
        await lab.Log.SendAsync(LiveEvents.Expecting("waits", LiveEvents.Now));
        await lab.Log.SendAsync(LiveEvents.Expecting("has-path", LiveEvents.Now, "198.51.100.9"));
        await lab.Log.SendAsync(LiveEvents.Path("has-path", LiveEvents.Now, "198.51.100.9"));
        Assert.Equal("missing", (await lab.VerdictAsync("waits")).GetProperty("path").GetString());
        Assert.Equal("present", (await lab.VerdictAsync("has-path")).GetProperty("path").GetString());
        CommandRun end = await run.StopAsync();
        Assert.Contains("without ticks: 3", end.Out);
        var ticks = lab.Log.ReadAll(Topics.Interactions).Where(record => record.Message.Key == null).ToList();
        Assert.NotEmpty(ticks);
        Assert.All(ticks, tick => Assert.Equal("""{"type":"tick"}"""u8.ToArray(), tick.Message.Value));
    }

    [Fact]
    public async Task Missing_topics_are_made_as_the_contract_says()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any, new EngineYaml { Timestamps = "append" });
        await using EngineRun run = await lab.StartAsync();
        using Confluent.Kafka.IAdminClient admin = new Confluent.Kafka.AdminClientBuilder(
            new Confluent.Kafka.AdminClientConfig { BootstrapServers = lab.Brokers }
        ).Build();
        var topics = admin
            .GetMetadata(TimeSpan.FromSeconds(20))
            .Topics.ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);
        Assert.Equal((4, 1, 4), (topics[Topics.Interactions], topics[Topics.Settings], topics[Topics.DeadLetters]));
        async Task<string> ConfigAsync(string topic, string name) =>
            (
                await admin.DescribeConfigsAsync([
                    new() { Type = Confluent.Kafka.Admin.ResourceType.Topic, Name = topic },
                ])
            )[0]
                .Entries[name]
                .Value;
        Assert.Equal("LogAppendTime", await ConfigAsync(Topics.Interactions, "message.timestamp.type"));
        Assert.Equal("compact", await ConfigAsync(Topics.Settings, "cleanup.policy"));
        Assert.True(
            long.Parse(await ConfigAsync(Topics.Settings, "min.compaction.lag.ms"))
                >= long.Parse(await ConfigAsync(Topics.Interactions, "retention.ms"))
        );
        Assert.Equal("compact", await ConfigAsync(Topics.Standings, "cleanup.policy"));
        Assert.Equal("-1", await ConfigAsync(Topics.Bookmarks, "retention.ms"));
    }

    [Fact]
    public async Task Lanes_that_start_together_take_each_partition_over_once()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any, new EngineYaml { Lanes = 2 });
        lab.Log.SendAll(LiveEvents.Mixed(400, LiveEvents.Now - 10_000, 10));
        CommandRun end = await lab.RunUntilIdleAsync(lab.Redis);
        string[] lines =
        [
            .. end.Error.Split('\n').Where(line => line.Contains(" interactions-", StringComparison.Ordinal)),
        ];
        string[] taken =
        [
            .. lines
                .Where(line => line.Contains("taken over", StringComparison.Ordinal))
                .Select(line => line[line.IndexOf("interactions-", StringComparison.Ordinal)..].Split(':')[0]),
        ];
        Assert.Equal(["interactions-0", "interactions-1", "interactions-2", "interactions-3"], taken.Order());
        Assert.Equal(4, lines.Count(line => line.Contains("released at offset", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_path_seen_by_one_instance_is_a_replay_in_a_partition_of_another()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        await AcrossPartitionsTests.ShowReplayAsync(lab);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Labels_judge_the_clicks_of_later_minutes(bool placed)
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        await LabelTests.ShowAsync(lab, placed);
    }

    [Fact]
    public async Task A_settings_topic_of_two_partitions_is_refused()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        await lab.Log.MakeTopicAsync(Topics.Settings, 2);
        await using EngineRun run = EngineRun.Launch(lab.Brokers, lab.Redis.Address, lab.Config);
        CommandRun end = await run.EndAsync();
        Assert.Equal(2, end.ExitCode);
        Assert.Contains("'settings' has 2 partitions", end.Error);
        Assert.Contains("kafka-topics", end.Error);
    }
}

[Collection(RealKafka.Tests)]
public class RealKafkaExactlyOnceTests(RealKafka kafka)
{
    [Fact]
    public async Task Kills_in_the_middle_change_nothing()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        var disturbed = new Disturbed(lab, 30_000);
        await using (EngineRun first = await lab.StartAsync())
        {
            Task sending = disturbed.SendAsync(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
            await disturbed.ReachAsync(0.3);
            await first.Process.KillAsync();
            await sending;
        }
        await using (EngineRun second = await lab.StartAsync())
        {
            await disturbed.ReachAsync(0.5);
            await second.Process.KillAsync();
        }
        await disturbed.AgreesAsync();
    }

    [Fact]
    public async Task Take_overs_that_read_only_the_last_hours_of_a_log_again_change_nothing()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        await lab.Log.MakeTopicAsync(Topics.Settings, 1);
        // Sums decide, and so decide about sums: one that is a click off shows.
        await lab.Log.SendAsync(
            new LiveRecord(
                Topics.Settings,
                "rule/sums",
                """{"when":"int(network.clicks) % 5 == 3","then":{"class":"sivt"}}"""
            )
        );
        await lab.Log.SendAsync(
            new LiveRecord(
                Topics.Settings,
                "rule/visitors",
                """{"when":"visitor.share > 0.4 && visitor.share < 0.6","then":{"class":"sivt"}}"""
            )
        );
        var disturbed = new Disturbed(lab, 24_000, TimeSpan.FromHours(12));
        Task sending = disturbed.SendAsync(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken);
        foreach (double share in new[] { 0.4, 0.6, 0.8 })
        {
            await using EngineRun run = await lab.StartAsync();
            await disturbed.ReachAsync(share);
            for (int i = 0; i < 4; i++)
            {
                await run.Process.SaysAsync($"interactions-{i}: taken over at");
            }
            // Without it the next one reads all of the log again, as it must, and shows nothing.
            await LiveWait.UntilAsync("it is said how far sums are written", () =>
                Task.FromResult(
                    lab.Log.ReadAll(Topics.Standings)
                        .Any(record =>
                            System
                                .Text.Encoding.ASCII.GetString(record.Message.Key)
                                .StartsWith("written/", StringComparison.Ordinal)
                        )
                )
            );
            await run.Process.KillAsync();
            if (share == 0.8)
            {
                Assert.True(
                    run.Process.Error.Split('\n')
                        .Any(line =>
                            line.Contains(" interactions-", StringComparison.Ordinal)
                            && System.Text.RegularExpressions.Regex.IsMatch(line, "rebuilding from [1-9]")
                        ),
                    run.Process.Error
                );
            }
        }
        await sending;
        await disturbed.AgreesAsync();
    }

    [Fact]
    public async Task A_second_engine_that_joins_and_leaves_changes_nothing()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        var disturbed = new Disturbed(lab, 30_000);
        await using EngineRun first = await lab.StartAsync();
        Task sending = disturbed.SendAsync(TimeSpan.FromSeconds(12), TestContext.Current.CancellationToken);
        await disturbed.ReachAsync(0.1);
        await using (EngineRun second = await lab.StartAsync())
        {
            await second.Process.SaysAsync("taken over at offset");
            await first.Process.SaysAsync("released at offset");
            double now = await lab.Redis.ProgressAsync("engine") / 30_000.0;
            await disturbed.ReachAsync(Math.Min(0.9, now + 0.2));
            CommandRun end = await second.StopAsync();
            Assert.True(end.ExitCode == 0, end.ToString());
        }
        await sending;
        await lab.IsDecidedAsync();
        await first.StopAsync();
        await disturbed.AgreesAsync();
    }

    [Fact]
    public async Task A_zombie_writes_no_counts_after_its_partitions_have_gone()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        var disturbed = new Disturbed(lab, 30_000);
        await using EngineRun zombie = await lab.StartAsync();
        Task sending = disturbed.SendAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await disturbed.ReachAsync(0.2);
        zombie.Process.Signal(LiveProcess.Stop);
        await using EngineRun successor = await lab.StartAsync();
        await sending;
        // Progress is at the log's end before the last clicks that wait for paths are decided: whose counts come then
        // are the successor's.
        await LiveWait.UntilAsync("every click is counted", async () =>
            (await Outcome.OfAsync(lab.Redis, "engine")).Total("campaign", "clicks") == 30_000
        );
        Outcome before = await Outcome.OfAsync(lab.Redis, "engine");
        zombie.Process.Signal(LiveProcess.Continue);
        await zombie.NoticesThatItsPartitionsHaveGoneAsync();
        await successor.StopAsync();
        await zombie.StopAsync();
        Assert.Equal(before.Totals, (await Outcome.OfAsync(lab.Redis, "engine")).Totals);
        await disturbed.AgreesAsync();
    }
}
