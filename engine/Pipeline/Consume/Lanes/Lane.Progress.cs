using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Diagnostics;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Deliver;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>
/// What a lane sees to each turn beside records: steps of progress, ticks, and what it says of itself.
/// </summary>
public sealed partial class Lane
{
    /// <summary>ms without a record after which progress doesn't wait for its interval.</summary>
    private const int QuietMs = 250;

    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(250);

    private void SeeToProgress()
    {
        long now = _context.Clock.GetTimestamp();
        long interval = (long)(_context.Consume.ProgressInterval.TotalSeconds * _context.Clock.TimestampFrequency);
        long quiet = QuietMs * _context.Clock.TimestampFrequency / 1000;
        foreach (OwnedPartition partition in _owned.Values)
        {
            bool due = partition.TakeProgressDue(now, interval, quiet);
            if (due && partition.Next > partition.State.ResultsFrom)
            {
                partition.Delivery.Begin(partition.Next, _redis, _sender);
            }

            partition.Delivery.Advance(_redis, _sender);
            CommitOutcome outcome = partition.Delivery.TakeOutcome();
            partition.Delivery.SendStandings(_context.Kafka, _sender);
            switch (outcome)
            {
                case CommitOutcome.Done:
                    _consumer.StoreOffset(
                        new TopicPartitionOffset(
                            Topics.Interactions,
                            partition.State.Partition,
                            partition.Delivery.AcknowledgedOffset
                        )
                    );
                    break;
                case CommitOutcome.NotOwner:
                    _context.Log.OwnerLost(partition.State.Name);
                    Release(partition);
                    _retakeAt[partition.State.Partition] =
                        now + (long)(_context.Consume.SessionTimeout.TotalSeconds * _context.Clock.TimestampFrequency);
                    return;
                case CommitOutcome.OtherOffset:
                    _context.Log.ProgressMoved(partition.State.Name);
                    Release(partition);
                    _retakeAt[partition.State.Partition] = now;
                    return;
            }
        }
        if (now - _lookedAt < Math.Min(interval, _context.Clock.TimestampFrequency))
        {
            return;
        }

        _lookedAt = now;
        SeeToLabels(now);
        Publish();
        TellRedis();
    }

    /// <summary>
    /// Where something that waits falls due by reckoned log time, a tick carries that time into the log.
    /// </summary>
    private void SeeToTicks()
    {
        foreach (OwnedPartition partition in _owned.Values)
        {
            if (partition.EndSince == 0 || partition.Next < partition.State.ResultsFrom)
            {
                continue;
            }

            long due = partition.State.NextDeadline;
            if (due == long.MaxValue)
            {
                continue;
            }

            long reckoned = partition.ReckonedLogTime(_context.Clock);
            if (
                reckoned <= due
                || (partition.TickedAt != 0 && _context.Clock.GetElapsedTime(partition.TickedAt) < TickEvery)
            )
            {
                continue;
            }

            partition.TickedAt = _context.Clock.GetTimestamp();
            _context.Kafka.Tick(_sender, Topics.Interactions, partition.State.Partition, reckoned);
        }
    }

    private void Publish()
    {
        var counts = new PartitionCounts();
        _released.AddTo(counts);
        foreach (OwnedPartition partition in _owned.Values)
        {
            partition.State.Counts.AddTo(counts);
        }

        _published = counts;
        _status = new LaneStatus(
            HasJoined,
            _heldBack.Count > 0 ? "partitions are taken over once all lanes have joined"
                : _retakeAt.Count > 0 ? "partitions could not be taken over yet"
                : _owned.Values.Select(partition => partition.Waits).FirstOrDefault(waits => waits != null)
                    ?? (_redis.IsIdle ? null : "Redis owes replies"),
            _owned.Values.Select(partition => partition.BusyAt).Append(_assignedAt).Max(),
            _owned.Values.Sum(partition => partition.EndSince != 0 ? 0 : Lag(partition)),
            _owned.Values.Sum(partition => (long)partition.State.WaitingClicks.Count),
            _owned.Values.Sum(partition =>
                partition.State.Clicks.Evictions + partition.State.Pairs.Evictions + partition.State.Standings.Evictions
            ),
            [.. _owned.Values.Select(partition => partition.State.Name)],
            _redis.Down ?? _redis.LastRefusal,
            _latency.Quantile(0.5) / 1000.0,
            _latency.Quantile(0.99) / 1000.0
        );
    }

    private long Lag(OwnedPartition partition)
    {
        if (partition.Fetched is { } fetched)
        {
            return Math.Max(0, fetched.LastStable - partition.Next);
        }

        try
        {
            WatermarkOffsets ends = _consumer.GetWatermarkOffsets(
                new TopicPartition(Topics.Interactions, partition.State.Partition)
            );
            return ends.High == Offset.Unset ? 0 : Math.Max(0, ends.High.Value - partition.Next);
        }
        catch (KafkaException)
        {
            return 0;
        }
    }
}
