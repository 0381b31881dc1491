using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Consume.Rescore;
using Engine.Pipeline.Knowledge;
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
        if (!_runs.TryGetValue(message.TopicPartition, out PartitionRun? run))
        {
            _runs[message.TopicPartition] = run = Open(message.Topic, message.Partition.Value);
        }

        _lines.Topic = message.Topic;
        run.Take(KafkaRecord.Of(message), _lines);
    }

    /// <summary>Opens the partitions whose decisions use what others told, which must know of each other from the first
    /// record on.</summary>
    /// <param name="knowledge">What partitions told each other.</param>
    /// <param name="networks">The maximum number of networks to remember.</param>
    /// <param name="partitions">Returns the number of partitions of a topic.</param>
    public void Join(RescoreKnowledge knowledge, int networks, Func<string, int> partitions)
    {
        foreach (HostedWorkflow workflow in _workflows.Values)
        {
            if (workflow.Decider.UsesStandings)
            {
                JoinStandings(workflow.Topic, knowledge, networks, partitions(workflow.Topic));
            }
            else if (workflow.Decider.Follows is { } followed && partitions(followed) > 0)
            {
                JoinFollowed(workflow.Topic, _workflows[followed], knowledge, partitions(workflow.Topic));
            }
        }
    }

    private void JoinStandings(string topic, RescoreKnowledge knowledge, int networks, int partitions)
    {
        for (int i = 0; i < partitions; i++)
        {
            var view = new StandingsView(networks);
            var known = new PartitionKnowledge(knowledge.MarksOf(RedisKeys.Partition(topic, i)), view.Take);
            knowledge.Join(known);
            _runs[new TopicPartition(topic, i)] = Open(topic, i, view, known);
        }
    }

    private void JoinFollowed(string topic, HostedWorkflow followed, RescoreKnowledge knowledge, int partitions)
    {
        var log = new RememberedLog(followed, timeline, _compiled, hash);
        List<PartitionKnowledge> joined = [];
        Action<KnownOffsets> reach = knowledge.Follow(followed.Topic, record =>
        {
            if (log.Take(record) is { } told)
            {
                joined.ForEach(known => known.Followed!.Tell(told));
            }
        });
        for (int i = 0; i < partitions; i++)
        {
            IDeciderPartition? memory = null;
            var known = new PartitionKnowledge(knowledge.MarksOf(RedisKeys.Partition(topic, i)), _ => { })
            {
                Followed = new(fields => PartitionRun.Learn(memory!, fields)),
                Reach = reach,
            };
            joined.Add(known);
            PartitionRun run = Open(topic, i, knowledge: known);
            memory = run.Memory;
            _runs[new TopicPartition(topic, i)] = run;
        }
    }

    private PartitionRun Open(
        string topic,
        int partition,
        StandingsView? standings = null,
        PartitionKnowledge? knowledge = null
    ) =>
        new(_workflows[topic], partition, timeline, _compiled, hash, liveFromOffset: 0, logTime: 0)
        {
            Standings = standings ?? new StandingsView(0),
            Knowledge = knowledge,
        };

    /// <summary>Writes the sums over all events.</summary>
    public void End() => _lines.WriteSums();
}
