using System.Globalization;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Standing;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Engine.Pipeline.Consume;

/// <summary>Taking partitions over and giving them back.</summary>
public sealed unsafe partial class Lane
{
    /// <summary>
    /// How far back of progress' log time the log is read again, so that windows, waiting halves and remembered ids are as they were: the
    /// longest window, event times 5 min off on either side, and the hour of ids.
    /// </summary>
    private static readonly TimeSpan ReadAgain = TimeSpan.FromHours(1) + TimeSpan.FromMinutes(10) + TimeSpan.FromHours(1);

    private static readonly TimeSpan BrokerAnswersWithin = TimeSpan.FromSeconds(10);

    /// <summary>A full index of a million paths is read within seconds; a broker that takes longer must not cost the group's membership.</summary>
    private static readonly TimeSpan SignaturesWithin = TimeSpan.FromSeconds(60);

    /// <summary>Labels, and the places of their clicks in <c>standings</c>, are read from the topics' beginning when the process starts; a hundred thousand take about a second.</summary>
    private static readonly TimeSpan LabelsWithin = TimeSpan.FromSeconds(60);

    private IEnumerable<TopicPartitionOffset> Guarded(Func<List<TopicPartitionOffset>> assign, List<TopicPartition> partitions)
    {
        try
        {
            return assign();
        }
        catch (Exception e)
        {
            // An exception must not pass through librdkafka's frames; the lane ends with it.
            Fail(e);
            return partitions.Select(partition => new TopicPartitionOffset(partition, Offset.End));
        }
    }

    private List<TopicPartitionOffset> Assigned(List<TopicPartition> partitions) =>
        partitions.Count == 0 ? [] : [.. Take([.. partitions.Select(partition => partition.Partition.Value)]).Select(taken => new TopicPartitionOffset(Topics.Interactions, taken.Number, taken.From))];

    /// <summary>Takes partitions over: first their owners are raised, so that what others still write fails; then what crosses partitions is read to its present end.</summary>
    private List<(int Number, long From)> Take(int[] numbers)
    {
        using System.Diagnostics.Activity? trace = Traces.TakeOver(numbers);
        var taken = new List<(int, long)>();
        foreach (int number in numbers) taken.Add((number, Take(number)));
        RestoreStandings(taken);
        // Labels that came while somebody else owned them are looked for again.
        _labelsRead = 0;
        if (!_context.Signatures.CatchUp(SignaturesWithin)) _context.Log.SignaturesLate(SignaturesWithin.TotalSeconds);
        if (!_context.Labels.CatchUp(LabelsWithin) || !_context.Standings.CatchUp(LabelsWithin)) _context.Log.LabelsLate(LabelsWithin.TotalSeconds);
        Publish();
        return taken;
    }

    /// <summary>Gives the partitions back what they have written of their sums, and what others have; each from the log time on that is read again.</summary>
    private void RestoreStandings(List<(int Number, long From)> taken)
    {
        PartitionState[] states = [.. taken.Select(one => _owned[one.Number].State)];
        // Whatever is written from here on comes by the follower; what comes twice changes nothing.
        foreach (PartitionState state in states) _context.Standings.Join(state);
        long since = taken.Min(one => _readFrom.GetValueOrDefault(one.Number));
        foreach (IGrouping<int, WrittenSums> written in StandingsReader.Read(_context.Consume.Kafka, _context.Keys.Prefix, _context.Hash, since).GroupBy(one => one.Partition))
            foreach (PartitionState state in states)
            {
                if (state.Partition != written.Key)
                {
                    foreach (WrittenSums one in written) state.Standings.Inbox.Add(one);
                }
                // A log that is read from its first record gives all its sums itself.
                else if (_owned[written.Key].Next > 0) state.Standings.Restore(written);
            }
    }

    /// <summary>Raises the owner, reads progress, and says from where the partition is read.</summary>
    private long Take(int number)
    {
        string name = RedisKeys.Partition(Topics.Interactions, number);
        var partition = new TopicPartition(Topics.Interactions, number);
        IDatabase redis = _context.Redis.Redis.GetDatabase();
        long owner = redis.StringIncrement(_context.Keys.Owner(name));
        string progress = redis.StringGet(_context.Keys.Progress(name)).ToString();
        WatermarkOffsets ends = KafkaClients.Ends(_consumer, partition, BrokerAnswersWithin, _context.Clock);
        (long resultsFrom, long logTime) = Parse(name, progress);
        if (resultsFrom > ends.High.Value)
            throw new InvalidOperationException($"{name}: progress {resultsFrom} lies past the log's end {ends.High.Value}: is this the topic that the group '{_context.Consume.Group}' has read before? Name another group, or delete {_context.Keys.Progress(name)} to begin anew");
        long from = ends.Low.Value;
        if (resultsFrom < 0) resultsFrom = from;
        else if (resultsFrom < from)
        {
            _context.Log.ProgressBeforeLog(name, resultsFrom, from);
            resultsFrom = from;
        }
        else from = Math.Min(resultsFrom, ReadAgainFrom(partition, logTime, from));

        var state = new PartitionState(number, _context.Limits, _context.Timeline.Latest.Limits) { ResultsFrom = resultsFrom };
        var delivery = new PartitionDelivery(state, _context.Keys, _context.Hash, owner, progress, _context.Deliver.TotalsTtl);
        _owned[number] = new OwnedPartition(state, delivery, from);
        _readFrom[number] = Math.Max(0, logTime - (long)ReadAgain.TotalMilliseconds);
        _assignedAt = _context.Clock.GetTimestamp();
        _deliveries[state] = delivery;
        _retakeAt.Remove(number);
        _context.Log.PartitionTaken(name, resultsFrom, from, owner);
        return from;
    }

