using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Assignment;
using Engine.Partitions.Diagnostics;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Fetch;
using Engine.Pipeline.Consume.Librdkafka;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Reads a lane's partitions and passes their records to its pipeline. Most are fetched directly from their
/// leaders. librdkafka has those assigned but paused, so it handles membership and offsets without reading them. It
/// reads the partitions that can't be fetched directly (<see cref="HandOver"/>). Every turn calls
/// <see cref="ReadBatch"/>, then <see cref="Fetch"/>.</summary>
internal sealed unsafe class LaneReader : IDisposable
{
    /// <summary>The number of records decided at a time: few enough that their memory is still cached when they are
    /// decoded.</summary>
    private const int FlushRecords = 512;

    /// <summary>How long to wait for a response if no Redis replies are outstanding, ms. Between waits, the lane polls
    /// replies and serves assignments.</summary>
    private const int IdleWaitMs = 5;

    private static readonly TimeSpan LeadersWithin = TimeSpan.FromSeconds(2),
        TroubleEvery = TimeSpan.FromSeconds(10);

    private readonly EngineContext _context;
    private readonly PartitionAssignment<ClickPartition> _partitions;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly MessageBatch _batch;
    private readonly RecordCollector _collected;
    private readonly Decompressed _decompressed = new();
    private readonly RecordSetReader _reader;
    private readonly DirectFetch? _fetch;
    private long _troubleLoggedAt;
    private readonly HashSet<int> _gone = [];
    private bool _pauseDue;

    public LaneReader(
        EngineContext context,
        string name,
        IConsumer<byte[], byte[]> consumer,
        PartitionAssignment<ClickPartition> partitions,
        ClickPipeline pipeline
    )
    {
        _context = context;
        _partitions = partitions;
        _consumer = consumer;
        _batch = new MessageBatch(_consumer, context.Consume.BatchMessages);
        _collected = new RecordCollector(pipeline, context.Consume.BatchMessages);
        _reader = new RecordSetReader(_decompressed);
        _fetch = context.Consume.FetchesDirectly
            ? new DirectFetch(Leaders, "engine-" + name, Topics.Interactions, context.Clock)
            : null;
    }

    /// <summary>Called before a batch is decided; blocks until it may be. False if the lane stops.</summary>
    public required Func<bool> MayDecide { get; init; }

    /// <summary>Called before a record from <see cref="OwnMarks.HoldAt"/> on is decided; blocks until it may be. False
    /// if it can't, as the lane stops or the partition is lost: it stays for the next owner.</summary>
    public required Func<ClickPartition, long, bool> MarkComes { get; init; }

    /// <summary>Called for a partition whose next offset is no longer in the log, once what was received is
    /// decided.</summary>
    public required Action<int> OffsetGone { get; init; }

    /// <summary>Called once a batch is decided, with the monotonic time at which it was received.</summary>
    public required Action<long> Decided { get; init; }

    /// <summary>Whether the lane owns partitions and fetches all of them directly.</summary>
    private bool FetchesAll => _fetch is { Count: > 0 } && _fetch.Count == _partitions.Owned.Count;

    /// <summary>Starts reading a partition, and returns the offset at which librdkafka starts. If it is fetched
    /// directly, librdkafka starts at its end and is paused a moment later.</summary>
    public Offset Start(ClickPartition partition)
    {
        if (_fetch == null)
        {
            return partition.Next;
        }

        partition.Fetched = _fetch.Add(partition.Number, partition.Next);
        _pauseDue = true;
        return Offset.End;
    }

    /// <summary>Stops reading a partition.</summary>
    public void End(ClickPartition partition)
    {
        if (partition.Fetched != null)
        {
            _fetch!.Remove(partition.Fetched);
        }
    }

    /// <summary>Receives what librdkafka has read, and decides it. Kafka's handlers run during this call.</summary>
    public void ReadBatch()
    {
        // If librdkafka has nothing to read, only fetching waits.
        int count = _batch.Take(FetchesAll ? 0 : _context.Consume.BatchWaitMs);
        PauseFetched();
        if (count == 0)
        {
            HandleGone();
            return;
        }

        if (!MayDecide())
        {
            _batch.Release();
            return;
        }

        long taken = _context.Clock.GetTimestamp();
        Append(count);
        _collected.Flush();
        _batch.Release();
        Decided(taken);
        HandleGone();
    }

