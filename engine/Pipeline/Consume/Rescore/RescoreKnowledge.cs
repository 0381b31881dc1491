using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Followers;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Knowledge;
using Engine.Pipeline.Replay;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Rescore;

/// <summary>What partitions told each other, read again as far as the marks of a group say. Paths go into an index,
/// sums to the partitions that have joined. Not thread-safe.</summary>
public sealed class RescoreKnowledge : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10),
        MarksWithin = TimeSpan.FromMinutes(5);

    private readonly List<PartitionKnowledge> _joined = [];
    private readonly List<IConsumer<byte[], byte[]>> _consumers = [];
    private readonly KafkaTarget _kafka;
    private readonly TimeProvider _clock;
    private readonly MarksReader _marks;
    private readonly Tape[] _standings,
        _signatures;
    private readonly List<Tape> _followed = [];

    /// <summary>Reads all marks. Throws <see cref="TimeoutException"/> if Kafka doesn't deliver them.</summary>
    public RescoreKnowledge(
        KafkaTarget kafka,
        string prefix,
        string group,
        KeyedHash hash,
        ReplayIndex index,
        TimeProvider clock
    )
    {
        Index = index;
        (_kafka, _clock) = (kafka, clock);
        _marks = new MarksReader(kafka, prefix, group, kept: null, clock);
        _marks.Start();
        if (!_marks.CatchUp(MarksWithin))
        {
            throw new TimeoutException($"{prefix}{Topics.Marks} could not be read to its end");
        }

        _standings = Open(kafka, prefix + Topics.Standings, clock, record =>
        {
            if (StandingsReader.Read(record, hash) is not { } sums)
            {
                return;
            }

            foreach (PartitionKnowledge partition in _joined)
            {
                partition.Tell(record.Partition.Value, record.Offset.Value, sums);
            }
        });
        _signatures = Open(kafka, prefix + Topics.PathSignatures, clock, record =>
            SignatureReader.TryInsert(record, index)
        );
    }

    public ReplayIndex Index { get; }

    /// <summary>The marks of a partition, <c>interactions-2</c>.</summary>
    public MarkSequence MarksOf(string partition) => _marks.Of(partition);

    /// <summary>Reads a topic that some partitions follow, as far as their marks say.</summary>
    /// <param name="take">Receives its records, those of a partition in order.</param>
    /// <returns>Reads on to what a mark covers: see <see cref="PartitionKnowledge.Reach"/>.</returns>
    public Action<KnownOffsets> Follow(string topic, Action<ConsumeResult<byte[], byte[]>> take)
    {
        Tape[] followed = Open(_kafka, topic, _clock, take);
        _followed.AddRange(followed);
        return known => ReadTo(followed, known.Followed);
    }

    /// <summary>
    /// Tells a partition what the marks of any partition need. All must join before the first record.
    /// </summary>
    public void Join(PartitionKnowledge partition)
    {
        partition.Reach = Reach;
        _joined.Add(partition);
    }

    private void Reach(KnownOffsets known)
    {
        ReadTo(_standings, known.Standings);
        ReadTo(_signatures, known.Signatures);
    }

    private static void ReadTo(Tape[] tapes, long[] offsets)
    {
        for (int i = 0; i < Math.Min(tapes.Length, offsets.Length); i++)
        {
            tapes[i].ReadTo(offsets[i]);
        }
    }

    private Tape[] Open(KafkaTarget kafka, string topic, TimeProvider clock, Action<ConsumeResult<byte[], byte[]>> take)
    {
        using IConsumer<byte[], byte[]> probe = KafkaClients.Reader(kafka);
        var tapes = new Tape[KafkaClients.Partitions(probe, topic, AnswerWithin, clock)];
        for (int i = 0; i < tapes.Length; i++)
        {
            IConsumer<byte[], byte[]> consumer = KafkaClients.Reader(kafka);
            _consumers.Add(consumer);
            tapes[i] = new Tape(PartitionScan.Read(consumer, new TopicPartition(topic, i)).GetEnumerator(), take);
        }

        return tapes;
    }

    public void Dispose()
    {
        foreach (Tape tape in _standings.Concat(_signatures).Concat(_followed))
        {
            tape.Dispose();
        }

        _consumers.ForEach(consumer => consumer.Dispose());
        _marks.Dispose();
    }

    /// <summary>A partition of a topic, read record by record.</summary>
    private sealed class Tape(
        IEnumerator<ConsumeResult<byte[], byte[]>> records,
        Action<ConsumeResult<byte[], byte[]>> take
    ) : IDisposable
    {
        private ConsumeResult<byte[], byte[]>? _next;
        private bool _ended;

        /// <summary>Takes all records before an offset that weren't taken yet.</summary>
        public void ReadTo(long offset)
        {
            while (!_ended)
            {
                if (_next == null)
                {
                    _ended = !records.MoveNext();
                    _next = _ended ? null : records.Current;
                }

                if (_next == null || _next.Offset.Value >= offset)
                {
                    return;
                }

                take(_next);
                _next = null;
            }
        }

        public void Dispose() => records.Dispose();
    }
}
