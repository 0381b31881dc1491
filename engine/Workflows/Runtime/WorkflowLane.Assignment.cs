using Confluent.Kafka;
using Engine.Partitions;
using Engine.Partitions.Diagnostics;
using Engine.Pipeline;
using Engine.Pipeline.Consume;
using Engine.Workflows.Module;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Engine.Workflows.Runtime;

/// <summary>Taking partitions over and giving them back.</summary>
public sealed partial class WorkflowLane
{
    /// <summary>
    /// What is read again beside a decider's own windows: the hour of ids, and event times 5 min off on either side.
    /// </summary>
    private static readonly TimeSpan IdsAndTimes = TimeSpan.FromHours(1) + TimeSpan.FromMinutes(10);

    private IEnumerable<TopicPartitionOffset> Guarded(List<TopicPartition> partitions)
    {
        _hasJoined = true;
        // While it leaves, Kafka may still give it what another instance that left before it had.
        if (_stop.IsCancellationRequested)
        {
            return partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End));
        }

        try
        {
            return [.. partitions.Select(partition => new TopicPartitionOffset(partition, TakeOver(partition)))];
        }
        catch (Exception e)
        {
            // An exception must not pass through librdkafka's frames; the lane ends with it.
            Fail(e);
            return partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End));
        }
    }

    /// <summary>
    /// Raises the owner, reads progress and what the decider remembers, and says from where the partition is read.
    /// </summary>
    private long TakeOver(TopicPartition partition)
    {
        IDecider decider = _deciders[partition.Topic];
        PartitionClaim? claim = null;
        HashEntry[] remembered = [];
        while (
            !Attempt(() =>
            {
                claim = PartitionClaim.Raise(Redis, _context.Keys, partition);
                remembered = Redis.HashGetAll(_context.Keys.State(claim.Name));
            })
        )
        {
            if (_stop.Token.WaitHandle.WaitOne(RetryEvery))
            {
                throw new OperationCanceledException("stopped while Redis was away");
            }
        }
        ReadingPlan plan = claim!.Plan(
            _consumer,
            _context.Keys,
            decider.LongestWindow + IdsAndTimes,
            long.MaxValue,
            _context.Clock,
            _context.Log
        );
        var run = new PartitionRun(
            decider,
            partition.Partition.Value,
            _context.Timeline,
            _compiled,
            _context.Hash,
            plan.ResultsFrom,
            plan.LogTime
        );
        foreach (HashEntry entry in remembered.OrderBy(entry => (string)entry.Name!, StringComparer.Ordinal))
        {
            run.Restore(entry.Name!, entry.Value!);
        }

        var delivery = new WorkflowDelivery(
            claim,
            run,
            _context.Keys,
            _context.Deliver.VerdictTtl,
            _context.Deliver.TotalsTtl
        );
        _owned[partition] = new OwnedWorkflow(run, delivery, plan);
        _assignedAt = _context.Clock.GetTimestamp();
        _retakeAt.Remove(partition);
        Tell();
        return plan.From;
    }

    private void Released(List<TopicPartitionOffset> partitions)
    {
        foreach (TopicPartitionOffset partition in partitions)
        {
            Release(partition.TopicPartition);
            _retakeAt.Remove(partition.TopicPartition);
        }
    }

    /// <summary>Lets a partition go. What of its last turn isn't written yet, the next owner decides again.</summary>
    private void Release(TopicPartition partition)
    {
        if (!_owned.Remove(partition, out OwnedWorkflow? owned))
        {
            return;
        }

        _assignedAt = _context.Clock.GetTimestamp();
        owned.Run.Counts.AddTo(_released[partition.Topic]);
        owned.Run.Dispose();
        _context.Log.PartitionReleased(owned.Run.Name, Math.Max(owned.WrittenTo, owned.ResultsFrom));
        Tell();
    }

    /// <summary>Takes over anew what another owner wrote to, once that is due and if Kafka still assigns it.</summary>
    private void Retake()
    {
        foreach ((TopicPartition partition, long at) in _retakeAt.ToArray())
        {
            if (_context.Clock.GetTimestamp() < at)
            {
                continue;
            }

            _retakeAt.Remove(partition);
            if (_consumer.Assignment.Contains(partition))
            {
                _consumer.Seek(new TopicPartitionOffset(partition, TakeOver(partition)));
            }
        }
    }

    /// <summary>A partition that the lane owns.</summary>
    private sealed class OwnedWorkflow(PartitionRun run, WorkflowDelivery delivery, ReadingPlan plan)
    {
        public PartitionRun Run { get; } = run;
        public WorkflowDelivery Delivery { get; } = delivery;

        /// <summary>Records before it are read again without results.</summary>
        public long ResultsFrom { get; } = plan.ResultsFrom;

        /// <summary>The next offset to be read.</summary>
        public long Next { get; set; } = plan.From;

        /// <summary>Results of all records before it are acknowledged.</summary>
        public long WrittenTo { get; set; } = plan.From;

        /// <summary>Monotonic time at which the partition's end was met; 0 while there is more.</summary>
        public long EndSince { get; set; }

        public long TickedAt { get; set; }
        public long BusyAt { get; set; }

        /// <summary>
        /// What is missing until the partition is read to its end and all results are acknowledged; null where nothing
        /// is.
        /// </summary>
        public string? Waits =>
            EndSince == 0 ? $"{Run.Name} is read to offset {Next}, and its end isn't met"
            : WrittenTo < Next ? $"{Run.Name} is decided to offset {Next}, and written to {WrittenTo}"
            : null;
    }
}
