using Confluent.Kafka;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>The workflows on Apache Kafka.</summary>
[Collection(RealKafka.AgainTests)]
public sealed class RealKafkaWorkflowTests(RealKafka kafka)
{
    [Fact]
    public async Task A_kill_in_the_middle_changes_nothing_and_the_log_scored_again_gives_what_is_left()
    {
        (Lab lab, WorkflowTraffic traffic) = await WorkflowTraffic.StartAsync(Redises.Any, kafka);
        await using Lab disposeLab = lab;
        Task sending;
        await using (EngineRun run = await lab.StartAsync())
        {
            sending = traffic.SendAsync(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
            await traffic.ReachAsync(0.3);
            await run.Process.KillAsync();
        }
        await sending;
        await traffic.AgreesAsync();

        SortedDictionary<string, string> live = await WorkflowTraffic.ResultsAsync(lab.Redis);
        string[] first = await RescoreWorkflowTests.RescoreAsync(lab, "first.jsonl");
        Assert.Equal(live, RescoreWorkflowTests.ResultsOf(first));
        Assert.Equal(first, await RescoreWorkflowTests.RescoreAsync(lab, "second.jsonl"));

        // A topic that isn't there is left out, and isn't made.
        using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = lab.Brokers })
            .SetLogHandler((_, _) => { })
            .Build();
        bool IsThere(string topic) => admin.GetMetadata(TimeSpan.FromSeconds(20)).Topics.Any(one => one.Topic == topic);
        await admin.DeleteTopicsAsync([Topics.Bindings, Topics.Labels]);
        await LiveWait.UntilAsync("the topics are gone", () => !IsThere(Topics.Bindings) && !IsThere(Topics.Labels));
        Assert.Equal(
            first.Where(line => !line.StartsWith("{\"topic\":\"bindings\"", StringComparison.Ordinal)),
            await RescoreWorkflowTests.RescoreAsync(lab, "third.jsonl")
        );
        Assert.False(IsThere(Topics.Bindings) || IsThere(Topics.Labels));
    }
}
