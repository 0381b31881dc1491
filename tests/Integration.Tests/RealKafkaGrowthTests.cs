using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>Partitions are added to topics while an engine runs.</summary>
[Collection(RealKafka.Tests)]
public sealed class RealKafkaGrowthTests(RealKafka kafka)
{
    [Fact]
    public async Task Partitions_added_to_clicks_and_labels_are_read_by_a_running_engine()
    {
        string[] topics = [Topics.Interactions, Topics.Labels];
        await using Lab lab = await Lab.RealAsync(
            kafka,
            Redises.Any,
            new EngineYaml { Timestamps = "append", Lanes = 1 }
        );
        foreach (string topic in topics)
        {
            await lab.Log.MakeTopicAsync(topic, 1);
        }

        await using EngineRun run = await lab.StartAsync();
        using (
            IAdminClient admin = new AdminClientBuilder(
                new AdminClientConfig { BootstrapServers = lab.Brokers }
            ).Build()
        )
        {
            await admin.CreatePartitionsAsync(
                topics.Select(topic => new PartitionsSpecification { Topic = topic, IncreaseTo = 2 })
            );
            await LiveWait.UntilAsync("the broker has added them", () =>
                topics.All(topic => admin.GetMetadata(topic, LiveWait.Patience).Topics.Single().Partitions.Count == 2)
            );
        }

        // A producer that has written before would learn of the partition minutes later.
        using var log = new LiveLog(lab.Brokers);
        await log.SendAsync(LiveEvents.Click("added", LiveEvents.Now) with { Partition = 1 });
        await log.SendAsync(new LiveRecord(Topics.Labels, "added", "no label", partition: 1));

        await lab.VerdictAsync("added");
        await LiveWait.UntilAsync("the bad label is a dead letter", () =>
            lab
                .Log.ReadAll(Topics.DeadLetters)
                .Any(letter =>
                    letter.Message.Headers.TryGetLastBytes("error.partition", out byte[] partition)
                    && partition is [(byte)'1']
                )
        );
        CommandRun end = await run.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
    }
}
