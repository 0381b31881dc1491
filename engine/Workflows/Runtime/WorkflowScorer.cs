using Confluent.Kafka;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>Decides the logs of the workflows again without Redis, with the same code as live
/// (<see cref="PartitionRun"/>). The caller passes the records one by one in the documented merge order, and calls
/// <see cref="End"/> after the last one. Not thread-safe.</summary>
/// <param name="workflows">The workflows, each with its own topic.</param>
/// <param name="output">The output for lines, see <see cref="ResultLines"/>.</param>
public sealed class WorkflowScorer(
    IEnumerable<HostedWorkflow> workflows,
    SettingsTimeline timeline,
    KeyedHash hash,
    Stream output
)
{
    private readonly Dictionary<string, HostedWorkflow> _workflows = workflows.ToDictionary(workflow => workflow.Topic);
    private readonly Dictionary<TopicPartition, PartitionRun> _runs = [];
    private readonly CompiledSettings _compiled = new();
    private readonly ResultLines _lines = new(output);

    /// <summary>The number of results written.</summary>
    public long Results => _lines.Written;

    /// <summary>Consumes the next record of a decider's topic. Unusable records are ignored: the live engine has sent
    /// them to dead-letters.</summary>
    public void Take(ConsumeResult<byte[], byte[]> message)
    {
        HostedWorkflow workflow = _workflows[message.Topic];
        if (!_runs.TryGetValue(message.TopicPartition, out PartitionRun? run))
        {
            _runs[message.TopicPartition] = run = new PartitionRun(
                workflow,
                message.Partition.Value,
                timeline,
                _compiled,
                hash,
                liveFromOffset: 0,
                logTime: 0
            );
        }

        _lines.Topic = workflow.Topic;
        run.Take(KafkaRecord.Of(message), _lines);
    }

    /// <summary>Writes the sums over all events.</summary>
    public void End() => _lines.WriteSums();
}
