using Confluent.Kafka;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>
/// Decides the logs of the workflows again, without Redis, by the code that decides them live
/// (<see cref="PartitionRun"/>): whoever reads them gives them record by record, merged as the contract says, and calls
/// <see cref="End"/> behind the last. One thread.
/// </summary>
/// <param name="workflows">Each with a topic of its own.</param>
/// <param name="output">Where lines go: <see cref="ResultLines"/>.</param>
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

    /// <summary>How many results were written.</summary>
    public long Results => _lines.Written;

    /// <summary>
    /// The next record of a decider's topic. What can't be used changes nothing: the engine that ran has sent it to
    /// dead-letters.
    /// </summary>
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

    /// <summary>Writes what all events together have come to.</summary>
    public void End() => _lines.WriteSums();
}
