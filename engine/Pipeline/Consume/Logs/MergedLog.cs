using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;

namespace Engine.Pipeline.Consume.Logs;

/// <summary>The logs of some topics as one log, up to their current ends. Partitions are merged by log time, then
/// topic, partition and offset, as the contract requires for rescoring. A topic that doesn't exist has no records. Read
/// <see cref="Current"/>, then call <see cref="Advance"/>. Not thread-safe.</summary>
public sealed class MergedLog : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private readonly List<Source> _sources = [];
    private readonly Dictionary<string, int> _partitions = [];
    private readonly PriorityQueue<Source, (long LogTime, int Topic, int Partition)> _inOrder = new();

    /// <summary>Finds the partitions and their ends, and reads the first record. Throws a
    /// <see cref="TimeoutException"/> if the broker doesn't deliver the records.</summary>
    public MergedLog(KafkaTarget kafka, IEnumerable<string> topics, TimeProvider clock)
    {
        using IConsumer<byte[], byte[]> probe = KafkaClients.Reader(kafka);
        HashSet<string> existing = TopicsOf(probe);
        try
        {
            foreach ((int rank, string topic) in topics.Order(StringComparer.Ordinal).Index())
            {
                _partitions[topic] = existing.Contains(topic)
                    ? KafkaClients.Partitions(probe, topic, AnswerWithin, clock)
                    : 0;
                for (int i = 0; i < _partitions[topic]; i++)
                {
                    Open(
                        kafka,
                        KafkaClients.Ends(probe, new TopicPartition(topic, i), AnswerWithin, clock),
                        new TopicPartition(topic, i),
                        rank
                    );
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The next record; null at the end.</summary>
    public ConsumeResult<byte[], byte[]>? Current =>
        _inOrder.TryPeek(out Source? source, out _) ? source.Current : null;

    /// <summary>The log time of the current record's partition, ms.</summary>
    public long LogTime => _inOrder.TryPeek(out _, out (long LogTime, int, int) order) ? order.LogTime : 0;

    /// <summary>The number of offsets between the beginnings and the ends.</summary>
    public long Length { get; private set; }

    /// <summary>The number of partitions of a topic; 0 if it doesn't exist.</summary>
    public int Partitions(string topic) => _partitions[topic];

    /// <summary>Whether a topic has records.</summary>
    public bool Holds(string topic) => _sources.Exists(source => source.Partition.Topic == topic);

    /// <summary>Moves to the next record.</summary>
    public void Advance()
    {
        Source source = _inOrder.Dequeue();
        if (source.Advance())
        {
            _inOrder.Enqueue(source, source.Order);
        }
    }

    private static HashSet<string> TopicsOf(IConsumer<byte[], byte[]> probe)
    {
        using IAdminClient admin = new DependentAdminClientBuilder(probe.Handle).Build();
        return [.. admin.GetMetadata(AnswerWithin).Topics.Select(topic => topic.Topic)];
    }

    private void Open(KafkaTarget kafka, WatermarkOffsets ends, TopicPartition partition, int rank)
    {
        if (ends.High <= ends.Low)
        {
            return;
        }

        Length += ends.High - ends.Low;
        IConsumer<byte[], byte[]> consumer = KafkaClients.Reader(kafka);
        var source = new Source(consumer, partition, rank, ends.Low.Value, ends.High.Value);
        _sources.Add(source);
        if (source.Advance())
        {
            _inOrder.Enqueue(source, source.Order);
        }
    }

    public void Dispose()
    {
        foreach (Source source in _sources)
        {
            source.Dispose();
        }
    }

    /// <summary>A partition being read, with its next record.</summary>
    private sealed class Source(
        IConsumer<byte[], byte[]> consumer,
        TopicPartition partition,
        int rank,
        long start,
        long end
    ) : IDisposable
    {
        private readonly IEnumerator<ConsumeResult<byte[], byte[]>> _records =
            PartitionScan.Read(consumer, partition, start, end).GetEnumerator();

        private long _logTime;

        public TopicPartition Partition => partition;
        public ConsumeResult<byte[], byte[]>? Current { get; private set; }

        /// <summary>The current record's order among those of other partitions.</summary>
        public (long LogTime, int Topic, int Partition) Order => (_logTime, rank, partition.Partition.Value);

        /// <summary>Reads the next record; false at the end.</summary>
        public bool Advance()
        {
            Current = _records.MoveNext() ? _records.Current : null;
            if (Current == null)
            {
                return false;
            }

            _logTime = RecordTime.Advance(_logTime, Current.Message.Timestamp.UnixTimestampMs);
            return true;
        }

        public void Dispose()
        {
            _records.Dispose();
            consumer.Dispose();
        }
    }
}
