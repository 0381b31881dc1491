using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Consume.Fetch;

namespace Engine.Pipeline.Consume;

/// <summary>
/// Partitions that are fetched directly. librdkafka has them assigned and paused, so it keeps membership and offsets
/// and reads nothing of them.
/// </summary>
public sealed unsafe partial class Lane
{
    /// <summary>
    /// Records decided at a time: few enough that what they lie in is still near when they are decoded.
    /// </summary>
    private const int DecidedAtOnce = 512;

    /// <summary>
    /// How long an answer is waited for where Redis owes nothing, ms: replies are looked at between, and assignments
    /// served.
    /// </summary>
    private const int IdleWaitMs = 5;

    private static readonly TimeSpan LeadersWithin = TimeSpan.FromSeconds(2),
        TroubleEvery = TimeSpan.FromSeconds(10);

    private readonly Decompressed _decompressed = new();
    private readonly RecordSetReader _reader;
    private readonly DirectFetch? _fetch;
    private long _troubleToldAt;
    private bool _pauseDue;
    private int _collected;

    /// <summary>
    /// What librdkafka is to be given for partitions that were taken over: what is fetched directly it reads from the
    /// end, until it is paused a moment later.
    /// </summary>
    private List<TopicPartitionOffset> ReadFrom(List<(int Number, long From)> taken)
    {
        foreach ((int number, _) in taken)
        {
            FetchDirectly(number);
        }

        return
        [
            .. taken.Select(one => new TopicPartitionOffset(
                Topics.Interactions,
                one.Number,
                _fetch == null ? one.From : Offset.End
            )),
        ];
    }

    /// <summary>The same for partitions that are assigned already.</summary>
    private void SeekTo(List<(int Number, long From)> taken)
    {
        foreach ((int number, long from) in taken)
        {
            FetchDirectly(number);
            if (_fetch == null)
            {
                _consumer.Seek(new TopicPartitionOffset(Topics.Interactions, number, from));
            }
        }
    }

    private void FetchDirectly(int number)
    {
        if (_fetch == null)
        {
            return;
        }

        OwnedPartition partition = _owned[number];
        partition.Fetched = _fetch.Add(number, partition.Next);
        _pauseDue = true;
    }

    /// <summary>Whether the lane owns partitions, and fetches them all itself.</summary>
    private bool FetchesAll => _fetch is { Count: > 0 } && _fetch.Count == _owned.Count;

    private List<TopicPartition> AssignedAndFetched(bool fetched) =>
        [
            .. _consumer.Assignment.Where(partition =>
                (_owned.GetValueOrDefault(partition.Partition.Value)?.Fetched != null) == fetched
            ),
        ];

    private void PauseFetched()
    {
        if (!_pauseDue)
        {
            return;
        }

        _pauseDue = false;
        _consumer.Pause(AssignedAndFetched(true));
    }

    /// <summary>Takes what a broker answered, and decides it; where nothing came, it was waited for.</summary>
    private void Fetch()
    {
        if (_fetch == null)
        {
            return;
        }
        // What librdkafka reads, or Redis owes, isn't to wait for this.
        int waitMs =
            !FetchesAll ? 0
            : _redis.IsIdle ? IdleWaitMs
            : _context.Consume.BatchWaitMs;
        if (_fetch.TryTake(waitMs, out ReadOnlySpan<PartitionData> answered))
        {
            WaitUntilSettingsAreFresh();
            long taken = _context.Clock.GetTimestamp();
            foreach (ref readonly PartitionData data in answered)
            {
                Decide(data);
            }

            DecideCollected();
            _underWay.Enqueue((_redis.Written, taken));
        }
        while (_fetch.TryTakeRefused(out FetchedPartition partition, out string why))
        {
            HandOver(partition, why);
        }
        // While one broker is away and others answer, it comes and goes.
        if (
            _fetch.Trouble is not { } trouble
            || (_troubleToldAt != 0 && _context.Clock.GetElapsedTime(_troubleToldAt) < TroubleEvery)
        )
        {
            return;
        }

        _troubleToldAt = _context.Clock.GetTimestamp();
        _context.Log.FetchFails(trouble);
    }

    private void Decide(in PartitionData data)
    {
        if (
            data.Error != 0
            || !_owned.TryGetValue(data.Partition.Number, out OwnedPartition? partition)
            || partition.Fetched != data.Partition
        )
        {
            return;
        }

        _reader.Begin(
            data.Records,
            data.RecordsLength,
            Math.Max(data.From, partition.Next),
            data.Aborted,
            data.AbortedCount
        );
        long now = _context.Clock.GetTimestamp();
        while (_reader.TryNext(out WireRecord record))
        {
            Put(partition, record, now);
            if (_collected >= Math.Min(DecidedAtOnce, _records.Length))
            {
                DecideCollected();
            }
        }
        partition.Next = Math.Max(partition.Next, _reader.Position);
        if (partition.Next < data.LastStable)
        {
            partition.EndSince = 0;
        }
        else if (partition.EndSince == 0)
        {
            partition.EndSince = now;
        }

        if (_reader.End == RecordSetEnd.Read && _decompressed.Bytes == 0)
        {
            return;
        }
        // What was unpacked goes, and what isn't read here is read by librdkafka behind this.
        DecideCollected();
        _decompressed.Clear();
        if (_reader.End != RecordSetEnd.Read)
        {
            _fetch!.Refuse(data.Partition, Why(_reader.End));
        }
    }

    private static string Why(RecordSetEnd end) =>
        end switch
        {
            RecordSetEnd.OtherCompression => "it holds batches compressed otherwise than by lz4",
            RecordSetEnd.OldFormat => "it holds batches in the format before Kafka 0.11",
            _ => "it holds what is no batch",
        };

    private void Put(OwnedPartition partition, in WireRecord wire, long now)
    {
        (partition.Next, partition.EndSince) = (wire.Offset + 1, 0);
        ref Record record = ref _records[_collected++];
        record.Partition = partition.State;
        record.Offset = wire.Offset;
        record.Timestamp = wire.Timestamp;
        record.Value = wire.Value;
        record.Key = wire.Key;
        record.Headers = wire.Headers;
        (record.Length, record.KeyLength, record.HeadersLength) = (
            wire.ValueLength,
            wire.KeyLength,
            wire.HeadersLength
        );
        record.Message = 0;
        MessageHeaderReader.Fill(ref record);
        if (!IsTick(record))
        {
            partition.BusyAt = now;
        }
    }

    private void DecideCollected()
    {
        if (_collected == 0)
        {
            return;
        }

        _pipeline.Process(_records.AsSpan(0, _collected));
        _collected = 0;
    }

    /// <summary>From its next offset on librdkafka reads a partition, until it is assigned anew.</summary>
    private void HandOver(FetchedPartition fetched, string why)
    {
        if (!_owned.TryGetValue(fetched.Number, out OwnedPartition? partition) || partition.Fetched != fetched)
        {
            return;
        }

        _context.Log.HandedOver(partition.State.Name, why);
        (partition.Fetched, partition.EndSince) = (null, 0);
        var assigned = new TopicPartition(Topics.Interactions, fetched.Number);
        _consumer.Resume([assigned]);
        _consumer.Seek(new TopicPartitionOffset(assigned, partition.Next));
    }

    private TopicLeaders Leaders()
    {
        using IAdminClient admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        return TopicLeaders.Of(Topics.Interactions, admin, LeadersWithin);
    }
}
