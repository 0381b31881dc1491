using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions;
using Engine.Partitions.Diagnostics;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Standing;
using StackExchange.Redis;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Taking partitions over and giving them back.</summary>
public sealed unsafe partial class Lane
{
    /// <summary>
    /// How far back of progress' log time the log is read again, so that windows, waiting halves and remembered ids are
    /// as they were: the longest window, event times 5 min off on either side, and the hour of ids.
    /// </summary>
    private static readonly TimeSpan ReadAgain =
        TimeSpan.FromHours(1) + TimeSpan.FromMinutes(10) + TimeSpan.FromHours(1);

    /// <summary>
    /// A full index of a million paths is read within seconds; a broker that takes longer must not cost the group's
    /// membership.
    /// </summary>
    private static readonly TimeSpan SignaturesWithin = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Labels, and the places of their clicks in <c>standings</c>, are read from the topics' beginning when the process
    /// starts; a hundred thousand take about a second.
    /// </summary>
    private static readonly TimeSpan LabelsWithin = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan StandingsWithin = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a lane that joined first waits for the process's others. Kafka gives the first to join everything, and
    /// half of it to the next a few seconds later: taking partitions over only to give them back would read their log
    /// twice.
    /// </summary>
    private static readonly TimeSpan LanesWithin = TimeSpan.FromSeconds(10);

    /// <summary>Once all have joined, what Kafka takes back again for them is told within this time.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Partitions that Kafka has assigned, and that aren't taken over before the process's other lanes have joined.
    /// </summary>
    private readonly HashSet<int> _heldBack = [];
    private long _startedAt,
        _allJoinedAt;

    private List<TopicPartitionOffset> Guarded(
        Func<List<TopicPartitionOffset>> assign,
        List<TopicPartition> partitions
    )
    {
        try
        {
            return assign();
        }
        catch (Exception e)
        {
            // An exception must not pass through librdkafka's frames; the lane ends with it.
            Fail(e);
            return Unread(partitions);
        }
    }

