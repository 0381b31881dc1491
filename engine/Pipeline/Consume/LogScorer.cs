using System.Runtime.InteropServices;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Decide;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Consume;

/// <summary>
/// Scores the whole log of <c>interactions</c> again, without Redis: partitions merged by log time, then partition, then offset; what
/// crosses partitions, and what labels said, is made anew in memory. Verdicts go to a stream, one a line, in the order in which they are decided.
/// </summary>
public sealed unsafe class LogScorer : IDisposable
{
    private const int BatchRecords = 1024;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10), TellEvery = TimeSpan.FromSeconds(10);

    private readonly KafkaTarget _kafka;
    private readonly ClickPipeline _pipeline;
    private readonly LineSink _sink;
    private readonly PipelineLimits _limits;
    private readonly SettingsTimeline _timeline;
    private readonly TimeProvider _clock;
    private readonly Histories _histories;
    private readonly List<GCHandle> _pinned = [];
    private readonly KeyedHash _hash;
    private ClickReader? _clicks;

    public LogScorer(KafkaTarget kafka, KeyedHash hash, SettingsTimeline timeline, PipelineLimits limits, Stream output, TimeProvider clock)
    {
        (_kafka, _timeline, _limits, _clock, _hash) = (kafka, timeline, limits, clock, hash);
        _sink = new LineSink(output, hash);
        _histories = new Histories(hash, own: () => timeline.Latest.ClicksModel?.Own);
        _pipeline = new ClickPipeline(hash, timeline, new PathJudge(new Replay.ReplayIndex(new Replay.ReplaySettings(limits.ReplayPaths))), limits, _sink, _histories);
    }

    /// <summary>Scores up to the log's present end; how many verdicts that gave.</summary>
    /// <param name="progress">Told now and then: records done, records in all.</param>
    public long Run(Action<long, long> progress, CancellationToken cancel)
    {
        using var labels = new LabelLog(_kafka, _histories, _clock);
        List<Source> sources = Open();
        long all = sources.Sum(source => source.End - source.Next), done = 0, told = _clock.GetTimestamp();
        var batch = new Record[BatchRecords];
        int count = 0;
        try
        {
            _sink.Partitions = [.. sources.Select(source => source.State)];
            foreach (Source source in sources) source.Advance(AnswerWithin);
            while (sources.Where(source => source.Current != null).MinBy(source => (source.LogTime, source.State.Partition)) is { } next)
            {
                cancel.ThrowIfCancellationRequested();
                if (labels.IsDue(next.LogTime))
                {
                    Process(batch, ref count);
                    labels.TakeDue(next.LogTime, click => PlaceOf(click, sources));
                }
                batch[count++] = RecordOf(next);
                next.Advance(AnswerWithin);
                done++;
                if (count < BatchRecords) continue;
                Process(batch, ref count);
                if (_clock.GetElapsedTime(told) < TellEvery) continue;
                told = _clock.GetTimestamp();
                progress(done, all);
            }
            Process(batch, ref count);
            return _sink.Verdicts;
        }
        finally
        {
            foreach (Source source in sources) source.Dispose();
        }
    }

    private List<Source> Open()
    {
        using IConsumer<byte[], byte[]> probe = KafkaClients.Reader(_kafka);
        int partitions = KafkaClients.Partitions(probe, Topics.Interactions, AnswerWithin, _clock);
        var sources = new List<Source>();
        for (int i = 0; i < partitions; i++)
        {
            var partition = new TopicPartition(Topics.Interactions, i);
            WatermarkOffsets ends = KafkaClients.Ends(probe, partition, AnswerWithin, _clock);
            IConsumer<byte[], byte[]> consumer = KafkaClients.Reader(_kafka);
            consumer.Assign(new TopicPartitionOffset(partition, ends.Low));
            sources.Add(new Source(consumer, new PartitionState(i, _limits, _timeline.Latest.Limits), ends.Low.Value, ends.High.Value));
        }
        return sources;
    }

    private ClickPlace? PlaceOf(string click, List<Source> sources)
    {
        ulong id = Fingerprints.Click(_hash, System.Text.Encoding.ASCII.GetBytes(click));
        foreach (Source source in sources)
        {
            ref Join.IdMemory.Remembered found = ref source.State.Ids.Find(id);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref found)) return (_clicks ??= new ClickReader(_kafka)).Read(source.State.Partition, found.Offset, click);
        }
        return null;
    }

    private void Process(Record[] batch, ref int count)
    {
        if (count > 0) _pipeline.Process(batch.AsSpan(0, count));
        count = 0;
        foreach (GCHandle handle in _pinned) handle.Free();
        _pinned.Clear();
    }

    private Record RecordOf(Source source)
    {
        Message<byte[], byte[]> message = source.Current!.Message;
        var record = new Record
        {
            Partition = source.State,
            Offset = source.Current.Offset.Value,
            Timestamp = message.Timestamp.UnixTimestampMs,
            Value = Pin(message.Value),
            Length = message.Value?.Length ?? 0,
            Key = Pin(message.Key),
            KeyLength = message.Key?.Length ?? 0,
            CloudEvent = CloudEvent.None,
        };
        foreach (IHeader header in message.Headers ?? [])
        {
            byte[] value = header.GetValueBytes() ?? [];
            MessageHeaderReader.Take(ref record, System.Text.Encoding.UTF8.GetBytes(header.Key), new Text(Pin(value), value.Length));
        }
        return record;
    }

    private byte* Pin(byte[]? bytes)
    {
        if (bytes == null || bytes.Length == 0) return null;
        var handle = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        _pinned.Add(handle);
        return (byte*)handle.AddrOfPinnedObject();
    }

    public void Dispose()
    {
        _clicks?.Dispose();
        _pipeline.Dispose();
    }

    /// <summary>One partition being read, with its next record in hand.</summary>
    private sealed class Source(IConsumer<byte[], byte[]> consumer, PartitionState state, long next, long end) : IDisposable
    {
        public PartitionState State { get; } = state;
        public long Next { get; private set; } = next;
        public long End { get; } = end;
        public ConsumeResult<byte[], byte[]>? Current { get; private set; }

        /// <summary>Log time of the record in hand.</summary>
        public long LogTime { get; private set; }

        public void Advance(TimeSpan within)
        {
            Current = null;
            while (Next < End)
            {
                ConsumeResult<byte[], byte[]> result = consumer.Consume(within) ?? throw new TimeoutException($"{State.Name} gave nothing from offset {Next} on for {within.TotalSeconds} s, though its end is {End}");
                if (result.IsPartitionEOF) return;
                Next = result.Offset.Value + 1;
                Current = result;
                LogTime = Math.Max(LogTime, result.Message.Timestamp.UnixTimestampMs);
                return;
            }
        }

        public void Dispose()
        {
            consumer.Dispose();
            State.Dispose();
        }
    }

    /// <summary>Writes verdicts as lines, and carries sums between partitions; all else that a live engine would send has no reader here.</summary>
    private sealed class LineSink(Stream output, KeyedHash hash) : IDecisionSink
    {
        private readonly Utf8Builder _line = new();

        public long Verdicts { get; private set; }

        /// <summary>All partitions, which hear of each other's sums where a live engine would write them.</summary>
        public PartitionState[] Partitions { get; set; } = [];

        public void Verdict(ClickRow row, in Judgement judgement)
        {
            _line.Clear();
            VerdictWriter.Write(_line, row, judgement, complete: true);
            Write();
        }

        public void Confirmed(PartitionState partition, Confirmable click, in InteractionEvent e)
        {
            _line.Clear();
            VerdictWriter.WriteConfirmed(_line, partition, click, e, complete: true);
            Write();
        }

        public void DeadLetter(in Record record, DecodeError error)
        {
        }

        public void Standings(PartitionState partition, IReadOnlyList<StandingSums> due)
        {
            foreach (StandingSums sums in due)
            {
                var written = new WrittenSums(partition.Partition, StandingRecord.Fingerprint(sums, hash), sums.Copy(partition.Position));
                foreach (PartitionState other in Partitions)
                    if (other != partition) other.Standings.Inbox.Add(written);
            }
        }

        public void Signature(ClickRow row, ReadOnlySpan<byte> signature)
        {
        }

        private void Write()
        {
            output.Write(_line.Add((byte)'\n').Written);
            Verdicts++;
        }
    }
}
