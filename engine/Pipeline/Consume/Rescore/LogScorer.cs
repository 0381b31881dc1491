using System.Runtime.InteropServices;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Labels;
using Engine.Pipeline.Consume.Librdkafka;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;
using Engine.Pipeline.Keys;
using Engine.Pipeline.Settings;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Rescore;

/// <summary>Rescores the log of <c>interactions</c>, or of some of its partitions, without Redis. The caller passes
/// records one by one, with partitions merged as the contract defines. What partitions knew of each other is read again
/// as their marks say. Verdicts go to the sink in the order in which they are decided, and are complete after
/// <see cref="Flush"/>. Not thread-safe.</summary>
public sealed unsafe class LogScorer : IDisposable
{
    private const int BatchRecords = 1024;

    private readonly KafkaTarget _kafka;
    private readonly ClickPipeline _pipeline;
    private readonly Dictionary<int, PartitionState> _partitions;
    private readonly LabelLog _labels;
    private readonly List<GCHandle> _pinned = [];
    private readonly KeyedHash _hash;
    private readonly Record[] _batch = new Record[BatchRecords];
    private int _count;
    private long _logTime;
    private ClickReader? _clicks;

    /// <param name="partitions">The partitions to rescore.</param>
    /// <param name="sink">Receives what they decide.</param>
    /// <param name="knowledge">What partitions told each other.</param>
    public LogScorer(
        KafkaTarget kafka,
        KeyedHash hash,
        SettingsTimeline timeline,
        PipelineLimits limits,
        IEnumerable<int> partitions,
        IDecisionSink sink,
        RescoreKnowledge knowledge,
        TimeProvider clock
    )
    {
        (_kafka, _hash) = (kafka, hash);
        var histories = new Histories(hash, own: () => timeline.Latest.ClicksModel?.Own);
        _labels = new LabelLog(kafka, histories, clock);
        _partitions = partitions.ToDictionary(
            number => number,
            number => new PartitionState(
                number,
                limits,
                timeline.Latest.Limits,
                knowledge.MarksOf(RedisKeys.Partition(Topics.Interactions, number))
            )
        );
        foreach (PartitionState partition in _partitions.Values)
        {
            knowledge.Join(partition.Knowledge);
        }

        knowledge.Index.Slowest = () => _logTime;
        _pipeline = new ClickPipeline(hash, timeline, new PathJudge(knowledge.Index), limits, sink, histories);
    }

    /// <summary>The state of a partition that is rescored.</summary>
    public PartitionState this[int partition] => _partitions[partition];

    /// <summary>Adds the next record of <c>interactions</c>.</summary>
    /// <param name="logTime">The log time of its partition, ms.</param>
    public void Take(ConsumeResult<byte[], byte[]> message, long logTime) => Take(RecordOf(message), logTime);

    /// <summary>Adds the next record of <c>interactions</c>, which must stay in place until
    /// <see cref="Flush"/>.</summary>
    internal void Take(LibrdkafkaNative.Message* message, long logTime)
    {
        var record = new Record { Partition = _partitions[message->Partition], Offset = message->Offset };
        MessageHeaderReader.Fill(message, ref record);
        Take(record, logTime);
    }

    private void Take(in Record record, long logTime)
    {
        if (_labels.IsDue(logTime))
        {
            Flush();
            _labels.TakeDue(logTime, PlaceOf);
        }

        _logTime = logTime;
        _batch[_count++] = record;
        if (_count == BatchRecords)
        {
            Flush();
        }
    }

    /// <summary>Decides all records added so far.</summary>
    public void Flush()
    {
        if (_count > 0)
        {
            _pipeline.Process(_batch.AsSpan(0, _count));
        }

        _count = 0;
        foreach (GCHandle handle in _pinned)
        {
            handle.Free();
        }

        _pinned.Clear();
    }

    private ClickDimensions? PlaceOf(string click)
    {
        ulong id = Fingerprints.Click(_hash, System.Text.Encoding.ASCII.GetBytes(click));
        foreach (PartitionState partition in _partitions.Values)
        {
            ref Join.DeduplicationWindow.Remembered found = ref partition.Ids.Find(id);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref found))
            {
                return (_clicks ??= new ClickReader(_kafka)).Read(
                    partition.Partition,
                    partition.Ids.OffsetOf(found),
                    click
                );
            }
        }
        return null;
    }

    private Record RecordOf(ConsumeResult<byte[], byte[]> result)
    {
        Message<byte[], byte[]> message = result.Message;
        var record = new Record
        {
            Partition = _partitions[result.Partition.Value],
            Offset = result.Offset.Value,
            Timestamp = message.Timestamp.UnixTimestampMs,
            Value = Pin(message.Value),
            Length = message.Value?.Length ?? 0,
            Key = Pin(message.Key),
            KeyLength = message.Key?.Length ?? 0,
            CloudEvent = CloudEvent.None,
        };
        foreach (IHeader header in message.Headers ?? [])
        {
            byte[]? value = header.GetValueBytes();
            MessageHeaderReader.Take(
                ref record,
                System.Text.Encoding.UTF8.GetBytes(header.Key),
                new Text(Pin(value), value?.Length ?? 0)
            );
        }
        return record;
    }

    /// <summary>Pins bytes until the batch is decided. An empty header counts, as when it is read live; one without
    /// a value doesn't.</summary>
    private byte* Pin(byte[]? bytes)
    {
        if (bytes == null)
        {
            return null;
        }

        var handle = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        _pinned.Add(handle);
        return (byte*)handle.AddrOfPinnedObject();
    }

    public void Dispose()
    {
        foreach (GCHandle handle in _pinned)
        {
            handle.Free();
        }

        _clicks?.Dispose();
        _pipeline.Dispose();
        _labels.Dispose();
        foreach (PartitionState partition in _partitions.Values)
        {
            partition.Dispose();
        }
    }
}
