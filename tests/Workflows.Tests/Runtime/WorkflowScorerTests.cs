using System.Text;
using Confluent.Kafka;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;
using Xunit;

namespace Workflows.Tests.Runtime;

/// <summary>The lines of a log scored again: values where they are decided, what they come to at the end.</summary>
public sealed class WorkflowScorerTests
{
    [Fact]
    public void Values_and_pushes_are_lines_in_their_order_and_counts_stand_at_the_end()
    {
        using var output = new MemoryStream();
        var decider = new TallyDecider();
        var hash = new KeyedHash(1, 2);
        var scorer = new WorkflowScorer(
            [new HostedWorkflow(decider, decider)],
            new SettingsTimeline(
                new SettingsBuilder(new SettingFiles(), decider.SettingKinds).Build("s-base", hash),
                TimeSpan.FromSeconds(2)
            ),
            hash,
            output
        );
        Take(1, 0, "b-1", 0);
        Take(0, 0, "b-2", 1_000);
        Take(0, 1, "b-2", 2_000);
        scorer.Take(Record(0, 2, "no event", 3_000));
        Take(1, 1, "b-3", 10_001);
        Assert.Equal(4, scorer.Results);
        scorer.End();

        Assert.Equal(
            [
                $$$"""{"topic":"bindings","key":"binding:b-1","result":{"sum":1,"recent":1,"time":{{{DeciderRun.Start}}},"settings":"s-base"}}""",
                $$$"""{"topic":"bindings","key":"binding:b-2","result":{"sum":1,"recent":1,"time":{{{DeciderRun.Start + 1_000}}},"settings":"s-base"}}""",
                $$$"""{"topic":"notifications","key":"acc-1","result":{"sum":1,"time":{{{DeciderRun.Start + 10_000}}}}}""",
                $$$"""{"topic":"bindings","key":"binding:b-3","result":{"sum":1,"recent":2,"time":{{{DeciderRun.Start + 10_001}}},"settings":"s-base"}}""",
                """{"topic":"bindings","key":"stats:binding:p-1:{bindings-0}","result":{"tallied":1}}""",
                """{"topic":"bindings","key":"stats:binding:p-1:{bindings-1}","result":{"tallied":2}}""",
            ],
            Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );

        void Take(int partition, long offset, string id, long after) =>
            scorer.Take(
                Record(
                    partition,
                    offset,
                    $$"""{"type":"binding","id":"{{id}}","time":{{DeciderRun.Start + after}},"page":"p-1","code":"x","account":"acc-1"}""",
                    after
                )
            );
    }

    private static ConsumeResult<byte[], byte[]> Record(int partition, long offset, string value, long after) =>
        new()
        {
            TopicPartitionOffset = new TopicPartitionOffset("bindings", partition, offset),
            Message = new Message<byte[], byte[]>
            {
                Key = "p-1"u8.ToArray(),
                Value = Encoding.UTF8.GetBytes(value),
                Timestamp = new Timestamp(DeciderRun.Start + after, TimestampType.CreateTime),
            },
        };
}
