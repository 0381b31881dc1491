using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.History;

namespace Engine.Pipeline.Consume;

/// <summary>
/// The log of <c>labels</c> for scoring again: partitions merged by log time, then partition, then offset, and taken in only as far as clicks may
/// know them. Who scores asks <see cref="IsDue"/> before each record of a click's log, and lets <see cref="TakeDue"/> add what is due once the
/// records before it are decided. One thread.
/// </summary>
internal sealed class LabelLog : IDisposable
{
    private const long MinuteMs = 60_000;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private readonly List<Source> _sources = [];
    private readonly LabelIntake _intake;
    private Source? _next;
    private long _asked;

    public LabelLog(KafkaTarget kafka, Histories histories, TimeProvider clock)
    {
        _intake = new LabelIntake(histories);
        using IConsumer<byte[], byte[]> probe = KafkaClients.Reader(kafka);
        int partitions = KafkaClients.Partitions(probe, Topics.Labels, AnswerWithin, clock);
        for (int i = 0; i < partitions; i++)
        {
            var partition = new TopicPartition(Topics.Labels, i);
            WatermarkOffsets ends = KafkaClients.Ends(probe, partition, AnswerWithin, clock);
            IConsumer<byte[], byte[]> consumer = KafkaClients.Reader(kafka);
            consumer.Assign(new TopicPartitionOffset(partition, ends.Low));
            var source = new Source(consumer, i, ends.Low.Value, ends.High.Value);
            _sources.Add(source);
            source.Advance();
        }
        FindNext();
    }

    /// <summary>Whether there are labels, not taken in yet, that a click of some log time is judged by.</summary>
    public bool IsDue(long logTime) => _next != null && _next.LogTime / MinuteMs < Histories.MinuteOf(logTime);

    /// <summary>
    /// Takes in the labels that a click of some log time is judged by. One that doesn't say where its click was made counts if a partition
    /// remembers the click now.
    /// </summary>
    /// <param name="placeOf">Where a click was made, by its id; null where none remembers it.</param>
    public void TakeDue(long logTime, Func<string, ClickPlace?> placeOf)
    {
        while (IsDue(logTime))
        {
            // One that can't be used changes nothing; the engine that ran has sent it to dead-letters.
            _intake.Take(_next!.Current!.Message, _next.LogTime);
            if (_intake.Waiting.Asked != _asked)
                foreach (UnplacedClick click in _intake.Waiting.ReadFrom(ref _asked))
                    if (placeOf(click.Click) is { } place) _intake.Place(click.Click, place);
            _next.Advance();
            FindNext();
        }
    }

    private void FindNext() => _next = _sources.Where(source => source.Current != null).MinBy(source => (source.LogTime, source.Partition));

    public void Dispose()
    {
        foreach (Source source in _sources) source.Dispose();
    }

    /// <summary>One partition being read, with its next record in hand.</summary>
    private sealed class Source(IConsumer<byte[], byte[]> consumer, int partition, long next, long end) : IDisposable
    {
        public int Partition => partition;
        public ConsumeResult<byte[], byte[]>? Current { get; private set; }

        /// <summary>Log time of the record in hand.</summary>
        public long LogTime { get; private set; }

        public void Advance()
        {
            Current = null;
            if (next >= end) return;
            ConsumeResult<byte[], byte[]> result = consumer.Consume(AnswerWithin)
                ?? throw new TimeoutException($"{RedisKeys.Partition(Topics.Labels, partition)} gave nothing from offset {next} on for {AnswerWithin.TotalSeconds} s, though its end is {end}");
            if (result.IsPartitionEOF) return;
            next = result.Offset.Value + 1;
            Current = result;
            LogTime = Math.Max(LogTime, result.Message.Timestamp.UnixTimestampMs);
        }

        public void Dispose() => consumer.Dispose();
    }
}
