using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>The log changes under a running engine: retention overtakes it, or the topic is another one.</summary>
[Collection(RealKafka.AgainTests)]
public sealed class RealKafkaLogTests(RealKafka kafka)
{
    /// <summary>Clicks fetched by lanes, clicks fetched by librdkafka, and a workflow's events, which it always
    /// fetches.</summary>
    public static TheoryData<string, bool> Readers =>
        new()
        {
            { Topics.Interactions, true },
            { Topics.Interactions, false },
            { Topics.Processes, true },
        };

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Where_retention_overtakes_an_engine_it_says_so_and_goes_on_from_the_logs_start(
        string topic,
        bool directFetch
    )
    {
        await using Lab lab = await LabAsync(topic, directFetch);
        await using EngineRun run = await lab.StartAsync();
        lab.Log.SendAll(Events(topic, "before", 200));
        await IsDecidedAsync(lab, topic);
        run.Process.Signal(LiveProcess.Stop);
        lab.Log.SendAll(Events(topic, "lost", 200));
        await DeleteRecordsAsync(lab, topic);
        run.Process.Signal(LiveProcess.Continue);
        lab.Log.SendAll(Events(topic, "after", 200));

        await run.Process.SaysAsync("is no longer in the log");
        await run.Process.SaysAsync("is before the log's start");
        await LiveWait.UntilAsync("those after are decided", async () => await CountAsync(lab, topic, "after") == 200);
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        // What was fetched before the pause may be decided; the rest is lost to retention, and said to be.
        Assert.True(await CountAsync(lab, topic, "lost") < 200);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Where_the_topic_was_made_anew_an_engine_ends_as_it_would_at_a_start(
        string topic,
        bool directFetch
    )
    {
        await using Lab lab = await LabAsync(topic, directFetch);
        await using EngineRun run = await lab.StartAsync();
        lab.Log.SendAll(Events(topic, "before", 200));
        await IsDecidedAsync(lab, topic);
        using IAdminClient admin = Admin(lab);
        await admin.DeleteTopicsAsync([topic]);
        await LiveWait.UntilAsync("the topic is made anew", async () =>
        {
            try
            {
                await lab.Log.MakeTopicAsync(topic, 4);
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

    private async Task<Lab> LabAsync(string topic, bool directFetch)
    {
        Lab lab = await Lab.RealAsync(
            kafka,
            Redises.Any,
            new EngineYaml
            {
                Timestamps = "append",
                Lanes = 1,
                Samples = true,
                DirectFetch = directFetch,
            }
        );
        await lab.Log.MakeTopicAsync(topic, 4);
        return lab;
    }

    private static Task IsDecidedAsync(Lab lab, string topic)
    {
        long count = lab.Log.Count(topic);
        return LiveWait.UntilAsync($"progress is at {count}", async () =>
            await lab.Redis.ProgressAsync("engine", topic: topic) >= count
        );
    }

    private static async Task<int> CountAsync(Lab lab, string topic, string name) =>
        topic == Topics.Interactions
            ? (await lab.Redis.StringsAsync($"verdict:{name}-")).Count
            : lab.Redis.Keys($"priority:{{refund-review}}:{name}-").Count;

    private static IAdminClient Admin(Lab lab) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = lab.Brokers }).Build();

    private static async Task DeleteRecordsAsync(Lab lab, string topic)
    {
        using IAdminClient admin = Admin(lab);
        await admin.DeleteRecordsAsync(
            Enumerable.Range(0, 4).Select(i => new TopicPartitionOffset(topic, i, Offset.End))
        );
    }

    private static IEnumerable<LiveRecord> Events(string topic, string name, int count) =>
        Enumerable
            .Range(0, count)
            .Select(i =>
                topic == Topics.Interactions
                    ? LiveEvents.Click($"{name}-{i}", LiveEvents.Now, $"198.51.{i % 100}.{i % 7 + 1}")
                    : new LiveRecord(topic, $"{name}-{i}", Started($"{name}-{i}"))
            );

    private static string Started(string instance) =>
        $$"""{"type":"process-started","time":{{LiveEvents.Now}},"process":"refund-review","instance":"{{instance}}"}""";
}