    /// <summary>Receives a broker's response, waiting if there is none, and decides it.</summary>
    /// <param name="isIdle">Whether no Redis replies are outstanding.</param>
    public void Fetch(bool isIdle)
    {
        if (_fetch == null)
        {
            return;
        }
        // This wait must not delay librdkafka's messages or Redis replies.
        int waitMs =
            !FetchesAll ? 0
            : isIdle ? IdleWaitMs
            : _context.Consume.BatchWaitMs;
        if (_fetch.TryTake(waitMs, out ReadOnlySpan<PartitionData> answered))
        {
            if (!MayDecide())
            {
                return;
            }

            long taken = _context.Clock.GetTimestamp();
            foreach (ref readonly PartitionData data in answered)
            {
                AppendFetchedRecords(data);
            }

            _collected.Flush();
            Decided(taken);
            HandleGone();
        }
        while (_fetch.TryTakeRefused(out FetchedPartition partition, out string why))
        {
            HandOver(partition, why);
        }

        LogTrouble();
    }

    /// <summary>Pauses librdkafka's reading until <see cref="Resume"/>.</summary>
    public void Pause() => _consumer.Pause(Assigned(fetched: false));

    /// <summary>Serves assignments while reading is paused. Discards messages that were in flight; they are read again
    /// after <see cref="Resume"/>.</summary>
    public void ServeAssignments()
    {
        int count = _batch.Take(0);
        for (int i = 0; i < count; i++)
        {
            NoteGone(_batch[i]);
        }

        _batch.Release();
    }

    public void Resume()
    {
        foreach (ClickPartition partition in _partitions.Owned)
        {
            if (partition.Fetched == null)
            {
                _consumer.Seek(new TopicPartitionOffset(partition.Lease.Partition, partition.Next));
            }
        }

        _consumer.Resume(Assigned(fetched: false));
    }

    /// <summary>The number of records of a partition in the log that aren't read yet; 0 if unknown.</summary>
    public long Lag(ClickPartition partition)
    {
        if (partition.Fetched is { } fetched)
        {
            return Math.Max(0, fetched.LastStable - partition.Next);
        }

        try
        {
            WatermarkOffsets ends = _consumer.GetWatermarkOffsets(partition.Lease.Partition);
            return ends.High == Offset.Unset ? 0 : Math.Max(0, ends.High.Value - partition.Next);
        }
        catch (KafkaException)
        {
            return 0;
        }
    }

    public void Dispose()
    {
        _batch.Dispose();
        _fetch?.Dispose();
        _decompressed.Dispose();
    }

    private List<TopicPartition> Assigned(bool fetched) =>
        [
            .. _consumer.Assignment.Where(assigned =>
                (_partitions.TryGet(assigned.Partition.Value, out ClickPartition? owned) && owned.Fetched != null)
                == fetched
            ),
        ];

    private void PauseFetched()
    {
        if (!_pauseDue)
        {
            return;
        }

        _pauseDue = false;
        _consumer.Pause(Assigned(fetched: true));
    }

    /// <summary>Appends the batch's messages of owned partitions, and notes the ends of partitions.</summary>
    private void Append(int count)
    {
        long now = _context.Clock.GetTimestamp();
        ClickPartition? partition = null;
        for (int i = 0; i < count; i++)
        {
            _batch.Prefetch(i);
            LibrdkafkaNative.Message* message = _batch[i];
            if (
                (partition == null || partition.Number != message->Partition)
                && !_partitions.TryGet(message->Partition, out partition)
            )
            {
                continue;
            }
            // In flight before the partition was paused.
            if (partition.Fetched != null)
            {
                continue;
            }

            if (message->Error != 0)
            {
                // Past the last record if the partition ends in a transaction marker.
                if (message->Error == LibrdkafkaNative.PartitionEof && message->Offset >= partition.Next)
                {
                    partition.EndSince = now;
                }

                NoteGone(message);
                continue;
            }
            // Messages from before a seek may still arrive.
            if (message->Offset < partition.Next)
            {
                continue;
            }

            if (!IsMarked(partition, message->Offset))
            {
                continue;
            }

            ref Record record = ref _collected.Add(partition, message->Offset);
            MessageHeaderReader.Fill(message, ref record);
            RecordCollector.NoteBusy(partition, record, now);
        }
    }