    /// <summary>
    /// Nobody reads what is assigned but isn't taken over: it begins at its end, and who takes it over later seeks.
    /// </summary>
    private static List<TopicPartitionOffset> Unread(List<TopicPartition> partitions) =>
        [.. partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End))];

    private List<TopicPartitionOffset> Assigned(List<TopicPartition> partitions)
    {
        HasJoined = true;
        if (partitions.Count == 0)
        {
            return [];
        }
        // While a lane leaves, Kafka may still give it what another that left before it had.
        if (_stop.IsCancellationRequested)
        {
            return Unread(partitions);
        }

        int[] numbers = [.. partitions.Select(partition => partition.Partition.Value)];
        if (WaitsForLanes())
        {
            _heldBack.UnionWith(numbers);
            Publish();
            return Unread(partitions);
        }
        // What could not be taken is read by nobody until it can be: Retake seeks.
        return TryTake(numbers) is { } taken ? ReadFrom(taken) : Unread(partitions);
    }

    /// <summary>Whether the process's lanes are still joining the group.</summary>
    private bool WaitsForLanes()
    {
        if (_allJoinedAt != 0 || _context.Clock.GetElapsedTime(_startedAt) > LanesWithin)
        {
            return false;
        }

        if (_context.LanesHaveJoined())
        {
            _allJoinedAt = _context.Clock.GetTimestamp();
        }

        return _allJoinedAt == 0;
    }

    /// <summary>
    /// Takes over what was held back, once all lanes have joined and Kafka hasn't taken it back for them.
    /// </summary>
    private void TakeHeldBack()
    {
        if (
            _heldBack.Count == 0
            || WaitsForLanes()
            || (_allJoinedAt != 0 && _context.Clock.GetElapsedTime(_allJoinedAt) < Settling)
        )
        {
            return;
        }

        int[] numbers = [.. _heldBack];
        _heldBack.Clear();
        if (TryTake(numbers) is { } taken)
        {
            SeekTo(taken);
        }
    }

    /// <summary>
    /// Takes partitions over; where Redis or a broker is away it is tried again a second later, as long as Kafka still
    /// assigns them. Null then.
    /// </summary>
    private List<(int Number, long From)>? TryTake(int[] numbers)
    {
        try
        {
            return Take(numbers);
        }
        catch (Exception e)
            when (e
                    is RedisConnectionException
                        or RedisTimeoutException
                        or RedisServerException
                        or KafkaException { Error.IsFatal: false }
            )
        {
            _context.Log.TakeOverWaits(
                string.Join(", ", numbers.Select(number => RedisKeys.Partition(Topics.Interactions, number))),
                e.Message.Split('\n')[0]
            );
            long again = _context.Clock.GetTimestamp() + _context.Clock.TimestampFrequency;
            foreach (int number in numbers)
            {
                if (_owned.TryGetValue(number, out OwnedPartition? begun))
                {
                    Release(begun);
                }

                _retakeAt[number] = again;
            }
            return null;
        }
    }

    /// <summary>
    /// Takes partitions over: first their owners are raised, so that what others still write fails; then what crosses
    /// partitions is read to its present end.
    /// </summary>
    private List<(int Number, long From)> Take(int[] numbers)
    {
        using System.Diagnostics.Activity? trace = Traces.TakeOver(numbers);
        IDatabase redis = _context.Redis.Redis.GetDatabase();
        PartitionClaim[] claims =
        [
            .. numbers.Select(number =>
                PartitionClaim.Raise(redis, _context.Keys, new TopicPartition(Topics.Interactions, number))
            ),
        ];
        // How far sums are written says from where the log is needed.
        if (!_context.Standings.CatchUp(StandingsWithin))
        {
            throw new TimeoutException(
                $"standings could not be read to their end within {StandingsWithin.TotalSeconds} s"
            );
        }

        var taken = new List<(int, long)>();
        foreach (PartitionClaim claim in claims)
        {
            taken.Add((claim.Partition.Partition.Value, Take(claim)));
        }

        RestoreStandings(taken);
        // Labels that came while somebody else owned them are looked for again.
        _labelsRead = 0;
        if (!_context.Signatures.CatchUp(SignaturesWithin))
        {
            _context.Log.SignaturesLate(SignaturesWithin.TotalSeconds);
        }

        if (!_context.Labels.CatchUp(LabelsWithin))
        {
            _context.Log.LabelsLate(LabelsWithin.TotalSeconds);
        }

        Publish();
        return taken;
    }

    /// <summary>
    /// Gives the partitions back what they have written of their sums, and what others have; each from the log time on
    /// that is read again.
    /// </summary>
    private void RestoreStandings(List<(int Number, long From)> taken)
    {
        PartitionState[] states = [.. taken.Select(one => _owned[one.Number].State)];
        // Whatever is written from here on comes by the follower; what comes twice changes nothing.
        foreach (PartitionState state in states)
        {
            _context.Standings.Join(state);
        }

        long since = taken.Min(one => _readFrom.GetValueOrDefault(one.Number));
        foreach (
            IGrouping<int, WrittenSums> written in StandingsReader
                .Read(_context.Consume.Kafka, _context.Keys.Prefix, _context.Hash, since)
                .GroupBy(one => one.Partition)
        )
        {
            foreach (PartitionState state in states)
            {
                if (state.Partition != written.Key)
                {
                    foreach (WrittenSums one in written)
                    {
                        state.Standings.Inbox.Add(one);
                    }
                }
                // A log that is read from its first record gives all its sums itself.
                else if (_owned[written.Key].Next > 0)
                {
                    state.Standings.Restore(written);
                }
            }
        }
    }

    /// <summary>Says from where a partition is read, and begins it.</summary>
    private long Take(PartitionClaim claim)
    {
        int number = claim.Partition.Partition.Value;
        // What a step of progress covered and didn't get out any more, hours of log time where an engine caught up, has
        // to be summed up again.
        ReadingPlan plan = claim.Plan(
            _consumer,
            _context.Keys,
            ReadAgain,
            _context.Standings.WrittenUpTo(number),
            _context.Clock,
            _context.Log
        );
        var state = new PartitionState(number, _context.Limits, _context.Timeline.Latest.Limits)
        {
            ResultsFrom = plan.ResultsFrom,
        };
        var delivery = new PartitionDelivery(
            state,
            _context.Keys,
            _context.Hash,
            claim.Owner,
            claim.Progress,
            _context.Deliver.TotalsTtl
        );
        _owned[number] = new OwnedPartition(state, delivery, plan.From);
        _readFrom[number] = plan.FromTime;
        _assignedAt = _context.Clock.GetTimestamp();
        _deliveries[state] = delivery;
        _retakeAt.Remove(number);
        return plan.From;
    }

    private void Revoked(List<TopicPartitionOffset> partitions)
    {
        OwnedPartition[] owned =
        [
            .. partitions
                .Select(partition => _owned.GetValueOrDefault(partition.Partition.Value))
                .OfType<OwnedPartition>(),
        ];
        try
        {
            Drain(owned);
        }
        catch (Exception e)
        {
            Fail(e);
        }
        foreach (OwnedPartition partition in owned)
        {
            Release(partition);
        }

        foreach (TopicPartitionOffset partition in partitions)
        {
            Forget(partition.Partition.Value);
        }
    }

    /// <summary>What Kafka has taken back isn't taken over any more.</summary>
    private void Forget(int number)
    {
        _retakeAt.Remove(number);
        _heldBack.Remove(number);
    }

    /// <summary>Somebody else may own them already: nothing more is written.</summary>
    private void Lost(List<TopicPartitionOffset> partitions)
    {
        foreach (TopicPartitionOffset partition in partitions)
        {
            if (_owned.TryGetValue(partition.Partition.Value, out OwnedPartition? owned))
            {
                Release(owned);
            }

            Forget(partition.Partition.Value);
        }
    }

    /// <summary>
    /// Writes what is decided and the progress that covers it, as long as Redis takes it in time; else the next owner
    /// decides it again.
    /// </summary>
    private void Drain(OwnedPartition[] partitions)
    {
        long since = _context.Clock.GetTimestamp();
        while (_context.Clock.GetElapsedTime(since) < DrainWithin)
        {
            bool done = true;
            foreach (OwnedPartition partition in partitions)
            {
                PartitionDelivery delivery = partition.Delivery;
                if (delivery.IsIdle && delivery.TakeOutcome() is CommitOutcome.NotOwner or CommitOutcome.OtherOffset)
                {
                    continue;
                }

                bool covered =
                    partition.Next <= partition.State.ResultsFrom || delivery.AcknowledgedOffset >= partition.Next;
                if (covered && delivery.IsIdle)
                {
                    continue;
                }

                done = false;
                delivery.Begin(partition.Next, _redis, _sender);
                delivery.Advance(_redis, _sender);
            }
            if (done)
            {
                break;
            }

            _redis.Wait(CommandTimeoutMs);
        }
        foreach (OwnedPartition partition in partitions)
        {
            partition.Delivery.SendStandings(_context.Kafka, _sender);
        }
    }

    /// <summary>The last sums, and how far they are written: whoever takes over needn't add them up again.</summary>
    private void SendLastStandings()
    {
        long since = _context.Clock.GetTimestamp();
        while (
            !_owned.Values.All(partition => partition.Delivery.StandingsAreSent)
            && _context.Clock.GetElapsedTime(since) < DrainWithin
        )
        {
            foreach (OwnedPartition partition in _owned.Values)
            {
                partition.Delivery.SendStandings(_context.Kafka, _sender);
            }

            _redis.Wait(CommandTimeoutMs);
        }
    }

    private void Release(OwnedPartition partition)
    {
        _owned.Remove(partition.State.Partition);
        if (partition.Fetched != null)
        {
            _fetch!.Remove(partition.Fetched);
        }

        _assignedAt = _context.Clock.GetTimestamp();
        _deliveries.Remove(partition.State);
        _context.Standings.Leave(partition.State);
        partition.State.Counts.AddTo(_released);
        _context.Log.PartitionReleased(
            partition.State.Name,
            Math.Max(partition.Delivery.AcknowledgedOffset, partition.State.ResultsFrom)
        );
        partition.State.Dispose();
        Publish();
    }

    /// <summary>
    /// Takes over what another owner wrote to, or what could not be taken, once that is due and if Kafka still assigns
    /// it.
    /// </summary>
    private void Retake()
    {
        if (_retakeAt.Count == 0)
        {
            return;
        }

        foreach ((int number, long at) in _retakeAt.ToArray())
        {
            if (_context.Clock.GetTimestamp() < at)
            {
                continue;
            }

            _retakeAt.Remove(number);
            var partition = new TopicPartition(Topics.Interactions, number);
            if (!_consumer.Assignment.Contains(partition))
            {
                continue;
            }

            if (TryTake([number]) is { } taken)
            {
                SeekTo(taken);
            }
        }
    }
}