    /// <summary><c>offset SPACE log time</c>; an offset of -1 where there is none.</summary>
    private static (long Offset, long LogTime) Parse(string name, string progress)
    {
        if (progress.Length == 0) return (-1, 0);
        string[] parts = progress.Split(' ');
        if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long logTime)) return (offset, logTime);
        throw new InvalidOperationException($"the progress of {name} is '{progress}'; expected an offset, a space and a log time");
    }

    /// <summary>
    /// The first record stamped in the time that is read again. The record that gave progress its log time is such a one, so a broker that knows
    /// of none can't say (the test cluster), or has let it go: then the log's start.
    /// </summary>
    private long ReadAgainFrom(TopicPartition partition, long logTime, long start)
    {
        try
        {
            var time = new Timestamp(Math.Max(0, logTime - (long)ReadAgain.TotalMilliseconds), TimestampType.CreateTime);
            Offset found = _consumer.OffsetsForTimes([new TopicPartitionTimestamp(partition, time)], BrokerAnswersWithin)[0].Offset;
            return found.Value >= 0 ? found.Value : start;
        }
        catch (KafkaException)
        {
            return start;
        }
    }

    private void Revoked(List<TopicPartitionOffset> partitions)
    {
        OwnedPartition[] owned = [.. partitions.Select(partition => _owned.GetValueOrDefault(partition.Partition.Value)).OfType<OwnedPartition>()];
        try
        {
            Drain(owned);
        }
        catch (Exception e)
        {
            Fail(e);
        }
        foreach (OwnedPartition partition in owned) Release(partition);
        foreach (TopicPartitionOffset partition in partitions) _retakeAt.Remove(partition.Partition.Value);
    }

    /// <summary>Somebody else may own them already: nothing more is written.</summary>
    private void Lost(List<TopicPartitionOffset> partitions)
    {
        foreach (TopicPartitionOffset partition in partitions)
        {
            if (_owned.TryGetValue(partition.Partition.Value, out OwnedPartition? owned)) Release(owned);
            _retakeAt.Remove(partition.Partition.Value);
        }
    }

    /// <summary>Writes what is decided and the progress that covers it, as long as Redis takes it in time; else the next owner decides it again.</summary>
    private void Drain(OwnedPartition[] partitions)
    {
        long since = _context.Clock.GetTimestamp();
        while (_context.Clock.GetElapsedTime(since) < DrainWithin)
        {
            bool done = true;
            foreach (OwnedPartition partition in partitions)
            {
                PartitionDelivery delivery = partition.Delivery;
                if (delivery.IsIdle && delivery.TakeOutcome() is CommitOutcome.NotOwner or CommitOutcome.OtherOffset) continue;
                bool covered = partition.Next <= partition.State.ResultsFrom || delivery.AcknowledgedOffset >= partition.Next;
                if (covered && delivery.IsIdle) continue;
                done = false;
                delivery.Begin(partition.Next, _redis, _sender);
                delivery.Advance(_redis, _sender);
            }
            if (done) return;
            _redis.Wait(CommandTimeoutMs);
        }
    }

    private void Release(OwnedPartition partition)
    {
        _owned.Remove(partition.State.Partition);
        _assignedAt = _context.Clock.GetTimestamp();
        _deliveries.Remove(partition.State);
        _context.Standings.Leave(partition.State);
        partition.State.Counts.AddTo(_released);
        _context.Log.PartitionReleased(partition.State.Name, Math.Max(partition.Delivery.AcknowledgedOffset, partition.State.ResultsFrom));
        partition.State.Dispose();
        Publish();
    }

    /// <summary>Takes over anew what another owner wrote to, once that is due and if Kafka still assigns it.</summary>
    private void Retake()
    {
        if (_retakeAt.Count == 0) return;
        foreach ((int number, long at) in _retakeAt.ToArray())
        {
            if (_context.Clock.GetTimestamp() < at) continue;
            _retakeAt.Remove(number);
            var partition = new TopicPartition(Topics.Interactions, number);
            if (!_consumer.Assignment.Contains(partition)) continue;
            _consumer.Seek(new TopicPartitionOffset(partition, Take([number])[0].From));
        }
    }
}