    /// <summary>Appends a broker's data of one partition, flushing full batches.</summary>
    private void AppendFetchedRecords(in PartitionData data)
    {
        if (
            !_partitions.TryGet(data.Partition.Number, out ClickPartition? partition)
            || partition.Fetched != data.Partition
        )
        {
            return;
        }

        if (data.Error == DirectFetch.OffsetOutOfRange)
        {
            _gone.Add(partition.Number);
        }

        if (data.Error != 0)
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
        while (_reader.TryNext(out WireRecord wire))
        {
            if (!IsMarked(partition, wire.Offset))
            {
                return;
            }

            Append(partition, wire, now);
            if (_collected.Count >= Math.Min(FlushRecords, _context.Consume.BatchMessages))
            {
                _collected.Flush();
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
        // Decompressed memory is released, and librdkafka goes on with what can't be read here.
        _collected.Flush();
        _decompressed.Clear();
        if (_reader.End != RecordSetEnd.Read)
        {
            _fetch!.Refuse(data.Partition, Why(_reader.End));
        }
    }

    /// <summary>Notes a partition whose offset the log doesn't have; librdkafka says it once.</summary>
    private void NoteGone(LibrdkafkaNative.Message* message)
    {
        if (message->Error is LibrdkafkaNative.AutoOffsetReset or LibrdkafkaNative.LogTruncation)
        {
            _gone.Add(message->Partition);
        }
    }

    private void HandleGone()
    {
        foreach (int partition in _gone)
        {
            OffsetGone(partition);
        }

        _gone.Clear();
    }

    private bool IsMarked(ClickPartition partition, long offset)
    {
        if (offset < partition.Marks.HoldAt)
        {
            return true;
        }

        _collected.Flush();
        return MarkComes(partition, offset);
    }

    private void Append(ClickPartition partition, in WireRecord wire, long now)
    {
        ref Record record = ref _collected.Add(partition, wire.Offset);
        record.Timestamp = wire.Timestamp;
        record.Value = wire.Value;
        record.Length = wire.ValueLength;
        record.Key = wire.Key;
        record.KeyLength = wire.KeyLength;
        record.Headers = wire.Headers;
        record.HeadersLength = wire.HeadersLength;
        record.Message = 0;
        MessageHeaderReader.Fill(ref record);
        RecordCollector.NoteBusy(partition, record, now);
    }

    private static string Why(RecordSetEnd end) =>
        end switch
        {
            RecordSetEnd.OtherCompression => "it has batches with a compression other than lz4",
            RecordSetEnd.OldFormat => "it has batches in the format before Kafka 0.11",
            _ => "it has malformed batches",
        };

    /// <summary>Lets librdkafka read a partition from its next offset on, until the partition is assigned
    /// again.</summary>
    private void HandOver(FetchedPartition fetched, string why)
    {
        if (!_partitions.TryGet(fetched.Number, out ClickPartition? partition) || partition.Fetched != fetched)
        {
            return;
        }

        _context.Log.HandedOver(partition.Name, why);
        partition.Fetched = null;
        partition.EndSince = 0;
        // Assigned anew rather than sought: librdkafka may still be looking for the end at which it was to start, and
        // would go there after a seek.
        _consumer.IncrementalUnassign([partition.Lease.Partition]);
        _consumer.IncrementalAssign([new TopicPartitionOffset(partition.Lease.Partition, partition.Next)]);
        _consumer.Resume([partition.Lease.Partition]);
    }

    /// <summary>Logs why brokers don't respond, but not each time, as a broker may come and go.</summary>
    private void LogTrouble()
    {
        if (
            _fetch!.Trouble is not { } trouble
            || (_troubleLoggedAt != 0 && _context.Clock.GetElapsedTime(_troubleLoggedAt) < TroubleEvery)
        )
        {
            return;
        }

        _troubleLoggedAt = _context.Clock.GetTimestamp();
        _context.Log.FetchFails(trouble);
    }

    private TopicLeaders Leaders()
    {
        using IAdminClient admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        return TopicLeaders.Of(Topics.Interactions, admin, LeadersWithin);
    }
}
