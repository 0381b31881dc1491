using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>The log changes under a running engine: retention overtakes it, or the topic is another one.</summary>
[Collection(RealKafka.Tests)]
public sealed class RealKafkaLogTests(RealKafka kafka)
{
    [Fact]
    public async Task Where_retention_overtakes_an_engine_it_says_so_and_goes_on_from_the_logs_start()
    {
        await using Lab lab = await LabAsync();
        await using EngineRun run = await lab.StartAsync();
        lab.Log.SendAll(Clicks("before", 200));
        await lab.IsDecidedAsync();
        run.Process.Signal(LiveProcess.Stop);
        lab.Log.SendAll(Clicks("lost", 200));
        await DeleteRecordsAsync(lab);
        run.Process.Signal(LiveProcess.Continue);
        lab.Log.SendAll(Clicks("after", 200));

        await run.Process.SaysAsync("is no longer in the log");
        await run.Process.SaysAsync("is before the log's start");
        await LiveWait.UntilAsync("those after are decided", async () =>
            (await lab.Redis.StringsAsync("verdict:after-")).Count == 200
        );
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        // What was fetched before the pause may be decided; the rest is lost to retention, and said to be.
        Assert.True((await lab.Redis.StringsAsync("verdict:lost-")).Count < 200);
    }

    [Fact]
    public async Task Where_the_topic_was_made_anew_an_engine_ends_as_it_would_at_a_start()
    {
        await using Lab lab = await LabAsync();
        await using EngineRun run = await lab.StartAsync();
        lab.Log.SendAll(Clicks("before", 200));
        await lab.IsDecidedAsync();
        using IAdminClient admin = Admin(lab);
        await admin.DeleteTopicsAsync([Topics.Interactions]);
        await LiveWait.UntilAsync("the topic is made anew", async () =>
        {
            try
            {
                await lab.Log.MakeTopicAsync(Topics.Interactions, 4);
                return true;
            }
            catch (CreateTopicsException)
            {
                return false;
            }
        });

        CommandRun end = await run.EndAsync(TimeSpan.FromSeconds(90));
        Assert.True(end.ExitCode == 1, end.ToString());
        Assert.Contains("is past the log's end 0", end.Error);
    }

    private async Task<Lab> LabAsync()
    {
        Lab lab = await Lab.RealAsync(
            kafka,
            Redises.Any,
            new EngineYaml { Timestamps = "append", Lanes = 1 }
        );
        await lab.Log.MakeTopicAsync(Topics.Interactions, 4);
        return lab;
    }

    private static IAdminClient Admin(Lab lab) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = lab.Brokers }).Build();

    private static async Task DeleteRecordsAsync(Lab lab)
    {
        using IAdminClient admin = Admin(lab);
        await admin.DeleteRecordsAsync(
            Enumerable.Range(0, 4).Select(i => new TopicPartitionOffset(Topics.Interactions, i, Offset.End))
        );
    }

    private static IEnumerable<LiveRecord> Clicks(string name, int count) =>
        Enumerable
            .Range(0, count)
            .Select(i => LiveEvents.Click($"{name}-{i}", LiveEvents.Now, $"198.51.{i % 100}.{i % 7 + 1}"));
}
