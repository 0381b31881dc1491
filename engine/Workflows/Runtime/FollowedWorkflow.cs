using System.Collections.Concurrent;
using Confluent.Kafka;
using Engine.Pipeline.Consume.Lanes;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Knowledge;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>Follows what a workflow's partitions remember, for another whose decisions use it
/// (<see cref="IDecider.Follows"/>), and tells it to the partitions that the process owns, which use it as their marks
/// say. Start it once; the lane adds and removes its partitions.</summary>
public sealed class FollowedWorkflow : IDisposable
{
    /// <summary>A million records take some ten seconds.</summary>
    private static readonly TimeSpan ReadWithin = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<PartitionKnowledge, bool> _owned = new();
    private readonly EngineContext _context;
    private readonly HostedWorkflow _workflow;
    private readonly CompiledSettings _compiled;
    private readonly RememberedLog _log;
    private readonly TopicFollower _topic;

    public FollowedWorkflow(EngineContext context, HostedWorkflow workflow, CompiledSettings compiled)
    {
        (_context, _workflow, _compiled) = (context, workflow, compiled);
        _log = NewLog();
        _topic = new TopicFollower(context.Consume.Kafka, Topic, Tell, context.Clock);
        _topic.Start();
    }

    private string Topic => _workflow.Topic;

    /// <summary>How far the topic is read.</summary>
    public KnownOffsets Read() => KnownOffsets.Nothing with { Followed = _topic.ReadUpTo() };

    /// <summary>Reads everything that is in the topic now.</summary>
    public void CatchUp()
    {
        if (!_topic.CatchUp(ReadWithin))
        {
            throw new TimeoutException($"{Topic} could not be read to the end in time");
        }
    }

    /// <summary>Tells partitions that are taken over what was told before, and from now on what comes. Their own marks
    /// must have begun.</summary>
    public void Join(IReadOnlyList<PartitionKnowledge> taken)
    {
        foreach (PartitionKnowledge partition in taken)
        {
            _owned[partition] = true;
        }

        // What is read from here on is told by the follower. What comes twice is skipped.
        using RememberedLog log = NewLog();
        Told<IReadOnlyList<RememberedField>>[] told =
        [
            .. TopicScan
                .Read(_context.Consume.Kafka, Topic, _context.Clock)
                .Select(log.Take)
                .OfType<Told<IReadOnlyList<RememberedField>>>(),
        ];
        foreach (PartitionKnowledge partition in taken)
        {
            partition.Followed!.Restore(told);
        }
    }

    public void Leave(PartitionKnowledge partition) => _owned.TryRemove(partition, out _);

    public void Dispose()
    {
        _topic.Dispose();
        _log.Dispose();
    }

    private RememberedLog NewLog() => new(_workflow, _context.Timeline, _compiled, _context.Hash);

    private void Tell(ConsumeResult<byte[], byte[]> record)
    {
        if (_log.Take(record) is not { } told)
        {
            return;
        }

        foreach (PartitionKnowledge partition in _owned.Keys)
        {
            partition.Followed!.Tell(told);
        }
    }
}
